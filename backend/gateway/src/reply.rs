//! Short ways to write the answers of functions.

use aws_lambda_events::apigw::{ApiGatewayCustomAuthorizerResponse, ApiGatewayProxyResponse};
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};

/// Returns an answer with this HTTP status and without a body. A `$connect` whose status is not 2xx refuses the handshake.
pub fn status(code: u16) -> ApiGatewayProxyResponse {
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = code.into();
    response
}

/// Returns an answer with the status 200 and this body, which is sent to the client if the route is two-way.
pub fn text(body: impl Into<String>) -> ApiGatewayProxyResponse {
    let mut response = status(200);
    response.body = Some(body.into().into());
    response
}

/// Returns the answer of an authorizer that lets a client connect. `principal` becomes `principalId` in the events of the
/// connection.
pub fn allow(principal: impl Into<String>) -> ApiGatewayCustomAuthorizerResponse {
    decision(principal.into(), IamPolicyEffect::Allow)
}

/// Returns the answer of an authorizer that refuses a client with the status 403.
pub fn deny(principal: impl Into<String>) -> ApiGatewayCustomAuthorizerResponse {
    decision(principal.into(), IamPolicyEffect::Deny)
}

fn decision(principal: String, effect: IamPolicyEffect) -> ApiGatewayCustomAuthorizerResponse {
    let mut statement = IamPolicyStatement::default();
    statement.action = vec!["execute-api:Invoke".to_owned()];
    statement.effect = effect;
    statement.resource = vec!["*".to_owned()];
    let mut response = ApiGatewayCustomAuthorizerResponse::default();
    response.principal_id = Some(principal);
    response.policy_document.statement.push(statement);
    response
}
