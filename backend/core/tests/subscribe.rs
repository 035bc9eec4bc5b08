//! Tests `subscribe`: the past publications that are sent, the list of topics in the answer, and that no publication is
//! missed between the past and the new ones.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use std::sync::{Arc, Mutex};

use backend_core::testing::Keep;
use serde_json::{Value, json};
use shared::server::SubscribedTopic;
use shared::{ErrorCode, Millis, Position, ServerMessage, limits};
use support::*;

#[tokio::test]
async fn a_subscriber_is_told_who_it_is_what_matches_and_what_the_server_takes() {
    let world = World::open();
    world.fill("host/cpu", 3);
    world.fill("other", 1);
    let viewer = world.connect("viewer").await;
    let told = world.subscribe(&viewer, "host/*").await;
    assert_eq!((told.id, told.connection_id.as_str(), told.viewers), (1, "viewer", Some(1)));
    assert_eq!((told.server_ts, told.more), (NOW, false));
    assert_eq!(told.limits, limits::Announced::default());
    assert_eq!(told.rotate_in_ms, world.service.settings().rotate_in_ms);
    assert_eq!(
        told.topics,
        [SubscribedTopic {
            topic: topic("host/cpu"),
            position: Position::new(epoch(), 3),
            recovered: true,
            replay_from: None,
            meta: Default::default(),
        }]
    );
}

#[tokio::test]
async fn without_since_or_rewind_nothing_is_replayed() {
    let world = World::open();
    world.fill("x", 3);
    assert_eq!(replay(&world, json!({})).await, (true, None, vec![]));
}

#[tokio::test]
async fn since_replays_all_that_came_after() {
    let world = World::open();
    world.fill("x", 10);
    assert_eq!(replay(&world, since("filled", 7)).await, (true, Some(7), vec![8, 9, 10]));
}

#[tokio::test]
async fn since_the_end_replays_nothing_and_is_recovered() {
    let world = World::open();
    world.fill("x", 10);
    assert_eq!(replay(&world, since("filled", 10)).await, (true, None, vec![]));
}

#[tokio::test]
async fn since_a_place_no_longer_kept_is_not_recovered_and_begins_with_the_oldest() {
    let world = World::keeping(Keep::LITTLE);
    world.fill("x", 25);
    assert_eq!(replay(&world, since("filled", 14)).await, (false, Some(15), (16..=25).collect()));
    assert_eq!(replay(&world, since("filled", 15)).await, (true, Some(15), (16..=25).collect()));
}

#[tokio::test]
async fn since_another_epoch_or_beyond_the_end_is_not_recovered() {
    let world = World::open();
    world.fill("x", 3);
    for foreign in [since("older", 2), since("filled", 4), since("older", 900)] {
        assert_eq!(replay(&world, foreign).await, (false, Some(0), vec![1, 2, 3]));
    }
}

#[tokio::test]
async fn when_everything_kept_is_too_old_the_loss_is_told_and_nothing_replayed() {
    let world = World::keeping(Keep::LITTLE);
    world.fill("x", 3);
    let long_after = NOW + 1000 * Keep::LITTLE.age_ms;
    let viewer = world.connect("viewer").await;
    let body = with(since("filled", 1));
    // The row of the connection must not expire before this time.
    world.connections_live_until(&viewer, long_after + 1).await;
    let told = subscribed(&world.say_at(&viewer, &body.to_string(), long_after).await);
    let [entry] = told.topics.as_slice() else { panic!("{told:?}") };
    assert_eq!((entry.recovered, &entry.replay_from, entry.position.offset), (false, &None, 3));
}

#[tokio::test]
async fn more_than_a_replay_holds_begins_with_the_oldest_so_that_history_can_go_on() {
    let world = World::open();
    world.fill("x", 1000);
    let (recovered, from, items) = replay(&world, since("filled", 100)).await;
    assert_eq!((recovered, from), (true, Some(100)));
    assert_eq!(items, (101..=400).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_rewind_by_count_replays_the_newest() {
    let world = World::open();
    world.fill("x", 1000);
    assert_eq!(replay(&world, rewind("count", 2)).await, (true, Some(998), vec![999, 1000]));
    assert_eq!(replay(&world, rewind("count", 0)).await, (true, None, vec![]));
    assert_eq!(replay(&world, rewind("count", 5000)).await, (true, Some(700), (701..=1000).collect()));
}

#[tokio::test]
async fn a_rewind_by_time_replays_what_was_received_since_or_else_the_last() {
    let world = World::open();
    world.fill("x", 10);
    let viewer = world.connect("viewer").await;
    let at = NOW + 10_500;
    for (ms, expected) in [(2_000, vec![9, 10]), (100, vec![10]), (u64::MAX, (1..=10).collect())] {
        let messages = world.say_at(&viewer, &with(rewind("ms", ms)).to_string(), at).await;
        assert_eq!(offsets(&messages), expected, "{ms} ms");
    }
}

#[tokio::test]
async fn since_goes_before_rewind_and_rewind_serves_the_other_topics() {
    let world = World::open();
    world.fill("x", 3);
    world.fill("y", 3);
    let viewer = world.connect("viewer").await;
    let ask = json!({"action": "subscribe", "id": 1, "filter": "*", "rewind": {"count": 1},
        "since": {"x": {"epoch": "filled", "offset": 1}, "gone": {"epoch": "e", "offset": 1}}});
    let messages = world.say(&viewer, ask).await;
    let names: Vec<_> = subscribed(&messages).topics.iter().map(|entry| entry.topic.to_string()).collect();
    assert_eq!(names, ["x", "y"], "a topic that is not there is left out");
    assert_eq!(offsets(&messages), [2, 3, 3]);
    assert!(stretches(&messages).iter().all(|stretch| stretch.replay && stretch.epoch == epoch()));
}

#[tokio::test]
async fn a_topic_in_since_that_the_filter_does_not_match_is_not_replayed() {
    let world = World::open();
    world.fill("x", 3);
    let viewer = world.connect("viewer").await;
    let ask = json!({"action": "subscribe", "id": 1, "filter": "y",
        "since": {"x": {"epoch": "filled", "offset": 1}}});
    let messages = world.say(&viewer, ask).await;
    assert_eq!((subscribed(&messages).topics, offsets(&messages)), (vec![], vec![]));
}

#[tokio::test]
async fn a_publication_during_a_history_read_arrives_by_recovery_or_live_or_both() {
    let world = World::open();
    world.fill("x", 1);
    let viewer = world.connect("viewer").await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (connections, subscribers) = (world.connections.clone(), seen.clone());
    world.log.before_heads(move |log| {
        log.append_now(one("x", json!("in between"))).unwrap();
        *subscribers.lock().unwrap() = connections.subscribers_now(&topic("x"), NOW);
    });
    let replayed = world.say(&viewer, with(since("filled", 1))).await;
    assert_eq!(
        *seen.lock().unwrap(),
        std::slice::from_ref(&viewer),
        "the row is there before history is read"
    );
    assert_eq!(offsets(&replayed), [2], "by history");
    world.broadcast().await;
    assert_eq!(offsets(&world.received(&viewer)), [2], "and live: its position sorts them out");
}

#[tokio::test]
async fn a_thousand_topics_are_told_in_frames_that_fit_all_but_the_last_with_more() {
    let world = World::open();
    for number in 0..1000 {
        world.fill(&format!("group-{}/topic-{number:04}", number % 7), 2);
    }
    let viewer = world.connect("viewer").await;
    let ask = json!({"action": "subscribe", "id": 1, "filter": "*", "rewind": {"count": 100}});
    let frames = frames_of(&world, &viewer, ask).await;
    assert!(frames.iter().all(|frame| frame.len() <= limits::PACK_BYTES));
    let messages: Vec<ServerMessage> =
        frames.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect();
    let told: Vec<_> = messages
        .iter()
        .filter_map(|message| match message {
            ServerMessage::Subscribed(told) => Some(told),
            _ => None,
        })
        .collect();
    assert!(told.len() > 1);
    let more: Vec<bool> = told.iter().map(|told| told.more).collect();
    assert_eq!(more.iter().filter(|more| !**more).count(), 1);
    assert_eq!(more.last(), Some(&false));
    assert!(matches!(messages[told.len() - 1], ServerMessage::Subscribed(_)), "the replay comes after");
    assert_eq!(told.iter().map(|told| told.topics.len()).sum::<usize>(), 1000);
    assert_eq!(offsets(&messages).len(), 2000);
}

#[tokio::test]
async fn a_topic_with_the_largest_metadata_is_told_in_a_frame_that_fits_and_does_not_hide_the_others() {
    let world = World::open();
    let publisher = world.connect("publisher").await;
    let name = vec!["t".repeat(limits::TOPIC_BYTES / 2 - 1); 2].join("/");
    let text = "\u{1}".repeat(limits::META_TEXT_BYTES);
    let entries = |count: usize, bytes: usize, value: &str| -> Value {
        (0..count)
            .map(|n| (format!("{n:0>width$}", width = (bytes - 1) / count - value.len() - 6), json!(value)))
            .collect()
    };
    let note = "x".repeat(limits::META_THRESHOLDS_BYTES - 30);
    // The fields are sent one after the other, because the metadata of a topic is merged.
    for meta in [
        json!({"units": entries(limits::META_UNITS, limits::META_UNITS_BYTES, "12345678")}),
        json!({"states": entries(limits::META_STATES, limits::META_STATES_BYTES, "good")}),
        json!({"thresholds": [{"above": 1, "note": note}], "unit": text, "label": text}),
        json!({"panel": text, "scale": text, "min": f64::MIN, "max": f64::MAX, "target": f64::MIN_POSITIVE}),
        json!({"expect_every_ms": u64::MAX, "decimals": 15}),
    ] {
        let message = json!({"action": "publish", "id": 2, "topic": name, "data": 1, "meta": meta});
        let answer = world.say(&publisher, message).await;
        assert!(matches!(&answer[..], [ServerMessage::Published(_)]), "{answer:?}");
    }
    world.fill("zebra", 1);
    let viewer = world.connect("viewer").await;
    let ask = json!({"action": "subscribe", "id": 1, "filter": "*"});
    let frames = frames_of(&world, &viewer, ask).await;
    assert!(frames.iter().any(|frame| frame.len() > 24 * 1024), "the metadata is large");
    assert!(frames.iter().all(|frame| frame.len() <= limits::PACK_BYTES));
    let told: Vec<ServerMessage> =
        frames.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect();
    let topics = told.iter().filter_map(|message| match message {
        ServerMessage::Subscribed(told) => Some(told.topics.iter().map(|entry| entry.topic.as_str())),
        _ => None,
    });
    assert_eq!(topics.flatten().collect::<Vec<_>>(), [name.as_str(), "zebra"]);
}

#[tokio::test]
async fn large_publications_are_replayed_within_a_budget_of_bytes() {
    let world = World::open();
    let large = "x".repeat(limits::PUBLICATION_BYTES - 2);
    for _ in 0..300 {
        world.log.append_now(one("x", json!(large))).unwrap();
    }
    world.log.take_changes();
    let viewer = world.connect("viewer").await;
    let frames = frames_of(&world, &viewer, with(since("filled", 0))).await;
    assert!(frames.iter().all(|frame| frame.len() <= limits::PACK_BYTES));
    let bytes: usize = frames.iter().map(|frame| frame.len()).sum();
    assert!(
        bytes > limits::REPLAY_TOTAL_BYTES / 2 && bytes < limits::REPLAY_TOTAL_BYTES * 11 / 10,
        "{bytes}"
    );
    let newest = frames_of(&world, &viewer, with(rewind("count", 300))).await;
    let last: ServerMessage = serde_json::from_slice(newest.last().unwrap()).unwrap();
    assert_eq!(offsets(&[last]), [300], "a rewind keeps the newest");
}

#[tokio::test]
async fn a_filter_beyond_the_token_is_forbidden_and_leaves_no_row() {
    let world = World::open();
    let viewer = world.connect_as("viewer", agent(&["host/*"], &[])).await;
    for filter in ["*", "host", "other/*"] {
        let refused = world.refused(&viewer, json!({"action": "subscribe", "id": 9, "filter": filter})).await;
        assert_eq!((refused.id, refused.code), (Some(9), ErrorCode::Forbidden), "{filter}");
    }
    assert_eq!(world.connections.subscribers_now(&topic("host"), NOW), []);
    assert_eq!(world.subscribe(&viewer, "host/cpu").await.viewers, Some(1));
}

#[tokio::test]
async fn one_subscription_too_many_is_refused_by_name() {
    let world = World::open();
    let viewer = world.connect("viewer").await;
    for number in 0..limits::SUBSCRIPTIONS {
        world.subscribe(&viewer, &format!("t{number}")).await;
    }
    let refused = world.refused(&viewer, json!({"action": "subscribe", "id": 9, "filter": "more"})).await;
    assert_eq!((refused.id, refused.code), (Some(9), ErrorCode::TooManySubscriptions));
}

#[tokio::test]
async fn unsubscribing_ends_the_stream_and_is_right_even_twice() {
    let world = World::open();
    let viewer = world.connect("viewer").await;
    world.subscribe(&viewer, "x").await;
    for _ in 0..2 {
        let answer = world.say(&viewer, json!({"action": "unsubscribe", "id": 3, "filter": "x"})).await;
        assert!(matches!(answer.as_slice(), [ServerMessage::Unsubscribed(told)] if told.id == 3));
    }
    world.log.append_now(one("x", json!(1))).unwrap();
    world.broadcast().await;
    assert_eq!(world.received(&viewer), []);
}

/// Subscribes with the options `ask`. Returns the values `recovered` and `replay_from` of the topic in the answer, and
/// the offsets of the past publications that were sent.
async fn replay(world: &World, ask: Value) -> (bool, Option<u64>, Vec<u64>) {
    let viewer = world.connect("viewer").await;
    let messages = world.say(&viewer, with(ask)).await;
    let [entry] = &subscribed(&messages).topics[..] else { panic!("{messages:?}") };
    let from = entry.replay_from.as_ref().map(|position| position.offset);
    (entry.recovered, from, offsets(&messages))
}

async fn frames_of(
    world: &World,
    viewer: &backend_core::ports::ConnectionId,
    ask: Value,
) -> Vec<bytes::Bytes> {
    let message = backend_core::event::Message {
        connection: viewer.clone(),
        sender: Default::default(),
        body: ask.to_string(),
    };
    world.service.handle(backend_core::GatewayEvent::Message(message), NOW).await;
    world.management.take_posts_to(viewer)
}

fn with(ask: Value) -> Value {
    let mut message = json!({"action": "subscribe", "id": 1, "filter": "x"});
    message.as_object_mut().unwrap().extend(ask.as_object().unwrap().clone());
    message
}

fn since(epoch: &str, offset: u64) -> Value {
    json!({"since": {"x": {"epoch": epoch, "offset": offset}}})
}

fn rewind(unit: &str, amount: u64) -> Value {
    json!({"rewind": {unit: amount}})
}

impl World {
    async fn connections_live_until(&self, id: &backend_core::ports::ConnectionId, until: Millis) {
        use backend_core::ports::Connections;
        let row = self.connections.get(id, NOW).await.unwrap().unwrap();
        let row = backend_core::ports::Connection { expires_at: until, ..row };
        self.connections.put(row).await.unwrap();
    }
}
