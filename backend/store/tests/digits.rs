//! Tests that a number is delivered with exactly the digits with which it was published: over HTTP and WebSocket, from
//! history, live, and sent to a new subscriber.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use backend_core::event::{Connect, Message};
use backend_core::payer::Payer;
use backend_core::ports::ConnectionId;
use backend_core::query::{HistoryQuery, PublishQuery};
use backend_core::testing::{FakeConnections, FakeManagement};
use backend_core::{Access, GatewayEvent, Principal, Service, Settings};
use backend_store::{EmbeddedLog, Retention};
use proptest::prelude::*;
use shared::{Millis, ServerMessage};

const NOW: Millis = 1_800_000_000_000;

type Subject = Service<FakeConnections, EmbeddedLog, FakeManagement>;

/// Generates JSON numbers with any number of digits and decimal places, within the range of an `f64`.
fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?"
}

/// Generates JSON data that contains such numbers in every kind of value, with keys in any order and with white space.
fn data() -> impl Strategy<Value = String> {
    let object = prop::collection::btree_map("[a-z]{1,4}", number(), 0..5)
        .prop_map(|fields| fields.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(|fields| {
            let fields = fields.iter().map(|(key, value)| format!("\"{key}\": {value}"));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        });
    let list =
        prop::collection::vec(number(), 0..4).prop_map(|all| format!("{{\"list\":[{}]}}", all.join(", ")));
    prop_oneof![number(), object, list]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn data_is_read_as_it_was_published(texts in prop::collection::vec(data(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(publish_and_read(&texts));
        for (way, found) in read {
            prop_assert_eq!(&found, &texts, "{}", way);
        }
    }
}

/// Publishes `texts` and reads them again in every possible way. Returns the name of each way and the texts of the data
/// that it returned.
async fn publish_and_read(texts: &[String]) -> Vec<(&'static str, Vec<String>)> {
    let directory = tempfile::tempdir().unwrap();
    let (log, mut changes) = EmbeddedLog::open(directory.path(), Retention::default()).unwrap();
    let management = FakeManagement::default();
    let settings = Settings::new(Access::Open, || 7);
    let service = Service::new(FakeConnections::default(), log, management.clone(), settings);
    let id = connect(&service, &management, "viewer").await;
    say(&service, &id, r#"{"action":"subscribe","id":1,"filter":"*"}"#).await;
    management.take_posts();
    let mut live = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        if n % 2 == 0 {
            let query = PublishQuery::default();
            service.http_publish(&Principal::local(), "t", query, text.as_bytes(), NOW).await.unwrap();
        } else {
            say(&service, &id, &format!(r#"{{"id":2,"data":{text},"topic":"t","action":"publish"}}"#)).await;
        }
        service.broadcast(&changes.recv().await.unwrap(), NOW).await.unwrap();
        live.extend(publications(&management, &id));
    }
    let principal = Principal::local();
    let payer = Payer::new(&principal.name, None);
    let http = service.http_history(&principal, &payer, "t", HistoryQuery::default(), NOW).await.unwrap();
    let http = serde_json::to_string(&http.items).unwrap();
    say(&service, &id, r#"{"action":"history","id":3,"topic":"t"}"#).await;
    let history = publications(&management, &id);
    let other = connect(&service, &management, "other").await;
    say(&service, &other, r#"{"action":"subscribe","id":1,"filter":"t","rewind":{"count":100}}"#).await;
    let replay = publications(&management, &other);
    service.log().close().await;
    let (log, _) = EmbeddedLog::open(directory.path(), Retention::default()).unwrap();
    let service = Service::new(FakeConnections::default(), log, (), Settings::new(Access::Open, || 7));
    let kept = service.http_history(&principal, &payer, "t", HistoryQuery::default(), NOW).await.unwrap();
    let kept = kept.items.iter().map(|item| item.data.to_string()).collect();
    let http: Vec<shared::Publication> = serde_json::from_str(&http).unwrap();
    let http = http.iter().map(|item| item.data.to_string()).collect();
    vec![("live", live), ("http", http), ("history", history), ("replay", replay), ("after a restart", kept)]
}

async fn connect(service: &Subject, management: &FakeManagement, name: &str) -> ConnectionId {
    let connection = ConnectionId::new(name);
    let connect = Connect { connection: connection.clone(), principal: None, protocols: Vec::new() };
    service.handle(GatewayEvent::Connect(connect), NOW).await;
    management.connect(&connection);
    connection
}

async fn say(service: &Subject, id: &ConnectionId, body: &str) {
    let message = Message { connection: id.clone(), sender: Default::default(), body: body.into() };
    service.handle(GatewayEvent::Message(message), NOW).await;
}

/// Returns the texts of the data of all publications that were sent to a connection since the last call.
fn publications(management: &FakeManagement, id: &ConnectionId) -> Vec<String> {
    let items = management.take_messages(id).into_iter().flat_map(|message| match message {
        ServerMessage::Publications(part) => part.items,
        ServerMessage::Batch(batch) => batch.parts.into_iter().flat_map(|part| part.items).collect(),
        ServerMessage::History(page) => page.items,
        ServerMessage::Error(error) => panic!("{error:?}"),
        _ => Vec::new(),
    });
    items.map(|item| item.data.to_string()).collect()
}
