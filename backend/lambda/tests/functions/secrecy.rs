//! Tests that tokens are never written to the log or to an error message.

use backend_core::testing::FakeBoards;
use backend_lambda::authorizer::Authorizer;
use backend_lambda::ingest::Ingest;
use backend_lambda::websocket::{ToldTimes, Websocket};
use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;

use crate::support::*;

/// Returns events that contain `token`: in the places for tokens, in a message of an unknown kind, and in malformed
/// headers.
fn events(token: &str) -> Vec<Value> {
    let protocols = json!(format!("tickertape.v1, bearer.{token}"));
    let handshake = |text| {
        edited(text, |event| {
            event["headers"]["Sec-WebSocket-Protocol"] = protocols.clone();
            event["multiValueHeaders"]["Sec-WebSocket-Protocol"] = json!([protocols]);
        })
    };
    let refresh = json!({"action": "refresh", "id": 1, "token": token}).to_string();
    vec![
        handshake(AUTHORIZER),
        handshake(CONNECT),
        edited(MESSAGE, |event| event["body"] = json!(refresh)),
        edited(MESSAGE, |event| event["body"] = json!(refresh.replace("refresh", "reheat"))),
        edited(URL, |event| event["headers"]["authorization"] = json!(format!("Bearer {token}"))),
        edited(AUTHORIZER, |event| event["headers"] = json!({"Authorization": {"Bearer": token}})),
        edited(CONNECT, |event| event["headers"] = json!({"Authorization": [[token]]})),
    ]
}

#[tokio::test]
async fn no_token_reaches_a_log_or_an_error() {
    let lines = Lines::default();
    let failures = every_function_with_every_event().with_subscriber(lines.subscriber()).await;
    let written = lines.text();
    assert!(written.contains("XDmENcnwIE0CFEQ="), "connections are named: {written}");
    assert!(!failures.is_empty());
    for signature in signatures() {
        assert!(!written.contains(&signature) && !failures.concat().contains(&signature));
    }
}

fn tokens() -> [String; 2] {
    [token(&["*"], &["*"], SECRET), token(&["*"], &["*"], NEXT_SECRET)]
}

/// Returns the signatures of the test tokens. The signature is the part of a token that must stay secret.
fn signatures() -> Vec<String> {
    tokens().iter().map(|token| token.rsplit('.').next().unwrap().to_owned()).collect()
}

async fn every_function_with_every_event() -> Vec<String> {
    let world = World::default();
    let source = FakeSource::with_secret(SECRET);
    let (connections, log, management) = (&world.connections, &world.log, &world.management);
    let guard = source.guard().await;
    let told = ToldTimes { rotate_in_ms: 1, frame_every_ms: 0 };
    let websocket = Websocket::new(connections.clone(), log.clone(), management.clone(), guard, told);
    let authorizer = Authorizer::new(source.guard().await);
    let ingest = Ingest::new(world.log.clone(), FakeBoards::default(), source.guard().await);
    let mut failures = Vec::new();
    for payload in tokens().iter().flat_map(|token| events(token)) {
        failures.extend(websocket.handle(event(payload.clone()), NOW).await.err().map(|e| format!("{e:?}")));
        failures.extend(authorizer.handle(payload.clone(), NOW).await.err().map(|e| format!("{e:?}")));
        failures.extend(ingest.handle(event(payload), || NOW).await.err().map(|e| format!("{e:?}")));
    }
    failures
}
