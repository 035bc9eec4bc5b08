//! Tests of the handler of the Lambda function `broadcast`.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use backend_core::ports::{Append, ConnectionId};
use backend_core::testing::{FakeConnections, FakeLog, FakeManagement};
use backend_lambda::broadcast::{Broadcast, Invoke};
use serde_json::{Value, json};
use shared::publication::Item;
use shared::{Epoch, ServerMessage, TopicMeta};
use tracing::instrument::WithSubscriber;

use crate::support::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

type Function = Broadcast<FakeConnections, FakeLog, FakeManagement, Lambda>;

/// A fake of Lambda that records the payloads of asynchronous invocations, or refuses them while `is_busy` is set.
#[derive(Clone, Default)]
struct Lambda {
    payloads: Arc<Mutex<Vec<Vec<u8>>>>,
    is_busy: bool,
}

impl Lambda {
    fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.payloads.lock().unwrap())
    }
}

impl Invoke for Lambda {
    async fn invoke(&self, payload: Vec<u8>) -> Result<(), String> {
        if self.is_busy {
            return Err("too many requests".into());
        }
        self.payloads.lock().unwrap().push(payload);
        Ok(())
    }
}

fn function(world: &World, lambda: &Lambda, shard_size: usize) -> Function {
    let size = NonZeroUsize::new(shard_size).unwrap();
    let World { connections, log, management } = world.clone();
    Broadcast::new(connections, log, management, lambda.clone(), size)
}

/// Returns a record of the table's stream for an append of one publication. Its sequence number is `s{number}`.
fn record(number: u64, topic: &str, offset: u64) -> Value {
    edited(STREAM, |event| {
        let change = &mut event["Records"][0]["dynamodb"];
        change["SequenceNumber"] = json!(format!("s{number}"));
        change["NewImage"] = json!({
            "pk": {"S": format!("T#{topic}")},
            "sk": {"S": "#"},
            "epoch": {"S": "9f86d081884c"},
            "offset": {"N": offset.to_string()},
            "count": {"N": "1"},
            "items": {"S": format!("[{{\"d\":{offset}}}]")},
            "received_at": {"N": NOW.to_string()},
            "meta": {"M": {}},
            "meta_at": {"N": "0"},
            "seqs": {"M": {}},
            "landed": {"M": {}},
        });
    })["Records"][0]
        .clone()
}

fn batch(records: &[Value]) -> Value {
    json!({"Records": records})
}

async fn run(function: &Function, payload: Value) -> Value {
    function.handle(event(payload), || NOW).await.unwrap()
}

fn failed(number: u64) -> Value {
    json!({"batchItemFailures": [{"itemIdentifier": format!("s{number}")}]})
}

fn all_done() -> Value {
    json!({"batchItemFailures": []})
}

/// Returns the topic and offset of each publication that a client has received, in the order of arrival.
fn received(world: &World, id: &ConnectionId) -> Vec<(String, u64)> {
    let parts = |message| match message {
        ServerMessage::Publications(publications) => vec![publications],
        ServerMessage::Batch(batch) => batch.parts,
        other => panic!("{other:?}"),
    };
    let parts = world.management.take_messages(id).into_iter().flat_map(parts);
    parts
        .flat_map(|part| {
            part.items.iter().map(|item| (part.topic.to_string(), item.offset)).collect::<Vec<_>>()
        })
        .collect()
}

fn expected(positions: &[(&str, u64)]) -> Vec<(String, u64)> {
    positions.iter().map(|(topic, offset)| ((*topic).to_owned(), *offset)).collect()
}

#[tokio::test]
async fn history_is_written_first_and_each_viewer_gets_all_topics_in_one_frame() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    let (all, one) = (world.viewer("a", &["*"]).await, world.viewer("b", &["y"]).await);
    let records = [record(1, "x", 1), record(2, "y", 7), record(3, "x", 2)];
    assert_eq!(run(&function, batch(&records)).await, all_done());
    let posts = world.management.take_posts();
    assert_eq!(posts.len(), 2, "one frame each");
    for (id, frame) in posts {
        world.management.connect(&id);
        backend_core::ports::Management::post(&world.management, &id, frame).await.unwrap();
    }
    assert_eq!(received(&world, &all), expected(&[("x", 1), ("x", 2), ("y", 7)]));
    assert_eq!(received(&world, &one), expected(&[("y", 7)]));
    assert_eq!(world.log.recorded().len(), 3);
}

#[tokio::test]
async fn a_record_that_history_refuses_is_retried_with_all_after_it_and_those_before_are_sent() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    let viewer = world.viewer("a", &["*"]).await;
    world.log.refuse_to_record(Some(topic("y")));
    let records = [record(1, "x", 1), record(2, "y", 1), record(3, "x", 2), record(4, "y", 2)];
    assert_eq!(run(&function, batch(&records)).await, failed(2));
    assert_eq!(received(&world, &viewer), expected(&[("x", 1)]), "nothing is sent that is not in history");
    world.log.refuse_to_record(None);
    assert_eq!(run(&function, batch(&records[1..])).await, all_done());
    assert_eq!(received(&world, &viewer), expected(&[("y", 1), ("y", 2), ("x", 2)]));
}

/// Returns the stream record that DynamoDB has deleted the alarm of a topic. Its sequence number is `s{number}`.
fn alarm(number: u64, topic: &str) -> Value {
    edited(STREAM, |event| {
        let change = &mut event["Records"][1]["dynamodb"];
        change["SequenceNumber"] = json!(format!("s{number}"));
        change["Keys"] = json!({"pk": {"S": format!("SILENCE#{topic}")}, "sk": {"S": "#"}});
    })["Records"][1]
        .clone()
}

#[tokio::test]
async fn a_topic_whose_alarm_expires_is_forgotten_if_nobody_published_for_a_week() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    for (name, received_at, expect_every_ms) in
        [("silent", NOW - 8 * DAY_MS, None), ("used", NOW - DAY_MS, None), ("expected", 0, Some(1_000))]
    {
        let meta = Some(TopicMeta { expect_every_ms, ..TopicMeta::default() });
        let append = Append {
            topic: topic(name),
            items: vec![Item::now(1)],
            producer: None,
            meta,
            received_at,
            new_epoch: Epoch::new("epoch"),
            principal: "me".into(),
            principal_topics: 10,
        };
        world.log.append_now(append).unwrap();
    }
    world.log.take_changes();
    let records = [alarm(1, "silent"), alarm(2, "used"), alarm(3, "expected"), alarm(4, "gone")];
    assert_eq!(run(&function, batch(&records)).await, all_done());
    let ended: Vec<_> =
        world.log.take_changes().into_iter().map(|change| (change.topic, change.ended)).collect();
    assert_eq!(ended, [(topic("silent"), true)]);
}

#[tokio::test]
async fn an_alarm_that_could_not_be_handled_is_sent_again_and_publications_before_it_are_not_held_back() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    let viewer = world.viewer("a", &["*"]).await;
    let records = [record(1, "x", 1), alarm(2, "x"), record(3, "x", 2)];
    world.log.refuse_to_forget(Some(topic("x")));
    assert_eq!(run(&function, batch(&records)).await, failed(2));
    assert_eq!(received(&world, &viewer), expected(&[("x", 1), ("x", 2)]));
    world.log.refuse_to_forget(None);
    assert_eq!(run(&function, batch(&records[1..])).await, all_done());
}

#[tokio::test]
async fn a_batch_is_retried_if_subscribers_cannot_be_read() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    let viewer = world.viewer("a", &["*"]).await;
    world.connections.set_broken(true);
    let records = [record(1, "x", 1), record(2, "x", 2)];
    assert_eq!(run(&function, batch(&records)).await, failed(1));
    world.connections.set_broken(false);
    assert_eq!(run(&function, batch(&records)).await, all_done());
    assert_eq!(received(&world, &viewer), expected(&[("x", 1), ("x", 2)]));
}

#[tokio::test]
async fn an_unreadable_record_does_not_block_the_others() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    let viewer = world.viewer("a", &["*"]).await;
    let mut damaged = record(1, "x", 1);
    damaged["dynamodb"]["NewImage"]["items"] = json!({"S": "nonsense"});
    let deleted = edited(STREAM, |_| {})["Records"][1].clone();
    let mut catalogue = record(3, "x", 1);
    catalogue["dynamodb"]["NewImage"] = json!({"pk": {"S": "CATALOGUE"}, "sk": {"S": "x"}});
    let records = [damaged, deleted, catalogue, record(4, "y", 1)];
    let log = Lines::default();
    assert_eq!(run(&function, batch(&records)).with_subscriber(log.subscriber()).await, all_done());
    let logged: Vec<String> =
        log.text().lines().filter(|line| line.contains("T#x")).map(str::to_owned).collect();
    assert!(logged.len() == 1 && logged[0].contains("items") && logged[0].contains("ERROR"), "{logged:?}");
    assert_eq!(received(&world, &viewer), expected(&[("y", 1)]));
    world.log.refuse_to_record(Some(topic("y")));
    assert_eq!(
        run(&function, batch(&records)).await,
        failed(4),
        "its own number, not its index among the readable records"
    );
}

#[tokio::test]
async fn a_large_fan_out_is_split_into_shards_and_every_viewer_gets_everything_once() {
    let world = World::default();
    let lambda = Lambda::default();
    let function = function(&world, &lambda, 10);
    let mut viewers = Vec::new();
    for number in 0..35 {
        let filter = if number % 2 == 0 { "*" } else { "x" };
        viewers.push(world.viewer(&format!("{number:015}="), &[filter]).await);
    }
    run(&function, batch(&[record(1, "x", 1), record(2, "y", 1)])).await;
    let payloads = lambda.take();
    assert_eq!(
        (world.management.take_posts().len(), payloads.len()),
        (10, 3),
        "this invocation sends one shard"
    );
    for payload in &payloads {
        assert!(payload.len() < 256 * 1024);
        let answer = run(&function, serde_json::from_slice(payload).unwrap()).await;
        assert!(answer["posts"].as_u64().unwrap() <= 10);
    }
    assert_eq!(world.management.take_posts().len(), 25);
    run(&function, batch(&[record(3, "x", 2)])).await;
    for payload in lambda.take() {
        run(&function, serde_json::from_slice(&payload).unwrap()).await;
    }
    for viewer in &viewers {
        assert_eq!(received(&world, viewer), expected(&[("x", 2)]));
    }
}

#[tokio::test]
async fn a_shard_that_cannot_be_handed_over_is_sent_by_this_invocation() {
    let world = World::default();
    let function = function(&world, &Lambda { is_busy: true, ..Lambda::default() }, 10);
    for number in 0..35 {
        world.viewer(&format!("{number:015}="), &["*"]).await;
    }
    assert_eq!(run(&function, batch(&[record(1, "x", 1)])).await, all_done());
    assert_eq!(world.management.take_posts().len(), 35);
}

#[tokio::test]
async fn a_publication_by_hand_goes_through_the_log() {
    let world = World::default();
    let function = function(&world, &Lambda::default(), 100);
    world.viewer("a", &["*"]).await;
    let answer = run(&function, json!({"topic": "kitchen/temp", "data": 21.5})).await;
    assert_eq!((&answer["topic"], &answer["offset"]), (&json!("kitchen/temp"), &json!(1)));
    assert_eq!(world.log.take_changes()[0].items[0].data.text(), "21.5");
    assert_eq!(world.management.take_posts(), [], "it is sent when the stream delivers it");
}

#[tokio::test]
async fn a_payload_of_another_kind_is_refused_with_the_reason() {
    let function = function(&World::default(), &Lambda::default(), 100);
    for (payload, words) in [
        (json!({"hello": "world"}), "the payload must be"),
        (json!({"topic": "a//b", "data": 1}), "segment"),
        (json!({"topic": "a"}), "nothing to publish"),
        (json!({"Records": [{"Sns": {}}]}), "dynamodb"),
        (json!({"shard": "all"}), "invalid type"),
    ] {
        let error = function.handle(event(payload), || NOW).await.unwrap_err();
        assert!(error.error_message.contains(words), "{}", error.error_message);
    }
}
