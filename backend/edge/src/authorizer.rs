//! The authorizer of `$connect`, of type REQUEST.
//!
//! An authorizer that throws exactly `Unauthorized` makes API Gateway answer 401; a Deny policy makes it answer 403. The
//! resource of the policy has to cover `…/{stage}/$connect` (API Gateway developer guide,
//! apigateway-websocket-api-lambda-auth).

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerRequestTypeRequest,
    ApiGatewayCustomAuthorizerResponse,
};
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};
use backend_core::authorize::{self, Credentials};
use backend_core::{Access, Principal};
use http::header::{AUTHORIZATION, HeaderName, SEC_WEBSOCKET_PROTOCOL};
use shared::Millis;

/// Accepts or refuses a handshake. The context of the answer carries the principal. A token that allows neither to
/// subscribe nor to publish is answered with a Deny policy.
///
/// # Errors
///
/// [`AuthorizerError`], whose message is the one that a Lambda function has to throw.
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

/// The token in a handshake, if any.
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

/// A handshake that is refused without a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizerError {
    /// The token is missing or not valid: 401. API Gateway recognises this message.
    #[error("Unauthorized")]
    Unauthorized,
    /// The event is not one of an authorizer of a WebSocket API: 500.
    #[error("the event's methodArn is {found:?}; arn:…:API/STAGE/$connect is expected")]
    MethodArn {
        /// The `methodArn` that was received.
        found: String,
    },
}

/// Turns `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect` into the same with `*` as the route.
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
