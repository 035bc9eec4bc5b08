//! The choice of templates, and the answers that they make.

use std::collections::BTreeMap;

use apigw_websocket::events::ApiGatewayProxyResponse;
use serverless_app::IntegrationResponse;

use crate::vtl::{self, Input, TemplateError};

/// Key of templates and responses for which no other key is selected.
const DEFAULT: &str = "$default";

/// Returns the template of requests or of an answer: the one of the key `$default`, or the only one. Expressions that select another
/// one are not evaluated.
pub fn template(templates: &BTreeMap<String, String>) -> Option<&String> {
    templates.get(DEFAULT).or(templates.get("\\$default")).or(templates.values().next())
}

/// Returns the answer to a client, by the template of the response whose key is the status. `input` is what the template gets.
/// Without a template, the answer has no body.
///
/// # Errors
///
/// If the template cannot be evaluated.
pub fn answer(
    responses: &[IntegrationResponse],
    status: u16,
    input: &Input<'_>,
) -> Result<ApiGatewayProxyResponse, TemplateError> {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status.into();
    let template = selected(responses, status).and_then(|selected| template(&selected.templates));
    let body = template.map(|template| vtl::render(template, input)).transpose()?;
    response.body = body.map(Into::into);
    Ok(response)
}

/// Returns the response whose key is the status, such as `/200/`, or the one for all others.
fn selected(responses: &[IntegrationResponse], status: u16) -> Option<&IntegrationResponse> {
    let status = status.to_string();
    let is_of_status = |response: &&IntegrationResponse| response.key.trim_matches('/') == status;
    let is_default = |response: &&IntegrationResponse| response.key == DEFAULT;
    responses.iter().find(is_of_status).or_else(|| responses.iter().find(is_default))
}
