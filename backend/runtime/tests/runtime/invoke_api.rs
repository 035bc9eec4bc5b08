//! Tests of the Invoke API with AWS's SDK. Only the SDK's endpoint is configured.

use std::convert::Infallible;

use apigw_websocket::{Peer, ServerSettings};
use aws_sdk_lambda::Client as Sdk;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use base64::Engine;
use lambda_host::InvokeApi;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Harness, Start, soon};

#[tokio::test]
async fn the_sdk_invokes_a_function_and_gets_its_answer() {
    let harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    let output = soon(sdk.invoke().function_name("thumb").payload(event(&json!({"n": 1}))).send()).await;
    let output = output.expect("an answer");
    assert_eq!((output.status_code(), output.executed_version()), (200, Some("$LATEST")));
    assert_eq!(output.function_error(), None);
    assert_eq!(json_of(output.payload())["event"], json!({"n": 1}));
}

#[tokio::test]
async fn the_sdk_gets_a_functions_error_with_status_200() {
    let harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    let event = event(&json!({"do": "fail", "words": "no"}));
    let output = soon(sdk.invoke().function_name("thumb").payload(event).send()).await.expect("an answer");
    assert_eq!((output.status_code(), output.function_error()), (200, Some("Unhandled")));
    assert_eq!(json_of(output.payload())["errorMessage"], "no");
}

#[tokio::test]
async fn the_sdk_sends_an_event_and_a_dry_run() {
    let mut harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    let invoke = |kind| sdk.invoke().function_name("thumb").invocation_type(kind).send();
    assert_eq!(soon(invoke(InvocationType::DryRun)).await.expect("an answer").status_code(), 204);
    assert_eq!(soon(invoke(InvocationType::Event)).await.expect("an answer").status_code(), 202);
    assert_eq!(harness.report().await.error, None);
}

#[tokio::test]
async fn the_sdk_maps_refusals_to_its_errors() {
    let none = |start: &mut Start| start.function.concurrency = 0;
    let harness = Start::in_mode(None).change(none).run();
    let sdk = sdk(&harness).await.0;
    let unknown = soon(sdk.invoke().function_name("finger").send()).await.expect_err("unknown");
    assert!(unknown.into_service_error().is_resource_not_found_exception());
    let throttled = soon(sdk.invoke().function_name("thumb").send()).await.expect_err("throttled");
    assert!(throttled.into_service_error().is_too_many_requests_exception());
    let large = Blob::new(vec![b' '; 6 * 1024 * 1024 + 1]);
    let large = soon(sdk.invoke().function_name("thumb").payload(large).send()).await.expect_err("too large");
    assert!(large.into_service_error().is_request_too_large_exception());
}

#[tokio::test]
async fn a_payload_that_is_not_json_is_refused_and_the_function_is_not_invoked() {
    let harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    for payload in [&b"hello"[..], b"{} {}", b"\"not UTF-8: \xff\""] {
        let refused = soon(sdk.invoke().function_name("thumb").payload(Blob::new(payload)).send()).await;
        let error = refused.expect_err("refused").into_service_error();
        assert!(error.is_invalid_request_content_exception(), "{error:?}");
    }
    let answer = soon(sdk.invoke().function_name("thumb").send()).await.expect("an answer");
    assert_eq!(json_of(answer.payload())["handled"], 1);
}

#[tokio::test]
async fn a_client_context_reaches_the_function() {
    let harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    let invoke = |context: String| sdk.invoke().function_name("thumb").client_context(context).send();
    for (context, tenant) in [
        (r#"{"custom":{"tenant":"t1"}}"#, "t1"),
        ("{\r\n\t\"custom\": {\"tenant\": \"Zoë 🎫\"}\n}\n", "Zoë 🎫"),
    ] {
        let context = base64::engine::general_purpose::STANDARD.encode(context);
        let answer = soon(invoke(context)).await.expect("an answer");
        assert_eq!(json_of(answer.payload())["client_context"]["custom"]["tenant"], tenant);
    }
    let error = soon(invoke("not base64".into())).await.expect_err("refused").into_service_error();
    assert!(error.is_invalid_request_content_exception(), "{error:?}");
}

#[tokio::test]
async fn a_qualifier_other_than_latest_is_not_found() {
    let harness = Harness::start();
    let sdk = sdk(&harness).await.0;
    let invoke = |qualifier| sdk.invoke().function_name("thumb").qualifier(qualifier).send();
    assert!(soon(invoke("$LATEST")).await.is_ok());
    let error = soon(invoke("live")).await.expect_err("no such version").into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let harness = Harness::start();
    let address = sdk(&harness).await.1;
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "POST /2015-03-31/functions/thumb/invocations HTTP/1.1\r\nHost: {address}\r\nOrigin: https://evil.example\r\n\
        Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

async fn sdk(harness: &Harness) -> (Sdk, std::net::SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let api = InvokeApi::new(harness.host.clone());
    let service = tower::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let api = api.clone();
        async move {
            let Peer(peer) = *request.extensions().get().expect("the server tells the peer");
            Ok::<_, Infallible>(api.handle(request, peer).await)
        }
    });
    tokio::spawn(apigw_websocket::serve(
        listener,
        service,
        ServerSettings::default(),
        std::future::pending(),
    ));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("tests", "tests", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(format!("http://{address}"))
        .build();
    (Sdk::from_conf(config), address)
}

fn event(value: &Value) -> Blob {
    Blob::new(value.to_string())
}

fn json_of(payload: Option<&Blob>) -> Value {
    serde_json::from_slice(payload.expect("a payload").as_ref()).expect("JSON")
}
