//! `AWS::ApiGatewayV2::Integration`, with its responses.

use crate::app::{Integration, Mock, MockResponse};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::parts::Parts;
use crate::error::Error;

pub(super) const EXAMPLE_URI: &str = "`!Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FUNCTION.Arn}/invocations`";
const TYPES: [&str; 5] = ["AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"];
/// Time for which API Gateway waits for an integration, in milliseconds ("Quotas for WebSocket APIs").
const TIMEOUT_MS: u32 = 29_000;

/// Returns the integration that a route names.
pub(super) fn of_route(route: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Integration, Error> {
    let Some(target) = route.fields.text("Target")? else {
        route.fields.missing("", "the route has no `Target`, so that nothing handles its messages");
        return Ok(Integration::Unsupported { name: "no integration".to_owned() });
    };
    let id = target.strip_prefix("integrations/").unwrap_or(&target);
    match parts.named(route, "AWS::ApiGatewayV2::Integration", id) {
        Some(item) => integration(item, parts),
        None => {
            let problem = format!("there is no integration {id} in the template");
            let advice = "write `!Sub integrations/${INTEGRATION}`, with the name of an AWS::ApiGatewayV2::Integration";
            Err(Error::new(route.fields.place_of("Target"), problem, advice))
        }
    }
}

fn integration(item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Integration, Error> {
    let fields = &item.fields;
    fields.required("IntegrationType", "AWS_PROXY")?;
    let kind = fields.choice("IntegrationType", &TYPES)?.unwrap_or_default();
    if kind == "MOCK" {
        return mock(item, parts).map(Integration::Mock);
    }
    let uri = fields.required("IntegrationUri", EXAMPLE_URI)?;
    if kind == "AWS_PROXY"
        && let Some((name, qualifier)) = parts.named.invoked(&uri)
    {
        let timeout_ms = fields.number("TimeoutInMillis", 50, TIMEOUT_MS)?.unwrap_or(TIMEOUT_MS);
        return Ok(Integration::Function { name, qualifier, timeout_ms });
    }
    Ok(unsupported(fields, &kind, &uri, parts))
}

/// Notes an integration that is not done, and names it.
fn unsupported(fields: &Fields<'_>, kind: &str, uri: &str, parts: &Parts<'_, '_>) -> Integration {
    let name = format!("{kind} {}", called(uri, parts));
    let reason = if kind == "AWS_PROXY" && uri.contains("/functions/") {
        "the function is not part of this app"
    } else {
        "this integration is not done"
    };
    fields.missing("IntegrationUri", &format!("{name}: {reason}, so messages of its routes get an error"));
    let templates = fields.get("RequestTemplates").filter(|node| !node.entries().is_empty());
    if templates.is_some() {
        fields.missing("RequestTemplates", "mapping templates are not evaluated");
    }
    Integration::Unsupported { name }
}

/// Returns words for the address of an integration: `sqs SendMessage` for
/// `arn:aws:apigateway:us-east-1:sqs:action/SendMessage`, and other addresses as they are.
fn called(uri: &str, parts: &Parts<'_, '_>) -> String {
    if let Some((function, _)) = parts.named.invoked(uri) {
        return format!("lambda {function}");
    }
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let [_, _, "apigateway", _, service, call] = parts.as_slice() else { return uri.to_owned() };
    format!("{service} {}", call.strip_prefix("action/").unwrap_or(call))
}

fn mock(item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Mock, Error> {
    let fields = &item.fields;
    let api = fields.required("ApiId", "!Ref API")?;
    let mut responses = Vec::new();
    for response in parts.of(&api, "AWS::ApiGatewayV2::IntegrationResponse")? {
        if response.fields.required("IntegrationId", "!Ref INTEGRATION")? == item.resource.id {
            responses.push(mock_response(&response.fields)?);
        }
    }
    Ok(Mock {
        template_selection: fields.text("TemplateSelectionExpression")?,
        request_templates: fields.map("RequestTemplates")?,
        responses,
    })
}

fn mock_response(fields: &Fields<'_>) -> Result<MockResponse, Error> {
    Ok(MockResponse {
        key: fields.required("IntegrationResponseKey", "$default")?,
        template_selection: fields.text("TemplateSelectionExpression")?,
        templates: fields.map("ResponseTemplates")?,
    })
}
