//! Tests that a viewer gets conflated publications if it asks for them, and nobody else.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::Access;
use backend_core::ports::ConnectionId;
use backend_core::testing::Keep;
use backend_core::token::Verifier;
use serde_json::{Value, json};
use shared::{ErrorCode, Millis, limits};
use support::*;

fn conflating() -> World {
    World::with(Access::Open, Keep::PLENTY, |settings| settings.conflates = true)
}

async fn watch(world: &World, id: &ConnectionId, max_hz: Option<u32>) -> Option<u32> {
    let message = json!({"action": "subscribe", "id": 1, "filter": "*", "max_hz": max_hz});
    subscribed(&world.say(id, message).await).limits.max_hz
}

async fn broadcast_at(world: &World, data: &[Value], now: Millis) {
    data.iter().for_each(|data| drop(world.log.append_now(one("x", data.clone())).unwrap()));
    world.service.broadcast(&world.log.take_changes(), now).await.unwrap();
}

/// Returns the offset before, and the offsets of the publications of each frame that a client has received.
fn frames(world: &World, id: &ConnectionId) -> Vec<(Option<u64>, Vec<u64>)> {
    let stretches = stretches(&world.received(id));
    stretches.iter().map(|one| (one.after, one.items.iter().map(|item| item.offset).collect())).collect()
}

#[tokio::test]
async fn who_asks_gets_some_publications_and_all_others_get_the_whole_log() {
    let world = conflating();
    let (some, all) = (world.connect("a").await, world.connect("b").await);
    assert_eq!(watch(&world, &some, Some(10)).await, Some(limits::MAX_HZ));
    watch(&world, &all, None).await;
    broadcast_at(&world, &[json!(1)], NOW).await;
    assert_eq!(frames(&world, &some), [(Some(0), vec![1])], "after a silence, nothing waits");
    broadcast_at(&world, &[json!(5), json!(9)], NOW + 10).await;
    broadcast_at(&world, &[json!(2), json!(4)], NOW + 20).await;
    assert_eq!(frames(&world, &some), []);
    assert_eq!(frames(&world, &all), [(None, vec![1]), (None, vec![2, 3]), (None, vec![4, 5])]);
    assert_eq!(world.service.conflated_due_ms(NOW + 20), Some(80));
    assert_eq!(world.service.broadcast_conflated(NOW + 20).await.unwrap().posts, 0);
    world.service.broadcast_conflated(NOW + 100).await.unwrap();
    assert_eq!(frames(&world, &some), [(Some(1), vec![3, 4, 5])], "the highest, the lowest and the newest");
    assert_eq!((frames(&world, &all), world.service.conflated_due_ms(NOW + 100)), (vec![], None));
}

#[tokio::test]
async fn a_viewer_may_change_its_mind() {
    let world = conflating();
    let viewer = world.connect("a").await;
    watch(&world, &viewer, Some(1)).await;
    broadcast_at(&world, &[json!(1)], NOW).await;
    broadcast_at(&world, &[json!(2), json!(3)], NOW + 10).await;
    assert_eq!(frames(&world, &viewer), [(Some(0), vec![1])]);
    watch(&world, &viewer, None).await;
    broadcast_at(&world, &[json!(4)], NOW + 20).await;
    assert_eq!(frames(&world, &viewer), [(None, vec![4])]);
    assert_eq!(world.service.broadcast_conflated(NOW + 2_000).await.unwrap().posts, 0);
}

#[tokio::test]
async fn a_viewer_that_has_left_gets_nothing() {
    let world = conflating();
    let viewer = world.connect("a").await;
    watch(&world, &viewer, Some(1)).await;
    broadcast_at(&world, &[json!(1)], NOW).await;
    broadcast_at(&world, &[json!(2)], NOW + 10).await;
    world.disconnect(&viewer).await;
    assert_eq!(world.service.broadcast_conflated(NOW + 2_000).await.unwrap().posts, 0);
}

#[tokio::test]
async fn a_server_that_does_not_conflate_refuses_and_says_so() {
    let world = World::open();
    let viewer = world.connect("a").await;
    let message = json!({"action": "subscribe", "id": 7, "filter": "*", "max_hz": 10});
    let refused = world.refused(&viewer, message).await;
    assert_eq!((refused.id, refused.code), (Some(7), ErrorCode::NotConflated));
    assert!(refused.message.contains("without `max_hz`"), "{}", refused.message);
    assert_eq!(watch(&world, &viewer, None).await, None, "no rate is announced");
}

#[tokio::test]
async fn a_rate_that_is_too_high_or_zero_is_refused() {
    let world = conflating();
    let viewer = world.connect("a").await;
    for hz in [0, limits::MAX_HZ + 1] {
        let message = json!({"action": "subscribe", "id": 7, "filter": "*", "max_hz": hz});
        let refused = world.refused(&viewer, message).await;
        assert_eq!(refused.code, ErrorCode::NotConflated);
        assert!(refused.message.contains("from 1 to 60"), "{}", refused.message);
    }
    broadcast_at(&world, &[json!(1)], NOW).await;
    assert_eq!(world.received(&viewer), [], "it is not subscribed");
}

#[tokio::test]
async fn a_subscription_that_was_refused_changes_no_rate() {
    let world = conflating();
    let viewer = world.connect("a").await;
    for number in 0..limits::SUBSCRIPTIONS {
        let filter = if number == 0 { "x".to_owned() } else { format!("other/{number}") };
        let message = json!({"action": "subscribe", "id": 1, "filter": filter, "max_hz": 1});
        subscribed(&world.say(&viewer, message).await);
    }
    for (filter, max_hz) in [("*", None), ("y/*", Some(60)), ("x/*", None)] {
        let message = json!({"action": "subscribe", "id": 7, "filter": filter, "max_hz": max_hz});
        assert_eq!(world.refused(&viewer, message).await.code, ErrorCode::TooManySubscriptions);
    }
    broadcast_at(&world, &[json!(1)], NOW).await;
    broadcast_at(&world, &[json!(2), json!(3)], NOW + 10).await;
    assert_eq!(frames(&world, &viewer), [(Some(0), vec![1])], "still at one publication a second");
}

#[tokio::test]
async fn the_rate_of_a_subscription_that_a_new_token_has_ended_is_forgotten() {
    let access = Access::Tokens(Verifier::new(SECRET).unwrap());
    let world = World::with(access, Keep::PLENTY, |settings| settings.conflates = true);
    let viewer = world.connect_as("a", agent(&["a/*", "b/x"], &[])).await;
    let ask = async |filter: &str, max_hz: Option<u32>| {
        let message = json!({"action": "subscribe", "id": 1, "filter": filter, "max_hz": max_hz});
        subscribed(&world.say(&viewer, message).await)
    };
    ask("a/*", Some(1)).await;
    ask("b/x", None).await;
    for allowed in [&["a/*"][..], &["a/*", "b/*"]] {
        let token = token(&agent(allowed, &[]));
        world.say(&viewer, json!({"action": "refresh", "id": 2, "token": token})).await;
    }
    ask("b/*", Some(1)).await;
    for (number, now) in [(1, NOW), (2, NOW + 10)] {
        world.log.append_now(one("b/x", json!(number))).unwrap();
        world.service.broadcast(&world.log.take_changes(), now).await.unwrap();
    }
    assert_eq!(frames(&world, &viewer), [(Some(0), vec![1])], "one publication a second");
}
