//! Tests of the management API with AWS's SDK, which is used unchanged: only its endpoint is configured.

use aws_sdk_apigatewaymanagement::Client as Sdk;
use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_apigatewaymanagement::primitives::Blob;

use crate::support::{Harness, Script, Start, closed, text};

#[tokio::test]
async fn the_sdk_posts_gets_and_deletes_a_connection_and_maps_410_to_gone() {
    let mut harness = Start::new(Script::default()).run().await;
    let (mut client, id) = harness.identified_client().await;
    let sdk = sdk(&harness);

    let posted = sdk.post_to_connection().connection_id(id.as_str()).data(Blob::new("hello")).send().await;
    posted.expect("posted");
    assert_eq!(text(&mut client).await, "hello");

    let got = sdk.get_connection().connection_id(id.as_str()).send().await.expect("got");
    assert_eq!(got.connected_at().map(|at| at.to_millis().ok()), Some(Some(1_707_502_303_419)));
    assert_eq!(got.identity().map(|identity| identity.source_ip()), Some(Some("127.0.0.1")));

    sdk.delete_connection().connection_id(id.as_str()).send().await.expect("deleted");
    assert_eq!(closed(&mut client).await.0, 1000);

    let gone = sdk.post_to_connection().connection_id(id.as_str()).data(Blob::new("late")).send().await;
    assert!(gone.expect_err("gone").into_service_error().is_gone_exception());
    let gone = sdk.get_connection().connection_id(id.as_str()).send().await;
    assert!(gone.expect_err("gone").into_service_error().is_gone_exception());
    let gone = sdk.delete_connection().connection_id(id.as_str()).send().await;
    assert!(gone.expect_err("gone").into_service_error().is_gone_exception());
}

#[tokio::test]
async fn the_sdk_maps_413_to_payload_too_large() {
    let mut harness = Start::new(Script::default()).run().await;
    let (_client, id) = harness.identified_client().await;
    let data = Blob::new(vec![b'x'; 131_073]);
    let refused = sdk(&harness).post_to_connection().connection_id(id.as_str()).data(data).send().await;
    assert!(refused.expect_err("refused").into_service_error().is_payload_too_large_exception());
}

#[tokio::test]
async fn the_sdk_maps_429_to_limit_exceeded() {
    let start = Start::new(Script::default()).change(|api| api.limits.queue_frames = 0);
    let mut harness = start.run().await;
    let (_client, id) = harness.identified_client().await;
    let refused =
        sdk(&harness).post_to_connection().connection_id(id.as_str()).data(Blob::new("x")).send().await;
    assert!(refused.expect_err("refused").into_service_error().is_limit_exceeded_exception());
}

#[tokio::test]
async fn the_sdk_maps_403_to_forbidden() {
    let mut harness = Start::new(Script::default()).run().await;
    let (_client, id) = harness.identified_client().await;
    let elsewhere = configured(&format!("http://{}/other", harness.address));
    let refused = elsewhere.post_to_connection().connection_id(id.as_str()).data(Blob::new("x")).send().await;
    assert!(refused.expect_err("refused").into_service_error().is_forbidden_exception());
}

fn sdk(harness: &Harness) -> Sdk {
    configured(&format!("http://{}/ws", harness.address))
}

fn configured(endpoint: &str) -> Sdk {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("tests", "tests", None, None, "tests"))
        .retry_config(aws_sdk_apigatewaymanagement::config::retry::RetryConfig::disabled())
        .http_client(http)
        .endpoint_url(endpoint)
        .build();
    Sdk::from_conf(config)
}
