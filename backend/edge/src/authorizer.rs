//! The Lambda authorizer of type REQUEST that decides whether a client may open a WebSocket connection (route
//! `$connect`).
//!
//! If an authorizer throws an error whose message is exactly `Unauthorized`, API Gateway answers 401. If it returns a
//! Deny policy, API Gateway answers 403. The resource of the policy must cover `…/{stage}/$connect` (API Gateway
//! developer guide, apigateway-websocket-api-lambda-auth).

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerRequestTypeRequest,
    ApiGatewayCustomAuthorizerResponse,
};
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};
use backend_core::authorize::{self, Credentials};
use backend_core::{Access, Principal};
use http::header::{AUTHORIZATION, HeaderName, SEC_WEBSOCKET_PROTOCOL};
use shared::Millis;

/// Decides whether a client may open a WebSocket connection, and returns the policy for API Gateway. The policy's
/// context contains the name and the permissions of the client. If the token permits neither subscribing nor
/// publishing, the policy is a Deny policy.
///
/// # Errors
///
/// [`AuthorizerError`] if the token is missing or invalid, or if the event is not one of a WebSocket API. The Lambda
/// function must throw an error with the same message, because API Gateway answers 401 only if the message is
/// `Unauthorized`.
pub fn authorize(
    request: &ApiGatewayCustomAuthorizerRequestTypeRequest,
    access: &Access,
    now: Millis,
) -> Result<ApiGatewayCustomAuthorizerResponse, AuthorizerError> {
    let resource = every_route(request.method_arn.as_deref())?;
    let principal = with_credentials(request, |credentials| authorize::authorize(access, credentials, now));
    let principal = principal.map_err(|_| AuthorizerError::Unauthorized)?;
    Ok(decision(&principal, resource))
}

/// Returns the token in the headers of a WebSocket handshake, or `None` if there is none.
pub fn token(request: &ApiGatewayCustomAuthorizerRequestTypeRequest) -> Option<String> {
    with_credentials(request, |credentials| credentials.token().map(str::to_owned))
}

fn with_credentials<T>(
    request: &ApiGatewayCustomAuthorizerRequestTypeRequest,
    read: impl FnOnce(&Credentials<'_>) -> T,
) -> T {
    let authorization = header_lines(request, &AUTHORIZATION);
    let protocols = header_lines(request, &SEC_WEBSOCKET_PROTOCOL);
    read(&Credentials { authorization: authorization.as_deref(), protocols: protocols.as_deref() })
}

/// The reason why a client may not open a WebSocket connection, if no policy can be returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizerError {
    /// The token is missing or invalid. API Gateway answers 401 because the message of this error is exactly
    /// `Unauthorized`.
    #[error("Unauthorized")]
    Unauthorized,
    /// The event is not an event for an authorizer of a WebSocket API. API Gateway answers 500.
    #[error(
        "methodArn is {found:?}, but must be arn:…:API/STAGE/$connect: use this authorizer for the route $connect only"
    )]
    MethodArn {
        /// The `methodArn` of the event.
        found: String,
    },
}

/// Converts the ARN of a handshake, `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect`, to an ARN that
/// covers all routes, with `*` in place of `$connect`.
fn every_route(method_arn: Option<&str>) -> Result<String, AuthorizerError> {
    let arn = method_arn.unwrap_or_default();
    let mut parts = arn.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(api), Some(stage), Some(_)) if api.starts_with("arn:") => Ok(format!("{api}/{stage}/*")),
        _ => Err(AuthorizerError::MethodArn { found: arn.into() }),
    }
}

fn header_lines(request: &ApiGatewayCustomAuthorizerRequestTypeRequest, name: &HeaderName) -> Option<String> {
    let headers = [&request.multi_value_headers, &request.headers];
    let headers = headers.into_iter().find(|headers| headers.contains_key(name))?;
    let lines: Vec<&str> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    Some(lines.join(","))
}

fn decision(principal: &Principal, resource: String) -> ApiGatewayCustomAuthorizerResponse {
    let mut statement = IamPolicyStatement::default();
    statement.action = vec!["execute-api:Invoke".into()];
    statement.effect = effect(principal);
    statement.resource = vec![resource];
    let mut policy = ApiGatewayCustomAuthorizerPolicy::default();
    policy.version = Some("2012-10-17".into());
    policy.statement = vec![statement];
    let mut response = ApiGatewayCustomAuthorizerResponse::default();
    response.principal_id = Some(principal.name.clone());
    response.policy_document = policy;
    response.context = serde_json::json!(authorize::to_context(principal));
    response
}

fn effect(principal: &Principal) -> IamPolicyEffect {
    if principal.subscribe.is_empty() && principal.publish.is_empty() {
        IamPolicyEffect::Deny
    } else {
        IamPolicyEffect::Allow
    }
}
