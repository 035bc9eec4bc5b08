//! Tests of apps whose functions are closures, and of the example in the README.

use std::sync::{Arc, Mutex};

use apigw_websocket::{
    App, Gateway, ObservedHandshake, ObservedMessage, Observer, RouteFunctions, ServerSettings, reply, serve,
};
use futures_util::SinkExt;
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Client, soon, text};

/// The example, of which the tests call everything but `main`.
#[path = "../../examples/chat.rs"]
#[expect(dead_code, reason = "`main` of the example is not called")]
mod chat;

/// Serves an app, and returns the address of its stage.
async fn address(gateway: Gateway<RouteFunctions>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, gateway, ServerSettings::default(), std::future::pending()));
    format!("ws://{address}/prod")
}

async fn client(url: &str) -> Client {
    soon(connect_async(url)).await.expect("a handshake").0
}

async fn ask(client: &mut Client, message: &str) -> String {
    client.send(Message::text(message)).await.expect("sent");
    text(client).await
}

#[tokio::test]
async fn the_example_sends_what_one_client_says_to_everybody() {
    let url = address(chat::chat().build().expect("route keys")).await;
    let (mut ann, mut bob) = (client(&url).await, client(&url).await);
    let said = r#"{"action": "say", "text": "hello"}"#;
    assert_eq!(ask(&mut ann, said).await, said);
    assert_eq!(text(&mut bob).await, said);
    assert_eq!(ask(&mut bob, "what?").await, r#"try {"action": "say"}"#);
}

#[tokio::test]
async fn a_function_is_replaced_while_clients_are_connected() {
    let echo = App::new("prod").two_way("$default", |_, _| async { Ok(reply::text("before")) });
    let gateway = echo.build().expect("route keys");
    let mut client = client(&address(gateway.clone()).await).await;
    assert_eq!(ask(&mut client, "x").await, "before");
    assert!(gateway.functions().replace("$default", |_, _| async { Ok(reply::text("after")) }));
    assert_eq!(ask(&mut client, "x").await, "after");
    assert!(!gateway.functions().replace("other", |_, _| async { Ok(reply::status(200)) }));
}

#[tokio::test]
async fn an_authorizer_refuses_and_its_principal_reaches_the_functions() {
    let app = App::new("prod")
        .authorizer(["route.request.querystring.token".parse().expect("a source")], |event| async move {
            match event.request.query_string_parameters.first("token") {
                Some("no") => Ok(reply::deny("nobody")),
                token => Ok(reply::allow(token.unwrap_or_default())),
            }
        })
        .two_way("$default", |event, _| async move {
            let principal = event.request_context.authorizer.fields["principalId"].clone();
            Ok(reply::text(principal.to_string()))
        });
    let url = address(app.build().expect("route keys")).await;
    for (query, status) in [("", 401), ("?token=no", 403)] {
        let refused = soon(connect_async(format!("{url}{query}"))).await;
        assert!(matches!(refused, Err(Error::Http(answer)) if answer.status() == status), "{query}");
    }
    assert_eq!(ask(&mut client(&format!("{url}?token=ann")).await, "who").await, "\"ann\"");
}

#[derive(Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Observer for Seen {
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        self.0.lock().expect("no panic").push(handshake.status.to_string());
    }

    fn message(&self, message: &ObservedMessage<'_>) {
        self.0.lock().expect("no panic").push(format!("{} {:?}", message.text, message.answer));
    }
}

#[tokio::test]
async fn an_observer_sees_handshakes_and_messages() {
    let seen = Arc::default();
    let app = App::new("prod")
        .two_way("$default", |_, _| async { Ok(reply::text("b")) })
        .observer(Seen(Arc::clone(&seen)));
    let mut client = client(&address(app.build().expect("route keys")).await).await;
    assert_eq!(ask(&mut client, "a").await, "b");
    soon(async {
        while seen.lock().expect("no panic").len() < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(*seen.lock().expect("no panic"), ["101", "a Some(\"b\")"]);
}

#[tokio::test]
async fn a_reserved_route_key_is_an_error() {
    let app = App::new("prod").route("$other", |_, _| async { Ok(reply::status(200)) });
    assert_eq!(app.build().err().map(|error| error.key), Some("$other".to_owned()));
}

#[test]
fn the_readme_shows_the_example() {
    let example = include_str!("../../examples/chat.rs");
    let code: Vec<&str> = example.lines().filter(|line| !line.starts_with("///")).collect();
    assert!(include_str!("../../README.md").contains(&code.join("\n")));
}
