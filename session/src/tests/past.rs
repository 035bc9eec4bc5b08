//! Tests of requests for a stretch of the past.

use super::harness::{Harness, history, topic};
use crate::constants::HISTORY_MS;
use crate::{Event, PastRequest, Session};
use shared::server::BucketsReply;
use shared::{Epoch, ErrorCode, Position, ServerMessage};

const HOUR_MS: i64 = 3_600_000;

fn stretch(step_ms: Option<u64>) -> PastRequest {
    PastRequest {
        topic: topic("host/cpu"),
        from_ms: Some(0),
        to_ms: Some(HOUR_MS),
        step_ms,
        since: None,
        limit: None,
    }
}

fn ask(harness: &mut Harness, step_ms: Option<u64>) -> u64 {
    let mut id = None;
    harness.act(|session, now| id = session.read_past(stretch(step_ms), now));
    id.unwrap()
}

fn buckets(id: u64) -> BucketsReply {
    let epoch = Epoch::new("e");
    BucketsReply {
        id,
        topic: topic("host/cpu"),
        epoch: epoch.clone(),
        from_ms: 0,
        to_ms: HOUR_MS,
        step_ms: 60_000,
        kept_from_ms: None,
        head: Position::new(epoch, 9),
        series: Vec::new(),
        lines: Vec::new(),
        lost: Vec::new(),
        left_out: Default::default(),
        next: None,
    }
}

#[test]
fn a_page_may_read_a_stretch_of_the_past_in_buckets() {
    let mut harness = Harness::connected();
    harness.take_events();
    let id = ask(&mut harness, Some(60_000));
    let request = harness.take_histories().remove(0);
    assert_eq!((request.id, request.from_ms, request.to_ms), (id, Some(0), Some(HOUR_MS)));
    assert_eq!((request.step_ms, request.since), (Some(60_000), None));
    harness.say(&ServerMessage::Buckets(buckets(id)));
    harness.say(&ServerMessage::Buckets(buckets(id)));
    assert_eq!(harness.take_events(), [Event::Buckets { id, reply: Box::new(buckets(id)) }]);
}

#[test]
fn publications_of_a_stretch_are_not_mixed_with_those_that_are_delivered() {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2, 3]);
    harness.take_events();
    let id = ask(&mut harness, None);
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[1, 2], 3, true));
    let events = harness.take_events();
    let [Event::PastItems { id: answered, items, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*answered, items.len()), (id, 2));
}

#[test]
fn a_refused_and_a_lost_request_for_the_past_are_reported() {
    let mut harness = Harness::connected();
    harness.take_events();
    let refused = ask(&mut harness, Some(1));
    harness.refuse(Some(refused), ErrorCode::Malformed.number(), None);
    let events = harness.take_events();
    let [Event::PastFailed { id, refused: Some(why), .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*id, why.code), (refused, ErrorCode::Malformed));
    let lost = ask(&mut harness, Some(1));
    harness.pass(HISTORY_MS);
    let events = harness.take_events();
    let is_lost = |event: &Event| matches!(event, Event::PastFailed { id, refused: None, .. } if *id == lost);
    assert!(events.iter().any(is_lost), "{events:?}");
}

#[test]
fn the_past_is_not_requested_without_a_connection() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.act(|session, now| assert_eq!(session.read_past(stretch(None), now), None));
}
