//! Tests `publish`: its answers and errors, and that other connections are not affected by errors.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::rates::RateLimits;
use backend_core::testing::Keep;
use backend_core::{Access, Principal};
use serde_json::{Value, json};
use shared::server::Published;
use shared::{Epoch, ErrorCode, Position, ServerMessage, TopicMeta, limits};
use support::*;

#[tokio::test]
async fn a_publication_is_answered_with_its_position() {
    let world = World::open();
    let client = world.connect("client").await;
    world.publish(&client, "x", json!(1)).await;
    let answer = world.publish(&client, "x", json!(2)).await;
    let position = Position::new(Epoch::from_random(0x1111_1111_1111_1111), 2);
    assert_eq!(answer, [ServerMessage::Published(Published { id: 2, topic: topic("x"), position })]);
}

#[tokio::test]
async fn a_batch_is_answered_with_the_position_of_its_last() {
    let world = World::open();
    let client = world.connect("client").await;
    let batch = json!({"action": "publish", "id": 2, "topic": "x",
        "items": [{"data": 1}, {"data": {"a": 2}, "ts": NOW - 5}]});
    let answer = world.say(&client, batch).await;
    assert!(matches!(&answer[..], [ServerMessage::Published(told)] if told.position.offset == 2));
    let changes = world.log.take_changes();
    let times: Vec<_> = changes[0].items.iter().map(|item| (item.ts, item.received_at)).collect();
    assert_eq!(times, [(NOW, NOW), (NOW - 5, NOW)]);
}

#[tokio::test]
async fn metadata_comes_along() {
    let world = World::open();
    let client = world.connect("client").await;
    let message = json!({"action": "publish", "id": 2, "topic": "x", "data": 1, "meta": {"unit": "%"}});
    world.say(&client, message).await;
    let meta = TopicMeta { unit: Some("%".into()), ..TopicMeta::default() };
    assert_eq!(world.log.take_changes()[0].meta, Some(meta));
}

#[tokio::test]
async fn a_request_sent_again_by_its_producer_lands_once() {
    let world = World::open();
    let client = world.connect("client").await;
    let message = |seq: u64| {
        json!({"action": "publish", "id": 2, "topic": "x", "data": seq,
            "producer": {"id": "me", "seq": seq}})
    };
    let first = world.say(&client, message(5)).await;
    assert_eq!(world.say(&client, message(5)).await, first);
    assert_eq!(world.log.take_changes().len(), 1);
    assert_eq!(world.service.stats().snapshot().publications, 1);
    assert_eq!(world.refused(&client, message(4)).await.code, ErrorCode::StaleSequence);
}

#[tokio::test]
async fn every_kind_of_bad_input_is_answered_precisely_and_nobody_else_notices() {
    let world = World::open();
    let (viewer, client) = (world.connect("viewer").await, world.connect("client").await);
    world.subscribe(&viewer, "*").await;
    let deep = (0..=limits::DATA_DEPTH).fold(json!(1), |inner, _| json!([inner]));
    let many: Vec<Value> = vec![json!({"data": 1}); limits::BATCH_ITEMS + 1];
    let escaped: Value = (0..70).map(|n| (format!("{n}{}", "\u{1}".repeat(250)), json!("m"))).collect();
    let cases = [
        (json!({"topic": "a b", "data": 1}), ErrorCode::BadTopic, "only letters, digits"),
        (json!({"topic": "x"}), ErrorCode::BadData, "nothing to publish"),
        (json!({"topic": "x", "data": null}), ErrorCode::BadData, "nothing to publish"),
        (json!({"topic": "x", "items": [{"data": null}]}), ErrorCode::BadData, "data is missing"),
        (json!({"topic": "x", "data": 1, "items": [{"data": 1}]}), ErrorCode::BadData, "only one of them"),
        (json!({"topic": "x", "data": deep}), ErrorCode::BadData, "deeper than 8 levels"),
        (json!({"topic": "x", "data": "y".repeat(limits::PUBLICATION_BYTES)}), ErrorCode::TooLarge, "24576"),
        (json!({"topic": "x", "items": many}), ErrorCode::TooLarge, "at most 10000"),
        (json!({"topic": "x", "data": 1, "ts": NOW / 1000}), ErrorCode::BadTimestamp, "milliseconds"),
        (json!({"topic": "x", "data": 1, "ts": i64::MIN}), ErrorCode::BadTimestamp, "milliseconds"),
        (json!({"topic": "x", "data": 1, "ts": i64::MAX}), ErrorCode::BadTimestamp, "milliseconds"),
        (json!({"topic": "x", "data": 1, "ts": 1.5}), ErrorCode::Malformed, "the field ts is not valid: "),
        (json!({"topic": "x", "data": 1, "meta": {"unit": "u".repeat(65)}}), ErrorCode::BadData, "meta.unit"),
        (
            json!({"topic": "x", "data": 1, "meta": {"units": escaped}}),
            ErrorCode::BadData,
            "bytes of JSON, and the limit is 16384",
        ),
        (json!({"topic": "x", "data": 1, "producer": {"id": "", "seq": 1}}), ErrorCode::Malformed, "1 to 64"),
        (
            json!({"topic": "x", "items": [{"data": 1}, {"data": 2, "ts": 1}]}),
            ErrorCode::BadTimestamp,
            "publication 2 of 2: ",
        ),
    ];
    for (mut message, code, words) in cases {
        message
            .as_object_mut()
            .unwrap()
            .extend([("action".into(), json!("publish")), ("id".into(), json!(7))]);
        let refused = world.refused(&client, message).await;
        assert_eq!((refused.id, refused.code, refused.retryable), (Some(7), code, false), "{refused:?}");
        assert!(refused.message.contains(words), "{refused:?}");
    }
    assert_eq!(world.log.take_changes(), []);
    assert_eq!(world.received(&viewer), []);
    assert!(matches!(&world.publish(&client, "x", json!(1)).await[..], [ServerMessage::Published(_)]));
}

#[tokio::test]
async fn an_invalid_message_is_answered_and_the_connection_stays_open() {
    let world = World::open();
    let client = world.connect("client").await;
    for (text, code) in [
        ("hello", ErrorCode::Malformed),
        ("{\"action\":\"ping\"", ErrorCode::Malformed),
        ("[]", ErrorCode::Malformed),
        ("{}", ErrorCode::UnknownAction),
        ("{\"action\":\"$connect\"}", ErrorCode::UnknownAction),
    ] {
        assert_eq!(error(world.say_at(&client, text, NOW).await).code, code, "{text}");
    }
    assert_eq!(world.management.closed(), []);
}

#[tokio::test]
async fn a_topic_beyond_the_token_is_forbidden() {
    let world = World::open();
    let client = world.connect_as("client", agent(&["*"], &["host/*"])).await;
    let refused =
        world.refused(&client, json!({"action": "publish", "id": 2, "topic": "x", "data": 1})).await;
    assert_eq!(
        (refused.code, refused.message.as_str()),
        (
            ErrorCode::Forbidden,
            "agent may not publish to x: its token needs a filter in `publish` that matches the topic"
        )
    );
    assert_eq!(world.publish(&client, "host/cpu", json!(1)).await.len(), 1);
    assert_eq!(world.log.take_changes().len(), 1);
}

#[tokio::test]
async fn a_publisher_above_its_rate_is_told_when_to_retry_and_others_are_not_slowed() {
    let world = World::with(Access::Open, Keep::PLENTY, |settings| {
        settings.rates = RateLimits { requests_per_second: 1, ..RateLimits::default() };
    });
    let fast = world.connect_as("fast", agent(&[], &["*"])).await;
    let other = world.connect_as("other", Principal { name: "other".into(), ..agent(&[], &["*"]) }).await;
    for _ in 0..2 {
        assert!(matches!(&world.publish(&fast, "x", json!(1)).await[..], [ServerMessage::Published(_)]));
    }
    let refused = error(world.publish(&fast, "x", json!(1)).await);
    assert_eq!((refused.code, refused.retryable), (ErrorCode::RateLimited, true));
    assert_eq!(refused.retry_after_ms, Some(1000));
    assert!(matches!(&world.publish(&other, "x", json!(1)).await[..], [ServerMessage::Published(_)]));
}

#[tokio::test]
async fn a_publisher_of_large_data_is_told_when_to_retry_and_others_are_not_slowed() {
    let world = World::with(Access::Open, Keep::PLENTY, |settings| {
        settings.rates = RateLimits { published_kb_per_second: 1, ..RateLimits::default() };
    });
    let large = json!("x".repeat(2046));
    let fast = world.connect_as("fast", agent(&[], &["*"])).await;
    let other = world.connect_as("other", Principal { name: "other".into(), ..agent(&[], &["*"]) }).await;
    assert!(matches!(&world.publish(&fast, "x", large.clone()).await[..], [ServerMessage::Published(_)]));
    let refused = error(world.publish(&fast, "x", large.clone()).await);
    assert_eq!((refused.code, refused.retryable), (ErrorCode::RateLimited, true));
    assert_eq!(refused.retry_after_ms, Some(2000));
    assert!(matches!(&world.publish(&other, "x", large).await[..], [ServerMessage::Published(_)]));
}

#[tokio::test]
async fn a_store_that_fails_is_answered_with_try_again_and_without_its_words() {
    let world = World::open();
    let client = world.connect("client").await;
    world.log.set_broken(true);
    let refused = error(world.publish(&client, "x", json!(1)).await);
    assert_eq!((refused.id, refused.code, refused.retryable), (Some(2), ErrorCode::Unavailable, true));
    assert!(!refused.message.contains("made to fail"), "{refused:?}");
    world.log.set_broken(false);
    assert!(matches!(&world.publish(&client, "x", json!(1)).await[..], [ServerMessage::Published(_)]));
}

#[tokio::test]
async fn one_topic_too_many_is_refused_by_name() {
    let world = World::open();
    for number in 0..limits::TOPICS {
        world.log.append_now(one(&format!("t{number}"), json!(1))).unwrap();
    }
    let client = world.connect("client").await;
    assert_eq!(error(world.publish(&client, "more", json!(1)).await).code, ErrorCode::TooManyTopics);
    assert!(matches!(&world.publish(&client, "t0", json!(1)).await[..], [ServerMessage::Published(_)]));
}
