//! Tests logs that are started anew with another epoch. Epochs have no order, so only the server's answer decides which
//! log is the current one.

use super::Harness;
use super::harness::{history, listed, position, publications, topic};
use crate::Session;
use crate::constants::{HISTORY_ATTEMPTS, HISTORY_MS, HOLE_MS};
use shared::client;
use shared::server::{Pong, SubscribedTopic};
use shared::{Epoch, Position, ServerMessage};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Returns a copy of `message` with its epoch replaced by `epoch`.
fn of(epoch: &str, message: ServerMessage) -> ServerMessage {
    let epoch = Epoch::new(epoch);
    match message {
        ServerMessage::Publications(mut message) => {
            message.epoch = epoch;
            ServerMessage::Publications(message)
        }
        ServerMessage::History(mut message) => {
            message.head.epoch = epoch.clone();
            message.epoch = epoch;
            ServerMessage::History(message)
        }
        other => unreachable!("{other:?} names no epoch"),
    }
}

fn publish(harness: &mut Harness, epoch: &str, offsets: &[u64]) {
    let message = of(epoch, publications(offsets, false, harness.server_ts()));
    harness.say(&message);
}

/// Returns the `history` request that the session has sent. There must be exactly one.
fn asked(harness: &mut Harness) -> client::History {
    let mut requests = harness.take_histories();
    assert_eq!(requests.len(), 1, "{requests:?}");
    requests.remove(0)
}

fn place(epoch: &str, offset: u64) -> Option<Position> {
    Some(Position::new(Epoch::new(epoch), offset))
}

#[test]
fn a_log_started_anew_is_told_and_followed_from_its_beginning() {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2]);
    publish(&mut harness, "e2", &[2]);
    assert_eq!(harness.shown(), "1 2", "it may be a late frame of an older log");
    let request = asked(&mut harness);
    assert_eq!((request.since.clone(), request.limit), (Some(position(2)), Some(2)));
    harness.say(&of("e2", history(&request, &[1, 2], 2, false)));
    publish(&mut harness, "e2", &[3]);
    assert_eq!(harness.shown(), "#e2:0 r1 r2 3");
}

#[test]
fn a_late_frame_of_a_log_never_seen_is_neither_a_new_log_nor_a_gap() {
    let mut harness = Harness::connected();
    publish(&mut harness, "e2", &[2]);
    publish(&mut harness, "e1", &[1]);
    let request = asked(&mut harness);
    assert_eq!(request.since, place("e2", 0));
    harness.say(&of("e2", history(&request, &[1, 2], 2, true)));
    assert_eq!(harness.shown(), "r1 2");
    harness.pass(20_000);
    assert!(harness.take_histories().is_empty(), "the matter is settled");
}

#[test]
fn a_late_frame_of_a_log_that_is_over_changes_nothing() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    publish(&mut harness, "e2", &[1]);
    let request = asked(&mut harness);
    harness.say(&of("e2", history(&request, &[1], 1, false)));
    harness.publish(&[2]);
    let request = asked(&mut harness);
    harness.say(&of("e2", history(&request, &[], 1, true)));
    publish(&mut harness, "e2", &[2]);
    assert_eq!(harness.shown(), "1 #e2:0 r1 2");
}

#[test]
fn a_log_that_was_over_and_is_restored_is_followed_again() {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2, 3]);
    for (epoch, shown) in [("e2", "1 2 3 #e2:0 r1"), ("e1", "#e1:0 r1")] {
        publish(&mut harness, epoch, &[1]);
        let request = asked(&mut harness);
        harness.say(&of(epoch, history(&request, &[1], 1, false)));
        assert_eq!(harness.shown(), shown);
    }
}

#[test]
fn an_answer_to_an_earlier_question_does_not_tell_which_log_counts() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    harness.pass(HOLE_MS);
    let earlier = asked(&mut harness);
    publish(&mut harness, "e2", &[1]);
    harness.say(&history(&earlier, &[2], 3, true));
    assert_eq!(harness.shown(), "1 r2 3");
    let request = asked(&mut harness);
    harness.say(&of("e2", history(&request, &[1], 1, false)));
    assert_eq!(harness.shown(), "#e2:0 r1");
}

#[test]
fn publications_of_a_new_log_that_arrive_during_its_listing_are_fetched_too() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    publish(&mut harness, "e2", &[1]);
    let request = asked(&mut harness);
    publish(&mut harness, "e2", &[2]);
    harness.say(&of("e2", history(&request, &[1], 1, false)));
    assert_eq!(harness.shown(), "1 #e2:0 r1");
    assert_eq!(asked(&mut harness).since, place("e2", 1));
}

#[test]
fn a_question_about_a_new_log_is_repeated_until_it_is_answered_though_not_in_haste() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    publish(&mut harness, "e2", &[1]);
    for _ in 0..=HISTORY_ATTEMPTS {
        let request = asked(&mut harness);
        harness.refuse(Some(request.id), 102, None);
        assert!(harness.take_histories().is_empty(), "no hurry");
        publish(&mut harness, "e2", &[1]);
        assert!(harness.take_histories().is_empty(), "not even when it is heard of again");
        while harness.take_histories().is_empty() {
            harness.pass(10);
        }
        harness.pass(HISTORY_MS);
        harness.pong(&[]);
        while !harness.sent.iter().any(|(_, message)| matches!(message, shared::ClientMessage::History(_))) {
            harness.pass(10);
        }
    }
    let request = asked(&mut harness);
    harness.say(&of("e2", history(&request, &[1], 1, false)));
    assert_eq!(harness.shown(), "1 #e2:0 r1");
}

#[test]
fn a_pong_that_names_another_log_is_asked_about_too() {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2]);
    harness.pass(50_000);
    let ping = harness.take_pings().remove(0);
    let heads = [(topic("host/cpu"), Position::new(Epoch::new("e2"), 4))].into();
    let pong = Pong { t: ping.t, server_ts: harness.server_ts(), heads };
    harness.say(&ServerMessage::Pong(pong));
    let request = asked(&mut harness);
    assert_eq!((request.since.clone(), request.limit), (Some(position(2)), Some(4)));
    harness.say(&of("e2", history(&request, &[1, 2, 3, 4], 4, false)));
    assert_eq!(harness.shown(), "1 2 #e2:0 r1 r2 r3 r4");
}

#[test]
fn a_listing_that_knew_our_log_and_names_another_is_believed_at_once() {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2]);
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    harness.confirm(&[in_e2(3, Some(1))]);
    assert_eq!(harness.shown(), "1 2 #e2:0 !1-1");
    assert!(harness.take_histories().is_empty());
}

#[test]
fn a_listing_asked_for_before_our_log_was_known_is_asked_about() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    let requests = harness.take_subscribes();
    harness.act(|session, _| session.resume_from(topic("host/cpu"), position(7)));
    let reply = harness.subscribed(requests[0].id, requests[0].filter.clone(), &[in_e2(3, None)]);
    harness.say(&reply);
    assert_eq!(harness.shown(), "");
    assert_eq!(asked(&mut harness).since, Some(position(7)));
}

#[test]
fn publications_of_another_log_before_a_listing_are_fetched() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.publish(&[1]);
    harness.confirm(&[in_e2(3, None)]);
    assert_eq!(asked(&mut harness).since, place("e2", 3));
    assert_eq!(harness.shown(), "");
}

#[test]
fn a_topic_that_is_gone_ends_the_doubt_about_its_log() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    publish(&mut harness, "e2", &[1]);
    let request = asked(&mut harness);
    harness.refuse(Some(request.id), 208, None);
    harness.pass(20_000);
    assert_eq!(harness.shown(), "1 gone");
    assert!(harness.take_histories().is_empty());
}

#[test]
fn a_refusal_that_was_of_the_log_before_loses_nothing_of_this_one() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    harness.pass(HOLE_MS);
    let earlier = asked(&mut harness);
    harness.watch("host/*");
    harness.confirm(&[in_e2(2, None)]);
    harness.refuse(Some(earlier.id), 208, None);
    assert_eq!(harness.shown(), "1 !2-2 3 #e2:0");
    harness.pass(HOLE_MS);
    assert_eq!(asked(&mut harness).since, place("e2", 0));
}

/// Returns the entry of `host/cpu` in a `subscribed` message after its log was started anew. The new log ends at
/// `head`, and `from` is the beginning of the replay.
fn in_e2(head: u64, from: Option<u64>) -> SubscribedTopic {
    let place = |offset| Position::new(Epoch::new("e2"), offset);
    SubscribedTopic { position: place(head), replay_from: from.map(place), ..listed(head, false, None) }
}
