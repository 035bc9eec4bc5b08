//! Tests that publish requests are appended exactly once, or that their outcome is reported.

use super::Harness;
use super::harness::{outgoing, position, topic};
use crate::constants::{QUEUE_AGE_MS, QUEUE_MESSAGES};
use crate::{DropReason, Event, Outgoing, Session, Ticket};
use shared::client::Publish;
use shared::publication::Item;
use shared::server::Published;
use shared::{ErrorCode, ServerMessage, limits};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn publish(harness: &mut Harness, name: &str, data: u64, idempotent: bool) -> Ticket {
    let mut ticket = None;
    harness.act(|session, now| ticket = Some(session.publish(outgoing(name, data, idempotent), now)));
    ticket.unwrap()
}

fn acknowledge(harness: &mut Harness, request: &Publish, offset: u64) {
    let (id, topic, position) = (request.id, request.topic.clone(), position(offset));
    harness.say(&ServerMessage::Published(Published { id, topic, position }));
}

fn reconnect(harness: &mut Harness) {
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    harness.confirm(&[]);
}

/// Returns the outcomes of publish requests that the session has reported, with the tickets of the requests.
fn outcomes(harness: &mut Harness) -> Vec<(Vec<Ticket>, String)> {
    let outcome = |event| match event {
        Event::Published { ticket, .. } => Some((vec![ticket], "published".into())),
        Event::PublishRefused { ticket, refused } => Some((vec![ticket], refused.code.word().into())),
        Event::Dropped { tickets, why } => Some((tickets, format!("{why:?}"))),
        _ => None,
    };
    harness.take_events().into_iter().filter_map(outcome).collect()
}

#[test]
fn a_publication_is_told_published_when_it_is_acknowledged() {
    let mut harness = Harness::connected();
    let ticket = publish(&mut harness, "a", 1, false);
    let request = harness.take_publishes().remove(0);
    assert_eq!((request.data.clone(), request.producer.clone()), (Some(1.into()), None));
    assert_eq!(outcomes(&mut harness), []);
    acknowledge(&mut harness, &request, 1);
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "published".into())]);
    assert_eq!(harness.session.outstanding(), 0);
}

#[test]
fn publications_made_while_offline_are_sent_in_order_on_return() {
    let mut harness = Harness::new();
    harness.act(Session::open);
    for n in 0..3 {
        publish(&mut harness, "a", n, false);
    }
    harness.accept();
    assert!(harness.take_publishes().is_empty());
    harness.pong(&[]);
    let sent: Vec<_> = harness.take_publishes().into_iter().filter_map(|request| request.data).collect();
    assert_eq!(sent, [0, 1, 2]);
}

#[test]
fn of_a_hundred_and_one_the_oldest_falls_out_and_is_told() {
    let mut harness = Harness::new();
    let tickets: Vec<Ticket> =
        (0..=QUEUE_MESSAGES as u64).map(|n| publish(&mut harness, "a", n, false)).collect();
    assert_eq!(outcomes(&mut harness), [(vec![tickets[0]], "QueueFull".into())]);
    assert_eq!((harness.session.outbox_room(), harness.session.stats().dropped), (0, 1));
}

#[test]
fn a_publication_that_waits_two_minutes_is_dropped_and_reported() {
    let mut harness = Harness::new();
    let ticket = publish(&mut harness, "a", 1, true);
    harness.pass(QUEUE_AGE_MS - 1);
    assert_eq!(outcomes(&mut harness), []);
    harness.pass(1);
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "TooOld".into())]);
}

#[test]
fn an_idempotent_publication_is_sent_again_with_the_same_number() {
    let mut harness = Harness::connected();
    let ticket = publish(&mut harness, "a", 1, true);
    let first = harness.take_publishes().remove(0);
    reconnect(&mut harness);
    let second = harness.take_publishes().remove(0);
    assert_eq!((second.producer.clone(), second.data.clone()), (first.producer, first.data));
    acknowledge(&mut harness, &second, 1);
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "published".into())]);
}

#[test]
fn the_last_request_to_a_topic_says_so_each_time_that_it_is_sent() {
    let mut harness = Harness::connected();
    let last = Outgoing { done: true, ..outgoing("a", 2, true) };
    publish(&mut harness, "a", 1, true);
    harness.act(|session, now| {
        session.publish(last, now);
    });
    publish(&mut harness, "b", 3, true);
    let first = harness.take_publishes();
    acknowledge(&mut harness, &first[0], 1);
    let mut sent = harness.take_publishes();
    reconnect(&mut harness);
    let repeated = harness.take_publishes();
    harness.refuse(Some(repeated[0].id), 102, Some(1_000));
    harness.pass(1_000);
    sent.extend(harness.take_publishes());
    let says = |request: &Publish| {
        request.producer.clone().map(|producer| (request.topic.to_string(), producer.seq, producer.done))
    };
    let says = |requests: &[Publish]| requests.iter().filter_map(says).collect::<Vec<_>>();
    let (a, b) = ("a".to_owned(), "b".to_owned());
    assert_eq!(says(&first), [(a.clone(), 1, false), (b.clone(), 3, false)]);
    assert_eq!(says(&repeated), [(a.clone(), 2, true), (b, 3, false)]);
    assert_eq!(says(&sent), [(a.clone(), 2, true), (a, 2, true)], "as it was sent first and last");
}

#[test]
fn a_request_that_is_not_idempotent_has_no_producer_that_could_be_done() {
    let mut harness = Harness::connected();
    let last = Outgoing { done: true, ..outgoing("a", 1, false) };
    harness.act(|session, now| {
        session.publish(last, now);
    });
    assert_eq!(harness.take_publishes()[0].producer, None);
}

#[test]
fn another_whose_answer_was_lost_is_told_unknown_and_not_sent_again() {
    let mut harness = Harness::connected();
    let ticket = publish(&mut harness, "a", 1, false);
    harness.take_publishes();
    reconnect(&mut harness);
    assert!(harness.take_publishes().is_empty());
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "OutcomeUnknown".into())]);
}

#[test]
fn idempotent_publications_to_one_topic_go_one_after_the_other() {
    let mut harness = Harness::connected();
    for (name, data) in [("a", 1), ("a", 2), ("b", 3)] {
        publish(&mut harness, name, data, true);
    }
    let sent = harness.take_publishes();
    assert_eq!(sent.iter().filter_map(|request| request.data.clone()).collect::<Vec<_>>(), [1, 3]);
    acknowledge(&mut harness, &sent[0], 1);
    let second = harness.take_publishes().remove(0);
    assert_eq!(second.data, Some(2.into()));
    let seq = |request: &Publish| request.producer.as_ref().map(|producer| producer.seq);
    assert!(seq(&second) > seq(&sent[0]), "the log refuses a number it has seen");
}

#[test]
fn a_rate_limit_is_waited_out_and_order_kept() {
    let mut harness = Harness::connected();
    publish(&mut harness, "a", 1, false);
    let request = harness.take_publishes().remove(0);
    harness.refuse(Some(request.id), 101, Some(700));
    publish(&mut harness, "a", 2, false);
    harness.pass(699);
    assert!(harness.take_publishes().is_empty());
    harness.pass(1);
    let sent: Vec<_> = harness.take_publishes().into_iter().filter_map(|request| request.data).collect();
    assert_eq!(sent, [1, 2]);
}

#[test]
fn a_fault_of_the_server_is_retried_only_where_that_cannot_double() {
    let mut harness = Harness::connected();
    publish(&mut harness, "a", 1, true);
    let other = publish(&mut harness, "b", 2, false);
    for request in harness.take_publishes() {
        harness.refuse(Some(request.id), 100, None);
    }
    assert_eq!(outcomes(&mut harness), [(vec![other], "OutcomeUnknown".into())]);
    harness.pass(1_000);
    assert_eq!(harness.take_publishes()[0].data, Some(1.into()));
}

#[test]
fn an_outcome_in_doubt_is_never_told_as_not_published() {
    let mut harness = Harness::connected();
    let ticket = publish(&mut harness, "a", 1, true);
    let request = harness.take_publishes().remove(0);
    harness.refuse(Some(request.id), 102, None);
    harness.pass(1_000);
    let again = harness.take_publishes().remove(0);
    harness.refuse(Some(again.id), 400, None);
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "OutcomeUnknown".into())]);

    let oldest = publish(&mut harness, "a", 2, true);
    harness.close(1006);
    for n in 0..QUEUE_MESSAGES as u64 {
        publish(&mut harness, "a", n, true);
    }
    assert_eq!(outcomes(&mut harness), [(vec![oldest], "OutcomeUnknown".into())]);
}

#[test]
fn a_publication_refused_for_its_token_is_sent_with_the_next_token() {
    let mut harness = Harness::connected();
    publish(&mut harness, "a", 1, false);
    let request = harness.take_publishes().remove(0);
    harness.refuse(Some(request.id), 301, None);
    harness.act(|session, now| session.set_token("fresh".into(), now));
    harness.accept();
    harness.confirm(&[]);
    assert_eq!(harness.take_publishes()[0].data, Some(1.into()));
}

#[test]
fn a_refusal_for_good_is_told_with_its_code() {
    let mut harness = Harness::connected();
    let ticket = publish(&mut harness, "a", 1, true);
    let request = harness.take_publishes().remove(0);
    harness.refuse(Some(request.id), 400, None);
    assert_eq!(outcomes(&mut harness), [(vec![ticket], "forbidden".into())]);
}

#[test]
fn a_publication_too_large_for_a_frame_is_refused_locally() {
    let mut harness = Harness::connected();
    let items = vec![Item::now("x".repeat(limits::FRAME_BYTES))];
    let large = Outgoing { topic: topic("a"), items, meta: None, idempotent: false, done: false };
    harness.act(|session, now| {
        session.publish(large, now);
        session.publish(Outgoing { items: vec![], ..outgoing("a", 1, true) }, now);
    });
    let words: Vec<String> = outcomes(&mut harness).into_iter().map(|(_, word)| word).collect();
    assert_eq!(words, [ErrorCode::TooLarge.word(), ErrorCode::BadData.word()]);
    assert!(harness.take_publishes().is_empty());
}

#[test]
fn a_message_the_server_finds_too_large_is_not_sent_again() {
    let mut harness = Harness::connected();
    let small = publish(&mut harness, "a", 1, true);
    let large = publish(&mut harness, "b", 1_000_000_000, true);
    harness.take_publishes();
    harness.close(1009);
    assert_eq!(outcomes(&mut harness), [(vec![large], "too_large".into())]);
    harness.pass(500);
    harness.accept();
    harness.confirm(&[]);
    let request = harness.take_publishes().remove(0);
    acknowledge(&mut harness, &request, 1);
    assert_eq!(outcomes(&mut harness), [(vec![small], "published".into())]);
}

#[test]
fn publications_left_when_the_session_closes_are_reported() {
    let mut harness = Harness::connected();
    let sent = publish(&mut harness, "a", 1, true);
    let waiting = publish(&mut harness, "a", 2, true);
    harness.act(Session::close);
    let expected =
        [(vec![sent], "OutcomeUnknown".into()), (vec![waiting], format!("{:?}", DropReason::Closed))];
    assert_eq!(outcomes(&mut harness), expected);
}

#[test]
fn a_token_is_replaced_in_band_while_connected() {
    let mut harness = Harness::connected();
    harness.act(|session, now| session.set_token("fresh".into(), now));
    let text = harness.sent.iter().map(|(_, message)| message.to_json()).next_back().unwrap();
    assert!(text.contains(r#""action":"refresh""#) && text.contains("fresh"), "{text}");
    let socket = harness.socket();
    let reply = r#"{"type":"refreshed","id":2,"expires_at":5}"#;
    harness.act(|session, now| session.socket_message(socket, reply, now));
    assert!(harness.take_events().contains(&Event::Refreshed { expires_at: Some(5) }));
    assert_eq!(harness.sockets.len(), 1);
}
