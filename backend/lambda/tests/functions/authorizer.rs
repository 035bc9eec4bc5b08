//! Tests of the handler of the Lambda function `authorizer`.

use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerResponse;
use backend_lambda::authorizer::Authorizer;
use lambda_runtime::Diagnostic;
use serde_json::json;

use crate::support::*;

async fn decide(
    authorizer: &Authorizer<FakeSource>,
    token: &str,
) -> Result<ApiGatewayCustomAuthorizerResponse, Diagnostic> {
    let protocols = format!("tickertape.v1, bearer.{token}");
    let event = edited(AUTHORIZER, |event| {
        event["headers"]["Sec-WebSocket-Protocol"] = json!(protocols);
        event["multiValueHeaders"]["Sec-WebSocket-Protocol"] = json!([protocols]);
    });
    authorizer.handle(event, NOW).await
}

fn effect(response: &ApiGatewayCustomAuthorizerResponse) -> String {
    serde_json::to_value(response).unwrap()["policyDocument"]["Statement"][0]["Effect"].to_string()
}

#[tokio::test]
async fn a_valid_token_is_allowed_and_one_without_rights_denied() {
    let authorizer = Authorizer::new(FakeSource::with_secret(SECRET).guard().await);
    let allowed = decide(&authorizer, &token(&["*"], &[], SECRET)).await.unwrap();
    assert_eq!((effect(&allowed), allowed.principal_id.as_deref()), ("\"Allow\"".into(), Some("agent")));
    let denied = decide(&authorizer, &token(&[], &[], SECRET)).await.unwrap();
    assert_eq!(effect(&denied), "\"Deny\"");
}

#[tokio::test]
async fn a_client_without_a_valid_token_gets_the_error_that_becomes_401() {
    let authorizer = Authorizer::new(FakeSource::with_secret(SECRET).guard().await);
    let nobody = authorizer.handle(serde_json::from_str(AUTHORIZER).unwrap(), NOW).await.unwrap_err();
    let forged = decide(&authorizer, &token(&["*"], &[], NEXT_SECRET)).await.unwrap_err();
    for error in [nobody, forged] {
        assert_eq!(error.error_message, "Unauthorized");
    }
}

#[tokio::test]
async fn a_changed_secret_is_fetched_without_a_new_start() {
    let source = FakeSource::with_secret(SECRET);
    let authorizer = Authorizer::new(source.guard().await);
    source.change(NEXT_SECRET);
    assert_eq!(effect(&decide(&authorizer, &token(&["*"], &[], NEXT_SECRET)).await.unwrap()), "\"Allow\"");
    assert!(decide(&authorizer, &token(&["*"], &[], SECRET)).await.is_err(), "the old one is over");
}
