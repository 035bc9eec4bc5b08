//! `AWS::ApiGatewayV2::Integration`, with its responses.

use crate::app::{Integration, IntegrationResponse, Mock, ServiceCall, ServiceTarget};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::parts::Parts;
use crate::error::Error;

pub(super) const EXAMPLE_URI: &str = "`!Sub arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FUNCTION.Arn}/invocations`";
/// The only parameter of requests to services that is needed: what it says is known here.
const CONTENT_TYPE: &str = "integration.request.header.Content-Type";
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
        return Ok(Integration::Function { name, qualifier, timeout_ms: timeout_ms(fields)? });
    }
    if kind == "AWS"
        && let Some(target) = service(&uri, parts)
    {
        return call(item, parts, target, &uri).map(Integration::Service);
    }
    Ok(unsupported(fields, &kind, &uri, parts))
}

fn timeout_ms(fields: &Fields<'_>) -> Result<u32, Error> {
    Ok(fields.number("TimeoutInMillis", 50, TIMEOUT_MS)?.unwrap_or(TIMEOUT_MS))
}

/// Returns the service in the address of an integration, if it is one of the app's: a function, DynamoDB or SQS. The address is that
/// of [`Named::invoked`](super::named::Named::invoked), or ends in `:SERVICE:action/NAME` or `:sqs:path/ACCOUNT/QUEUE`.
fn service(uri: &str, parts: &Parts<'_, '_>) -> Option<ServiceTarget> {
    if let Some((name, qualifier)) = parts.named.invoked(uri) {
        return Some(ServiceTarget::Function { name, qualifier });
    }
    let words: Vec<&str> = uri.splitn(6, ':').collect();
    let [_, _, "apigateway", _, service, call] = words.as_slice() else { return None };
    let action = call.strip_prefix("action/").map(str::to_owned);
    match (*service, action, call.strip_prefix("path/")) {
        ("dynamodb", Some(action), _) => {
            parts.named.has_tables().then_some(ServiceTarget::DynamoDb { action })
        }
        ("sqs", Some(action), _) => {
            let target = ServiceTarget::Sqs { path: "/".to_owned(), action: Some(action) };
            parts.named.has_queue(None).then_some(target)
        }
        ("sqs", None, Some(path)) => {
            let target = ServiceTarget::Sqs { path: format!("/{path}"), action: None };
            parts.named.has_queue(path.rsplit('/').next()).then_some(target)
        }
        _ => None,
    }
}

fn call(
    item: &Item<'_>,
    parts: &Parts<'_, '_>,
    target: ServiceTarget,
    uri: &str,
) -> Result<ServiceCall, Error> {
    let fields = &item.fields;
    let parameters: Vec<(String, String)> = fields.map("RequestParameters")?;
    if parameters.iter().any(|(name, _)| name != CONTENT_TYPE) {
        fields.missing("RequestParameters", "parameters are not mapped");
    }
    Ok(ServiceCall {
        target,
        name: format!("AWS {}", called(uri, parts)),
        template_selection: fields.text("TemplateSelectionExpression")?,
        request_templates: fields.map("RequestTemplates")?,
        responses: responses(item, parts)?,
        timeout_ms: timeout_ms(fields)?,
    })
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
    Ok(Mock {
        template_selection: fields.text("TemplateSelectionExpression")?,
        request_templates: fields.map("RequestTemplates")?,
        responses: responses(item, parts)?,
    })
}

/// Returns the responses of an integration.
fn responses(item: &Item<'_>, parts: &Parts<'_, '_>) -> Result<Vec<IntegrationResponse>, Error> {
    let api = item.fields.required("ApiId", "!Ref API")?;
    let mut responses = Vec::new();
    for found in parts.of(&api, "AWS::ApiGatewayV2::IntegrationResponse")? {
        if found.fields.required("IntegrationId", "!Ref INTEGRATION")? == item.resource.id {
            responses.push(response(&found.fields)?);
        }
    }
    Ok(responses)
}

fn response(fields: &Fields<'_>) -> Result<IntegrationResponse, Error> {
    Ok(IntegrationResponse {
        key: fields.required("IntegrationResponseKey", "$default")?,
        template_selection: fields.text("TemplateSelectionExpression")?,
        templates: fields.map("ResponseTemplates")?,
    })
}
