//! Tests that new publications are delivered to their subscribers.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod support;

use backend_core::ports::PostError;
use serde_json::json;
use shared::{ServerMessage, TopicMeta, limits};
use support::*;

#[tokio::test]
async fn a_publication_reaches_who_watches_it_and_nobody_else() {
    let world = World::open();
    let (one_topic, prefix, all, other) = (
        world.connect("a").await,
        world.connect("b").await,
        world.connect("c").await,
        world.connect("d").await,
    );
    for (id, filter) in [(&one_topic, "x/y"), (&prefix, "x/*"), (&all, "*"), (&other, "x")] {
        world.subscribe(id, filter).await;
    }
    world.subscribe(&all, "x/*").await;
    world.publish(&other, "x/y", json!(1)).await;
    let report = world.broadcast().await;
    assert_eq!(report.posts, 3, "once each, however many filters match");
    let messages = [&one_topic, &prefix, &all].map(|id| world.received(id));
    assert!(messages.iter().all(|received| *received == messages[0]));
    let [ServerMessage::Publications(live)] = &messages[0][..] else { panic!("{messages:?}") };
    assert_eq!((live.topic.as_str(), live.replay, live.items[0].offset), ("x/y", false, 1));
    assert_eq!(live.meta, Some(TopicMeta::default()), "a new topic");
    assert_eq!(world.received(&other), []);
    assert_eq!(report.bytes, 3 * messages[0][0].to_json().len());
}

#[tokio::test]
async fn history_is_written_before_anybody_is_told() {
    let world = World::open();
    let viewer = world.connect("a").await;
    world.subscribe(&viewer, "x").await;
    world.log.append_now(one("x", json!(1))).unwrap();
    let changes = world.log.take_changes();
    world.log.set_broken(true);
    assert!(world.service.broadcast(&changes, NOW).await.is_err());
    assert_eq!(world.received(&viewer), [], "nothing is posted that is not in history");
    world.log.set_broken(false);
    world.service.broadcast(&changes, NOW).await.unwrap();
    assert_eq!((world.log.recorded(), offsets(&world.received(&viewer))), (changes, vec![1]));
}

#[tokio::test]
async fn publications_of_one_tick_are_packed_into_as_few_frames_as_possible() {
    let world = World::open();
    let viewer = world.connect("a").await;
    world.subscribe(&viewer, "*").await;
    for number in 0..100 {
        for name in ["x", "y"] {
            world.log.append_now(one(name, json!(number))).unwrap();
        }
    }
    let report = world.broadcast().await;
    assert_eq!(report.posts, 1);
    let messages = world.received(&viewer);
    let counts: Vec<_> =
        stretches(&messages).iter().map(|part| (part.topic.to_string(), part.items.len())).collect();
    assert_eq!(counts, [("x".into(), 100), ("y".into(), 100)]);
}

#[tokio::test]
async fn more_than_a_frame_holds_comes_in_several_in_order() {
    let world = World::open();
    let viewer = world.connect("a").await;
    world.subscribe(&viewer, "x").await;
    for _ in 0..5000 {
        world.log.append_now(one("x", json!({"text": "some words of data"}))).unwrap();
    }
    let report = world.broadcast().await;
    let frames = world.management.take_posts_to(&viewer);
    assert_eq!(report.posts, frames.len());
    assert!(frames.iter().all(|frame| frame.len() <= limits::PACK_BYTES));
    let messages: Vec<ServerMessage> =
        frames.iter().map(|frame| serde_json::from_slice(frame).unwrap()).collect();
    assert_eq!(offsets(&messages), (1..=5000).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_connection_found_gone_in_the_first_frame_is_spared_the_others() {
    let world = World::open();
    let (gone, here) = (world.connect("a").await, world.connect("b").await);
    for id in [&gone, &here] {
        world.subscribe(id, "x").await;
    }
    world.management.vanish(&gone);
    for _ in 0..5000 {
        world.log.append_now(one("x", json!(1))).unwrap();
    }
    let report = world.broadcast().await;
    assert!(report.posts > 1);
    assert_eq!((report.gone, report.failed), (1, 0));
    assert_eq!(offsets(&world.received(&here)).len(), 5000);
}

#[tokio::test]
async fn a_connection_to_which_a_post_failed_is_spared_the_other_frames_of_the_broadcast() {
    let failed = PostError::Failed { reason: "no answer within 2 s".into() };
    for (error, is_spared) in [(failed, true), (PostError::Gone, true), (PostError::LimitExceeded, false)] {
        let world = World::open();
        let (stalled, here) = (world.connect_long_ago("a").await, world.connect("b").await);
        for id in [&stalled, &here] {
            world.subscribe(id, "x").await;
        }
        world.management.fail(&stalled, error.clone());
        for _ in 0..5000 {
            world.log.append_now(one("x", json!(1))).unwrap();
        }
        let frames = world.broadcast().await.posts;
        assert!(frames > 1);
        let failed = world.management.take_failed();
        assert_eq!(failed, vec![stalled.clone(); if is_spared { 1 } else { frames }], "{error}");
        assert_eq!(offsets(&world.received(&here)).len(), 5000);

        world.management.connect(&stalled);
        world.log.append_now(one("x", json!(1))).unwrap();
        world.broadcast().await;
        let is_posted_to = error != PostError::Gone;
        assert_eq!(
            world.management.take_posts_to(&stalled).len(),
            usize::from(is_posted_to),
            "{error}: later"
        );
    }
}

#[tokio::test]
async fn connections_that_have_ended_are_all_removed_and_others_have_their_frames() {
    let world = World::open();
    let mut gone = Vec::new();
    for number in 0..40 {
        gone.push(world.connect_long_ago(&format!("gone{number:02}")).await);
    }
    let here = world.connect("here").await;
    // Different subscriptions make two deliveries: that to the connections that have ended, and that to the other one.
    for id in &gone {
        world.subscribe(id, "x").await;
        world.management.vanish(id);
    }
    world.subscribe(&here, "*").await;
    world.log.append_now(one("x", json!(1))).unwrap();
    world.log.append_now(one("y", json!(1))).unwrap();
    let report = world.broadcast().await;
    assert_eq!((report.gone, report.posts, report.failed), (40, 1, 0));
    assert_eq!(offsets(&world.received(&here)), [1, 1]);
    world.log.append_now(one("x", json!(2))).unwrap();
    let report = world.broadcast().await;
    assert_eq!((report.gone, report.posts), (0, 1), "all of them are removed");
}

#[tokio::test]
async fn nobody_watching_costs_no_post() {
    let world = World::open();
    world.log.append_now(one("x", json!(1))).unwrap();
    assert_eq!(world.broadcast().await, Default::default());
}
