//! `MOCK` integrations: fixed answers of the gateway.

use apigw_websocket::event_json;
use apigw_websocket::events::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use serde_json::Value;
use serverless_app::Mock;

use crate::api::mapping;
use crate::vtl::{self, Input, TemplateError};

/// Returns the answer of a `MOCK` integration to an event. The request template, `{"statusCode": 200}` for example, determines
/// the status, and the status selects the response.
///
/// # Errors
///
/// If a template cannot be evaluated.
pub fn answer(
    mock: &Mock,
    event: &ApiGatewayWebsocketProxyRequest,
) -> Result<ApiGatewayProxyResponse, TemplateError> {
    let event = event_json(event);
    let input = Input { body: event["body"].as_str().unwrap_or_default(), event: &event };
    let request = mapping::template(&mock.request_templates);
    let request = request.map(|template| vtl::render(template, &input)).transpose()?.unwrap_or_default();
    let request: Value = serde_json::from_str(&request).unwrap_or_default();
    let status = request["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    mapping::answer(&mock.responses, status.unwrap_or(200), &input)
}

#[cfg(test)]
mod tests {
    use serverless_app::IntegrationResponse;

    use super::*;

    #[test]
    fn the_status_of_the_request_template_selects_the_response() {
        let response = |key: &str, template: &str| IntegrationResponse {
            key: key.into(),
            template_selection: None,
            templates: [("$default".to_owned(), template.to_owned())].into(),
        };
        let mock = Mock {
            template_selection: None,
            request_templates: [("$default".to_owned(), r#"{"statusCode": 404}"#.to_owned())].into(),
            responses: vec![
                response("$default", "other"),
                response("/404/", "$context.routeKey: $input.body"),
            ],
        };
        let mut event = ApiGatewayWebsocketProxyRequest::default();
        event.request_context.route_key = Some("ask".into());
        event.body = Some("hello".into());
        let answer = answer(&mock, &event).expect("well-formed templates");
        assert_eq!((answer.status_code, answer.body), (404, Some("ask: hello".into())));
    }

    #[test]
    fn a_mock_without_templates_answers_200_without_a_body() {
        let answer = answer(&Mock::default(), &ApiGatewayWebsocketProxyRequest::default());
        let answer = answer.expect("no template");
        assert_eq!((answer.status_code, answer.body), (200, None));
    }
}
