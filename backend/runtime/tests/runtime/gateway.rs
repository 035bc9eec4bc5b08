//! Behind the embedded gateway, with real sockets.

use std::convert::Infallible;
use std::sync::Arc;

use apigw_websocket::{
    Api, Authorizer, Connections, Gateway, Peer, Routes, ServerSettings, SystemEnvironment,
};
use lambda_host::GatewayFunctions;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Harness, soon};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test]
async fn a_function_gets_the_events_of_a_connection_as_api_gateway_sends_them() {
    let mut harness = Harness::start();
    let address = listen(&harness, false).await;
    let mut client = connect(&address, "").await.expect("accepted");
    let connect = event(&mut harness).await;
    assert_eq!(connect["requestContext"]["eventType"], "CONNECT");
    assert_eq!(connect["headers"]["Sec-WebSocket-Version"], "13");
    let id = &connect["requestContext"]["connectionId"];
    send(&mut client, "hello").await;
    let message = event(&mut harness).await;
    assert_eq!((&message["body"], &message["requestContext"]["connectionId"]), (&json!("hello"), id));
    assert_eq!(message.get("headers"), None);
    soon(client.close(None)).await.expect("closed");
    let disconnect = event(&mut harness).await;
    assert_eq!(disconnect["requestContext"]["disconnectStatusCode"], 1005);
}

#[tokio::test]
async fn the_answer_of_connect_decides_and_none_is_502() {
    let harness = Harness::start();
    let address = listen(&harness, false).await;
    for (answer, status) in [("403", 403), ("throw", 502), ("null", 502)] {
        assert_eq!(refused(&address, &format!("?answer={answer}")).await, status, "{answer}");
    }
}

#[tokio::test]
async fn a_function_that_throws_on_a_message_is_an_internal_server_error_and_what_it_returns_does_not_matter()
{
    let harness = Harness::start();
    let address = listen(&harness, false).await;
    let mut client = connect(&address, "").await.expect("accepted");
    send(&mut client, "null").await;
    send(&mut client, "throw").await;
    let Message::Text(frame) = soon(futures_next(&mut client)).await else { panic!("no text") };
    let frame: Value = serde_json::from_str(&frame).expect("JSON");
    assert_eq!(frame["message"], "Internal server error");
}

#[tokio::test]
async fn an_authorizer_allows_denies_and_throws() {
    let harness = Harness::start();
    let address = listen(&harness, true).await;
    for (token, status) in [("", 401), ("deny", 403), ("throw", 500), ("long", 500)] {
        assert_eq!(refused(&address, &format!("?token={token}")).await, status, "{token}");
    }
    assert!(connect(&address, "?token=allow").await.is_ok());
}

#[tokio::test]
async fn an_authorizer_sees_the_connection_and_its_context_reaches_connect() {
    let mut harness = Harness::start();
    let address = listen(&harness, true).await;
    let _client = connect(&address, "?token=allow").await.expect("allowed");
    let (asked, connect) = (event(&mut harness).await, event(&mut harness).await);
    assert_eq!(asked["requestContext"]["routeKey"], "$connect");
    assert_eq!(asked["requestContext"]["connectionId"], connect["requestContext"]["connectionId"]);
    assert_eq!(asked["headers"]["Upgrade"], "websocket");
    assert_eq!(connect["requestContext"]["authorizer"], json!({"principalId": "me", "level": "3"}));
}

/// A gateway whose every route is the function, and so is its authorizer, if it has one.
async fn listen(harness: &Harness, has_authorizer: bool) -> String {
    let routes = Routes::new(["$connect", "$default", "$disconnect"]).expect("routes");
    let mut api = Api::new("ws", routes);
    api.authorizer = has_authorizer.then(Authorizer::default);
    let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
    let functions = GatewayFunctions::new(harness.host.clone(), "thumb", Some("thumb".into()));
    let gateway = Gateway::new(api, functions, connections);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = tower::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let gateway = gateway.clone();
        async move {
            let Peer(peer) = *request.extensions().get().expect("the server tells the peer");
            Ok::<_, Infallible>(gateway.handle(request, peer).await)
        }
    });
    tokio::spawn(apigw_websocket::serve(
        listener,
        service,
        ServerSettings::default(),
        std::future::pending(),
    ));
    format!("ws://{address}/ws")
}

async fn connect(address: &str, query: &str) -> Result<Client, tungstenite::Error> {
    Ok(soon(tokio_tungstenite::connect_async(format!("{address}{query}"))).await?.0)
}

async fn refused(address: &str, query: &str) -> u16 {
    match connect(address, query).await {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("no answer: {error}"),
        Ok(_) => 101,
    }
}

async fn send(client: &mut Client, text: &str) {
    use futures_util::SinkExt;
    soon(client.send(text.into())).await.expect("sent");
}

async fn futures_next(client: &mut Client) -> Message {
    use futures_util::StreamExt;
    client.next().await.expect("open").expect("a frame")
}

/// The next event that the function was given: it prints them.
async fn event(harness: &mut Harness) -> Value {
    let line = harness.line("requestContext").await;
    serde_json::from_str(line.strip_prefix("thumb: ").unwrap_or_default()).expect("an event")
}
