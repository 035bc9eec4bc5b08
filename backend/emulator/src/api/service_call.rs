//! `AWS` integrations: requests to DynamoDB, SQS or a function, which mapping templates make of messages.

use apigw_websocket::events::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use apigw_websocket::{HeaderNames, connect_event_json};
use lambda_host::Host;
use serde_json::Value;
use serverless_app::{ServiceCall, ServiceTarget};

use crate::api::mapping;
use crate::data::Services;
use crate::vtl::{self, Input};

/// Types of the bodies of requests.
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/x-amz-json-1.0";

/// Sends the request that an event becomes, and returns the answer to the client. `names` are those of the client's headers, if the
/// event is CONNECT.
///
/// # Errors
///
/// A sentence about a template or a service that fails.
pub async fn answer(
    call: &ServiceCall,
    event: &ApiGatewayWebsocketProxyRequest,
    names: Option<&HeaderNames>,
    host: &Host,
    services: &Services,
) -> Result<ApiGatewayProxyResponse, String> {
    let event = connect_event_json(event, names.unwrap_or(&HeaderNames::default()));
    let message = event["body"].as_str().unwrap_or_default();
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", call.name);
    let body = match mapping::template(&call.request_templates) {
        Some(template) => {
            vtl::render(template, &Input { body: message, event: &event }).map_err(|error| failed(&error))?
        }
        None => message.to_owned(),
    };
    let (status, body) = send(call, body, host, services).await.map_err(|error| failed(&error))?;
    let input = Input { body: &body, event: &event };
    let mut answer = mapping::answer(&call.responses, status, &input).map_err(|error| failed(&error))?;
    if answer.body.is_none() {
        answer.body = Some(body.clone().into());
    }
    if status >= 300 {
        return Err(failed(&format!("the answer {status} {}", refusal(&body))));
    }
    Ok(answer)
}

/// Sends a request, and returns the status and the body of its answer.
async fn send(
    call: &ServiceCall,
    body: String,
    host: &Host,
    services: &Services,
) -> Result<(u16, String), String> {
    let there = "the service is not there".to_owned();
    match &call.target {
        ServiceTarget::Function { name, qualifier } => {
            let function = match qualifier {
                Some(qualifier) => format!("{name}:{qualifier}"),
                None => name.clone(),
            };
            let answer = host.invoke(&function, body.into()).await.map_err(|error| error.to_string())?;
            Ok((200, String::from_utf8_lossy(&answer).into_owned()))
        }
        ServiceTarget::DynamoDb { action } => {
            let service = services.dynamodb.as_ref().ok_or(there)?;
            let target = crate::data::dynamodb_target(action);
            service.post("/", JSON, Some(&target), body).await
        }
        ServiceTarget::Sqs { path, action } => {
            let service = services.sqs.as_ref().ok_or(there)?;
            let body = action.as_ref().map_or_else(|| body.clone(), |action| with_action(action, &body));
            service.post(path, FORM, None, body).await
        }
    }
}

/// Adds the action to a form, unless one of its fields names the action already.
fn with_action(action: &str, form: &str) -> String {
    let has_action = form.split('&').any(|field| field.starts_with("Action="));
    if has_action { form.to_owned() } else { format!("Action={action}&{form}") }
}

/// Returns what a service says about a refused request.
fn refusal(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let message = json["message"].as_str().or(json["Message"].as_str());
    message.map_or_else(|| body.chars().take(300).collect(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_is_added_to_a_form_without_a_field_of_this_name() {
        let added = |form: &str| with_action("SendMessage", form);
        assert_eq!(added("MessageBody=hello"), "Action=SendMessage&MessageBody=hello");
        assert_eq!(added("MessageBody=Action=x"), "Action=SendMessage&MessageBody=Action=x");
        assert_eq!(added("MyAction=x"), "Action=SendMessage&MyAction=x");
        for form in ["Action=SendMessage&MessageBody=a", "MessageBody=a&Action=SendMessage"] {
            assert_eq!(added(form), form);
        }
    }
}
