//! Tests the replacement of a connection before the gateway closes it.

use super::Harness;
use super::harness::{listed, outgoing, publications};
use crate::constants::{CATCH_UP_MS, OPEN_MS, ROTATE_MS, ROTATE_SPREAD_MS};
use crate::{Event, Session, SocketId, State};
use shared::{Epoch, ServerMessage};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Returns a connected session that has received `host/cpu` up to offset 5 and has just requested a second socket to
/// replace the first one. Also returns the number of the first socket.
fn rotating() -> (Harness, SocketId) {
    let mut harness = Harness::connected();
    let old = harness.socket();
    harness.publish(&[1, 2, 3, 4, 5]);
    for _ in 0..1_000 {
        harness.pass(10_000);
        if harness.state() == State::Rotating {
            harness.take_events();
            return (harness, old);
        }
        harness.answer_pings();
        let ts = harness.server_ts();
        let message = publications(&[1], false, ts);
        harness.say_on(old, &message);
    }
    panic!("no rotation by {}", harness.now.mono_ms);
}

#[test]
fn a_connection_is_replaced_after_a_hundred_and_five_to_ten_minutes_when_told_a_hundred_and_ten() {
    let (harness, _) = rotating();
    let range = ROTATE_MS - ROTATE_SPREAD_MS..=ROTATE_MS + 10_000;
    assert!(range.contains(&harness.now.mono_ms), "{}", harness.now.mono_ms);
    assert_eq!((harness.sockets.len(), harness.closed.len()), (2, 0), "the new one first");
}

#[test]
fn an_overlap_neither_loses_nor_doubles_and_the_old_one_closes_last() {
    let (mut harness, old) = rotating();
    harness.accept();
    let request = harness.take_subscribes().remove(0);
    assert_eq!(request.since.values().map(|position| position.offset).collect::<Vec<_>>(), [5]);
    let ts = harness.server_ts();
    harness.say_on(old, &publications(&[6], false, ts));
    let reply = harness.subscribed(request.id, request.filter, &[listed(7, true, Some(5))]);
    harness.say(&reply);
    assert_eq!((harness.state(), harness.closed.len()), (State::Rotating, 0), "not caught up yet");
    harness.publish(&[8]);
    harness.say_on(old, &publications(&[7, 8], false, ts));
    assert_eq!((harness.state(), harness.closed.as_slice()), (State::Connected, &[old][..]));
    harness.replay(&[6, 7]);
    assert_eq!(harness.shown(), "6 7 8");
    assert_eq!((harness.session.stats().rotations, harness.session.stats().reconnects), (1, 0));
}

#[test]
fn a_new_connection_that_does_not_catch_up_takes_over_after_ten_seconds() {
    let (mut harness, old) = rotating();
    harness.accept();
    harness.confirm(&[listed(9, true, Some(5))]);
    harness.pass(CATCH_UP_MS);
    assert_eq!((harness.state(), harness.closed.as_slice()), (State::Connected, &[old][..]));
}

#[test]
fn a_rotation_that_fails_is_tried_again_later_and_nobody_notices() {
    let (mut harness, _) = rotating();
    harness.pass(OPEN_MS);
    assert_eq!(harness.state(), State::Connected);
    assert_eq!(harness.session.banner(harness.now), None);
    harness.sent.clear();
    let old = harness.sockets[0];
    let ts = harness.server_ts();
    harness.say_on(old, &publications(&[6], false, ts));
    harness.pass(36_000);
    assert_eq!((harness.state(), harness.sockets.len()), (State::Rotating, 3));
}

#[test]
fn if_the_old_one_dies_first_the_new_one_is_all_there_is() {
    let (mut harness, old) = rotating();
    harness.act(|session, now| session.socket_closed(old, 1001, "", now));
    assert_eq!((harness.state(), harness.sockets.len()), (State::Connecting, 2));
    harness.accept();
    assert_eq!(harness.state(), State::Handshaking);
    harness.confirm(&[listed(5, true, None)]);
    assert_eq!(harness.state(), State::Connected);
}

#[test]
fn a_publication_on_its_way_keeps_the_old_connection_until_it_is_acknowledged() {
    let (mut harness, old) = rotating();
    harness.act(|session, now| {
        session.publish(outgoing("out", 1, false), now);
    });
    let id = harness.take_publishes()[0].id;
    harness.accept();
    harness.confirm(&[listed(5, true, None)]);
    assert_eq!(harness.state(), State::Rotating);
    let text =
        format!(r#"{{"type":"published","id":{id},"topic":"out","position":{{"epoch":"e","offset":1}}}}"#);
    harness.act(|session, now| session.socket_message(old, &text, now));
    assert_eq!(harness.state(), State::Connected);
    assert!(harness.take_events().iter().any(|event| matches!(event, Event::Published { .. })));
}

#[test]
fn closing_while_rotating_closes_both() {
    let (mut harness, _) = rotating();
    harness.act(Session::close);
    harness.pass(2_000);
    assert_eq!((harness.state(), harness.closed.len()), (State::Closed, 2));
}

#[test]
fn a_late_frame_of_an_old_log_on_the_old_connection_is_not_taken_for_a_new_log() {
    let (mut harness, old) = rotating();
    harness.act(|session, now| {
        session.publish(outgoing("a", 1, false), now);
    });
    harness.accept();
    harness.confirm(&[listed(5, true, None)]);
    assert_eq!(harness.state(), State::Rotating, "the old one still owes an answer");
    let mut late = publications(&[1], false, harness.server_ts());
    if let ServerMessage::Publications(message) = &mut late {
        message.epoch = Epoch::new("e0");
    }
    harness.say_on(old, &late);
    harness.publish(&[6]);
    assert_eq!(harness.shown(), "6", "the log goes on");
}
