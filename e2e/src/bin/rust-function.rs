//! A Lambda function in Rust as people write it, for the tests of `tickertape emulate`: it posts each message back to its
//! connection, with AWS's SDK. The route says where the address for that comes from.

use aws_config::BehaviorVersion;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::{Builder, SharedHttpClient};
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client()).load().await;
    let config = &config;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| async move {
        let (context, body) = (&event.payload["requestContext"], &event.payload["body"]);
        let text = |name: &str| context[name].as_str().unwrap_or_default();
        let (stage, region) = (text("stage"), std::env::var("AWS_REGION")?);
        let endpoint = match text("routeKey") {
            "domain" => Some(format!("https://{}/{stage}", text("domainName"))),
            "id" => Some(format!("https://{}.execute-api.{region}.amazonaws.com/{stage}", text("apiId"))),
            "env" => Some(std::env::var("ENDPOINT")?),
            // `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`, which the SDK reads.
            _ => None,
        };
        let mut client = Builder::from(config);
        if let Some(endpoint) = endpoint {
            client = client.endpoint_url(endpoint);
        }
        let post = Client::from_conf(client.build()).post_to_connection().connection_id(text("connectionId"));
        post.data(Blob::new(format!("rust {}", body.as_str().unwrap_or_default()))).send().await?;
        Ok::<Value, Error>(json!({"statusCode": 200}))
    }))
    .await
}

/// Returns an HTTP client like the SDK's default one since its behaviour version 2025-08-07, which this workspace does not have, with
/// another cryptographic library.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_with_connector_fn(|settings, components| {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env()).tls_provider(tls);
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.build()
    })
}
