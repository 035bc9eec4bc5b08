//! Tests that publications which the server leaves out are neither requested nor announced as lost, and that those which are really
//! missing are.

use super::Harness;
use super::harness::{history, listed, position, topic};
use crate::State;
use crate::constants::HOLE_MS;
use shared::Filter;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Returns a session that has received `host/cpu` up to offset 5 and has asked for conflated publications.
fn conflated(max_hz: u32) -> Harness {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2, 3, 4, 5]);
    harness.act(|session, now| session.conflate(&Filter::All, Some(max_hz), now));
    harness.confirm(&[listed(5, true, None)]);
    harness.take_events();
    harness
}

#[test]
fn the_rate_is_asked_for_at_once_and_on_every_later_connection() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.limits.max_hz = Some(60);
    harness.act(|session, now| session.conflate(&Filter::All, Some(10), now));
    let request = harness.take_subscribes().remove(0);
    assert_eq!((request.max_hz, request.since.len()), (Some(10), 0), "nothing is replayed");
    let reply = harness.subscribed(request.id, request.filter, &[listed(1, true, None)]);
    harness.say(&reply);
    assert_eq!(harness.session.highest_hz(), Some(60));
    harness.act(|session, now| session.conflate(&Filter::All, Some(10), now));
    assert!(harness.take_subscribes().is_empty(), "nothing has changed");
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    let request = harness.take_subscribes().remove(0);
    assert_eq!((request.max_hz, request.since[&topic("host/cpu")].offset), (Some(10), 1));
    harness.confirm(&[]);
    harness.act(|session, now| session.conflate(&Filter::All, None, now));
    assert_eq!(harness.take_subscribes().remove(0).max_hz, None);
}

#[test]
fn what_the_server_leaves_out_is_counted_and_not_asked_for() {
    let mut harness = conflated(10);
    harness.conflate(5, &[7, 9, 20]);
    harness.conflate(20, &[21]);
    assert_eq!(harness.shown(), "~12 7 9 20 21");
    harness.pass(HOLE_MS + 200);
    assert!(harness.take_histories().is_empty());
    assert_eq!((harness.session.stats().left_out, harness.session.stats().out_of_order), (12, 0));
}

#[test]
fn a_frame_that_stands_for_what_was_received_already_brings_only_what_is_new() {
    let mut harness = conflated(10);
    harness.publish(&[6, 7]);
    harness.conflate(3, &[5, 6, 9]);
    harness.conflate(2, &[4, 7]);
    harness.conflate(5, &[9]);
    assert_eq!(harness.shown(), "6 7 ~1 9");
}

#[test]
fn a_lost_frame_is_noticed_by_the_next_one_and_filled_in() {
    let mut harness = conflated(10);
    harness.conflate(9, &[11, 12]);
    assert_eq!(harness.shown(), "");
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    assert_eq!((request.since.clone(), request.limit), (Some(position(5)), Some(4)));
    harness.say(&history(&request, &[6, 7, 8, 9], 12, true));
    assert_eq!(harness.shown(), "r6 r7 r8 r9 ~1 11 12");
}

#[test]
fn frames_that_overtake_each_other_are_put_in_order() {
    let mut harness = conflated(10);
    harness.conflate(9, &[12]);
    harness.conflate(5, &[9]);
    assert_eq!(harness.shown(), "~5 9 12");
    harness.conflate(20, &[25]);
    harness.conflate(12, &[30]);
    assert_eq!(harness.shown(), "~16 25 30", "the second frame stands for the missing ones of the first");
    harness.pass(HOLE_MS + 200);
    assert!(harness.take_histories().is_empty());
}

#[test]
fn only_what_no_frame_stands_for_is_lost() {
    let mut harness = conflated(10);
    harness.conflate(10, &[12]);
    harness.conflate(7, &[20]);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[20], 20, false));
    assert_eq!(harness.shown(), "!6-7 ~11 12 20");
}

#[test]
fn the_end_of_a_log_is_not_asked_for_before_the_next_tick() {
    let mut harness = conflated(1);
    harness.pass(50_000);
    harness.pong(&[("host/cpu", 9)]);
    harness.pass(HOLE_MS + 900);
    assert!(harness.take_histories().is_empty());
    harness.conflate(5, &[9]);
    assert_eq!(harness.shown(), "~3 9");
}

#[test]
fn a_server_that_does_not_conflate_is_asked_for_everything() {
    let mut harness = Harness::connected();
    harness.act(|session, now| session.conflate(&Filter::All, Some(10), now));
    let request = harness.take_subscribes().remove(0);
    harness.refuse(Some(request.id), 215, None);
    assert_eq!(harness.take_subscribes().remove(0).max_hz, None);
    assert_eq!((harness.state(), harness.shown()), (State::Connected, String::new()));
    harness.publish(&[1, 2]);
    assert_eq!(harness.shown(), "1 2");
}
