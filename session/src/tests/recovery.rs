//! Tests that every publication is delivered once and in order, that missing ones are requested, and that lost ones are
//! announced.

use super::Harness;
use super::harness::{history, listed, position, topic};
use crate::constants::{AHEAD_ITEMS, BACKOFF_BASE_MS, GIVE_UP_MS, HISTORY_MS, HOLE_MS, REPLAY_MS, REPLY_MS};
use crate::{Event, Session, State};
use shared::client::Rewind;
use shared::server::{Condition, Conditions, Forgotten, SubscribedTopic};
use shared::{ClientMessage, Epoch, Filter, ServerMessage};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Returns a session that has received `host/cpu` up to offset 5, was disconnected, and has connected again. The
/// server's answer to the second `subscribe` contained `head`, `recovered` and, as the beginning of the replay, `from`.
fn resubscribed(head: u64, recovered: bool, from: Option<u64>) -> Harness {
    let mut harness = Harness::connected();
    harness.publish(&[1, 2, 3, 4, 5]);
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    harness.shown();
    let request = harness.take_subscribes().remove(0);
    assert_eq!(request.since[&topic("host/cpu")], position(5));
    let reply = harness.subscribed(request.id, request.filter, &[listed(head, recovered, from)]);
    harness.say(&reply);
    harness
}

#[test]
fn a_topic_that_was_forgotten_is_asked_about_and_told_gone() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    assert_eq!(harness.shown(), "1");
    let of_another_log = Forgotten { topic: topic("host/cpu"), epoch: Epoch::new("another") };
    harness.say(&ServerMessage::Forgotten(of_another_log));
    harness.pass(HOLE_MS);
    assert!(harness.take_histories().is_empty(), "it is about a log of long ago");
    let forgotten = Forgotten { topic: topic("host/cpu"), epoch: position(1).epoch };
    harness.say(&ServerMessage::Forgotten(forgotten));
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    harness.refuse(Some(request.id), 208, None);
    assert_eq!(harness.shown(), "gone");
}

#[test]
fn what_is_wrong_with_the_server_is_told_when_it_changes_also_by_another_connection() {
    let mut harness = Harness::connected();
    let condition = Condition { name: "disk_full".into(), message: "the disk is full".into() };
    let full = ServerMessage::Conditions(Conditions { conditions: vec![condition.clone()] });
    let conditions = |harness: &mut Harness| -> Vec<usize> {
        let events = harness.take_events();
        let told = events.iter().filter_map(|event| match event {
            Event::Conditions { conditions } => Some(conditions.len()),
            _ => None,
        });
        told.collect()
    };
    harness.take_events();
    harness.say(&full);
    harness.say(&full);
    assert_eq!(conditions(&mut harness), [1]);
    harness.close(1006);
    harness.pass(500);
    harness.accept();
    harness.confirm(&[]);
    assert_eq!(conditions(&mut harness), [0], "the server has recovered in between");
}

#[test]
fn missed_publications_are_replayed_and_marked() {
    let mut harness = resubscribed(8, true, Some(5));
    harness.publish(&[9]);
    harness.replay(&[6, 7, 8]);
    assert_eq!(harness.shown(), "r6 r7 r8 9");
    harness.pass(20_000);
    assert!(harness.take_histories().is_empty());
}

#[test]
fn repeats_are_dropped_and_disorder_is_sorted() {
    let mut harness = Harness::connected();
    for offsets in [&[1, 2][..], &[2], &[5], &[4], &[4, 5], &[3], &[1]] {
        harness.publish(offsets);
    }
    assert_eq!(harness.shown(), "1 2 3 4 5");
    let stats = harness.session.stats();
    assert_eq!((stats.publications, stats.duplicates, stats.out_of_order), (5, 4, 2));
}

#[test]
fn a_hole_that_does_not_close_is_fetched_once() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[4]);
    harness.pass(HOLE_MS - 1);
    assert!(harness.take_histories().is_empty(), "it may close by itself");
    harness.pass(1);
    let request = harness.take_histories().remove(0);
    assert_eq!((request.since.clone(), request.limit), (Some(position(1)), Some(2)));
    harness.publish(&[6]);
    harness.pass(HISTORY_MS - 1);
    assert!(harness.take_histories().is_empty(), "one request at a time");
    harness.say(&history(&request, &[2, 3], 6, true));
    assert_eq!(harness.shown(), "1 r2 r3 4");
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[5], 6, true));
    assert_eq!(harness.shown(), "r5 6");
}

#[test]
fn a_topic_that_begins_while_watched_is_fetched_from_its_first_publication() {
    let mut harness = Harness::connected();
    harness.publish(&[3]);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    assert_eq!(request.since, Some(position(0)));
    harness.say(&history(&request, &[1, 2], 3, true));
    assert_eq!(harness.shown(), "r1 r2 3");
}

#[test]
fn a_topic_that_began_while_watched_is_wanted_whole_though_another_filter_lists_it_first() {
    let mut harness = Harness::connected();
    harness.watch("host/*");
    harness.confirm(&[listed(2, true, None)]);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    assert_eq!((request.since, request.limit), (Some(position(0)), Some(2)));
}

#[test]
fn publications_that_overtake_the_listing_wait_for_it() {
    let mut harness = Harness::new();
    let rewind = Some(Rewind::Count(2));
    harness.act(|session, now| session.subscribe(Filter::All, rewind, now));
    harness.act(Session::open);
    harness.accept();
    harness.publish(&[8]);
    assert_eq!(harness.shown(), "");
    harness.confirm(&[listed(7, true, Some(5))]);
    harness.replay(&[6, 7]);
    assert_eq!(harness.shown(), "r6 r7 8");
}

#[test]
fn a_listing_in_parts_is_complete_with_the_last_of_them() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.publish(&[8]);
    let request = harness.take_subscribes().remove(0);
    let mut first = harness.subscribed(request.id, Filter::All, &[]);
    if let ServerMessage::Subscribed(message) = &mut first {
        message.more = true;
    }
    harness.say(&first);
    harness.pass(HOLE_MS);
    assert!(harness.take_histories().is_empty(), "a topic that may be listed yet");
    let last = harness.subscribed(request.id, Filter::All, &[listed(7, true, None)]);
    harness.say(&last);
    assert_eq!(harness.shown(), "8");
}

#[test]
fn a_first_subscription_without_a_rewind_begins_at_the_end() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[listed(41, true, None)]);
    harness.publish(&[42]);
    assert_eq!(harness.shown(), "42");
}

#[test]
fn a_loss_for_good_is_one_gap_told_before_what_follows() {
    let mut harness = resubscribed(12, false, Some(9));
    harness.replay(&[10, 11, 12]);
    harness.publish(&[13]);
    assert_eq!(harness.shown(), "!6-9 r10 r11 r12 13");
    let stats = harness.session.stats();
    assert_eq!((stats.gaps, stats.lost), (1, 4));
}

#[test]
fn a_gap_is_no_larger_than_what_is_really_missing() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    harness.publish(&[6]);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[5], 6, false));
    assert_eq!(harness.shown(), "1 !2-2 3 !4-4 r5 6");
}

#[test]
fn a_gap_carries_the_times_on_both_sides_as_far_as_known() {
    let mut harness = resubscribed(9, false, Some(7));
    let gap = harness.take_events().into_iter().find(|event| matches!(event, Event::Gap { .. }));
    let Some(Event::Gap { from_ts, to_ts, .. }) = gap else { panic!("no gap") };
    assert_eq!((from_ts, to_ts), (Some(super::harness::WALL_MS + 5), None));
}

#[test]
fn a_loss_without_a_replay_is_left_to_history_to_decide() {
    let mut harness = resubscribed(9, false, None);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[], 9, false));
    assert_eq!(harness.shown(), "!6-9");
}

#[test]
fn a_promised_replay_is_waited_for_before_it_is_asked_for() {
    let mut harness = resubscribed(8, true, Some(5));
    harness.pass(REPLAY_MS - 1);
    assert!(harness.take_histories().is_empty(), "it is on its way");
    harness.pass(1);
    assert_eq!(harness.take_histories().remove(0).since, Some(position(5)));
}

#[test]
fn a_replay_that_stops_early_is_continued_by_history_to_the_head() {
    let mut harness = resubscribed(20, true, Some(5));
    harness.replay(&[6, 7]);
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    assert_eq!((request.since.clone(), request.limit), (Some(position(7)), Some(13)));
    harness.say(&history(&request, &(8..=15).collect::<Vec<_>>(), 20, true));
    let request = harness.take_histories().remove(0);
    assert_eq!(request.since, Some(position(15)));
    harness.say(&history(&request, &(16..=20).collect::<Vec<_>>(), 20, true));
    assert_eq!(harness.session.position(&topic("host/cpu")), Some(position(20)));
}

#[test]
fn a_pong_tells_of_a_lost_last_publication() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.pass(50_000);
    harness.pong(&[("host/cpu", 2), ("host/new", 1)]);
    harness.pass(HOLE_MS);
    let asked: Vec<_> =
        harness.take_histories().into_iter().map(|request| (request.topic, request.since)).collect();
    assert_eq!(asked, [(topic("host/cpu"), Some(position(1))), (topic("host/new"), Some(position(0)))]);
}

/// Returns a session that has received `host/cpu` up to offset 1 from a server that collects publications for 5 s. The server has
/// answered a ping that the log ends at `head`.
fn collecting(head: u64) -> Harness {
    let mut harness = Harness::connected();
    harness.limits.frame_every_ms = 5_000;
    harness.watch("shop/*");
    harness.confirm(&[]);
    harness.publish(&[1]);
    harness.shown();
    harness.pass(50_000);
    harness.pong(&[("host/cpu", head)]);
    harness
}

#[test]
fn publications_that_the_server_still_collects_are_not_asked_for() {
    let mut harness = collecting(2);
    harness.pass(4_999);
    harness.publish(&[2]);
    harness.pass(HOLE_MS);
    assert!(harness.take_histories().is_empty());
    assert_eq!(harness.shown(), "2");
}

#[test]
fn publications_that_do_not_come_when_the_server_has_collected_them_are_asked_for() {
    let mut harness = collecting(2);
    harness.pass(5_000 + HOLE_MS - 1);
    assert!(harness.take_histories().is_empty());
    harness.pass(1);
    assert_eq!(harness.take_histories().remove(0).since, Some(position(1)));
}

#[test]
fn a_hole_between_publications_is_asked_for_at_once_also_if_the_server_collects() {
    let mut harness = collecting(4);
    harness.publish(&[4]);
    harness.pass(HOLE_MS);
    assert_eq!(harness.take_histories().remove(0).since, Some(position(1)));
}

#[test]
fn a_hole_that_cannot_be_filled_is_given_up_so_that_newer_data_is_shown() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    let shown_at_ms = refused_until(&mut harness, GIVE_UP_MS + 25_000);
    assert_eq!(harness.shown(), "!2-2 3");
    assert!(shown_at_ms >= GIVE_UP_MS, "{shown_at_ms}");
}

#[test]
fn a_server_that_fails_for_less_than_a_minute_loses_nothing() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    refused_until(&mut harness, GIVE_UP_MS - 5_000);
    while !harness.sent.iter().any(|(_, message)| matches!(message, ClientMessage::History(_))) {
        harness.pass(100);
        harness.answer_pings();
    }
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[2], 3, true));
    assert_eq!(harness.shown(), "r2 3");
}

#[test]
fn a_hole_is_no_gap_because_nobody_answers_but_the_connection_is_replaced() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    harness.pass(HOLE_MS);
    let mut asked = 0;
    for _ in 0..REPLY_MS / 100 {
        assert_eq!(harness.state(), State::Connected);
        asked += harness.take_histories().len();
        harness.pass(100);
        harness.answer_pings();
    }
    assert_eq!((harness.shown().as_str(), asked), ("1", 6));
    harness.pass(HISTORY_MS + BACKOFF_BASE_MS);
    assert_eq!(harness.sockets.len(), 2);
    harness.accept();
    harness.confirm(&[listed(3, true, Some(1))]);
    harness.replay(&[2, 3]);
    assert_eq!(harness.shown(), "r2 3");
}

#[test]
fn silence_about_one_hole_is_no_gap_though_other_questions_are_answered() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    for _ in 0..2 * GIVE_UP_MS / HISTORY_MS {
        harness.act(|session, now| assert!(session.fetch_earlier(&topic("host/cpu"), 1, 1, now)));
        let requests = harness.take_histories();
        for request in requests.iter().filter(|request| request.since == Some(position(0))) {
            harness.say(&history(request, &[], 3, true));
        }
        harness.pass(HISTORY_MS);
        harness.answer_pings();
    }
    harness.pass(HOLE_MS);
    let request = harness.take_histories().remove(0);
    harness.say(&history(&request, &[2], 3, true));
    assert_eq!((harness.shown().as_str(), harness.sockets.len()), ("1 r2 3", 1));
}

/// Refuses every `history` request for `end_ms` milliseconds, or until the session emits an event. Returns the time
/// that passed, in milliseconds.
fn refused_until(harness: &mut Harness, end_ms: u64) -> u64 {
    harness.take_events();
    let begin_ms = harness.now.mono_ms;
    while harness.events.is_empty() && harness.now.mono_ms < begin_ms + end_ms {
        for request in harness.take_histories() {
            harness.refuse(Some(request.id), 102, None);
        }
        harness.pass(100);
        harness.answer_pings();
    }
    harness.now.mono_ms - begin_ms
}

#[test]
fn history_without_an_answer_makes_one_doubt_the_socket() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.publish(&[3]);
    harness.pass(HOLE_MS + HISTORY_MS);
    assert_eq!(harness.take_pings().len(), 1);
    harness.pass(5_500);
    assert_eq!(harness.sockets.len(), 2, "the answer is to be had on another");
}

#[test]
fn a_log_that_lost_its_end_is_told_and_followed_from_there() {
    let mut harness = resubscribed(3, false, Some(0));
    harness.replay(&[1, 2, 3]);
    harness.publish(&[4]);
    assert_eq!(harness.shown(), "#e1:3 4");
}

#[test]
fn a_topic_that_is_not_listed_any_more_is_asked_about_and_told_gone_once() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    for round in 0..2 {
        harness.close(1006);
        harness.pass(500);
        harness.accept();
        harness.confirm(&[]);
        harness.pass(HOLE_MS);
        for request in harness.take_histories() {
            harness.refuse(Some(request.id), 208, None);
        }
        assert_eq!(harness.shown(), if round == 0 { "1 gone" } else { "" });
        harness.pass(20_000);
    }
}

#[test]
fn publications_held_behind_a_hole_are_bounded_and_fetched_again() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    let beyond = AHEAD_ITEMS as u64 + 50;
    for offset in (3..=beyond).rev() {
        harness.publish(&[offset]);
    }
    harness.publish(&[2]);
    assert_eq!(harness.session.position(&topic("host/cpu")), Some(position(AHEAD_ITEMS as u64 + 2)));
    harness.pass(HOLE_MS);
    assert_eq!(harness.take_histories()[0].since, Some(position(AHEAD_ITEMS as u64 + 2)));
}

#[test]
fn positions_that_fit_no_frame_are_left_out_and_their_holes_fetched() {
    let mut harness = Harness::new();
    for n in 0..2_000 {
        harness.session.resume_from(topic(&format!("a/long/name/of/a/topic/{n:04}")), position(7));
    }
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    let requests = harness.take_subscribes();
    let sent = requests[0].since.len();
    assert_eq!(requests.len(), 1);
    assert!((200..1_000).contains(&sent), "{sent}");
    assert!(!requests[0].since.contains_key(&topic("a/long/name/of/a/topic/1999")));
    let entry = |n: u64| SubscribedTopic {
        topic: topic(&format!("a/long/name/of/a/topic/{n:04}")),
        ..listed(if n == 1_999 { 9 } else { 7 }, true, None)
    };
    let reply = harness.subscribed(requests[0].id, Filter::All, &(0..2_000).map(entry).collect::<Vec<_>>());
    harness.say(&reply);
    harness.pass(HOLE_MS);
    let behind = harness.take_histories().into_iter().find(|request| request.topic.leaf() == "1999");
    assert_eq!(behind.unwrap().since, Some(position(7)));
}

#[test]
fn a_page_may_ask_for_what_was_before() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[listed(41, true, None)]);
    let asked = |harness: &mut Harness| harness.take_histories().remove(0);
    harness.act(|session, now| assert!(session.fetch_earlier(&topic("host/cpu"), 42, 10, now)));
    let request = asked(&mut harness);
    assert_eq!((request.since.clone(), request.limit), (Some(position(31)), Some(10)));
    harness.say(&history(&request, &[32, 33, 34, 35], 41, true));
    let request = asked(&mut harness);
    assert_eq!(request.since, Some(position(35)), "a full frame is continued");
    harness.say(&history(&request, &(36..=42).collect::<Vec<_>>(), 42, true));
    let events = harness.take_events();
    let earlier: Vec<u64> = events
        .iter()
        .filter_map(|event| if let Event::Earlier { items, .. } = event { Some(items) } else { None })
        .flatten()
        .map(|item| item.offset)
        .collect();
    assert_eq!(earlier, (32..42).collect::<Vec<_>>());
    assert!(harness.take_histories().is_empty());
}

#[test]
fn an_answer_of_earlier_publications_whose_rest_is_gone_ends_with_an_empty_event() {
    let mut harness = Harness::new();
    harness.watch("*");
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[listed(41, true, None)]);
    harness.act(|session, now| assert!(session.fetch_earlier(&topic("host/cpu"), 42, 10, now)));
    for offsets in [&[32, 33, 34][..], &[]] {
        let request = harness.take_histories().remove(0);
        harness.say(&history(&request, offsets, 41, true));
    }
    let counts: Vec<usize> = harness
        .take_events()
        .iter()
        .filter_map(|event| if let Event::Earlier { items, .. } = event { Some(items.len()) } else { None })
        .collect();
    assert_eq!(counts, [3, 0]);
    assert!(harness.take_histories().is_empty(), "nothing else is requested");
}

#[test]
fn publications_outside_the_subscriptions_are_not_shown() {
    let mut harness = Harness::connected();
    harness.publish(&[1]);
    harness.act(|session, now| session.unsubscribe(&Filter::All, now));
    harness.publish(&[2]);
    assert_eq!(harness.shown(), "1");
    assert_eq!(harness.session.position(&topic("host/cpu")), None);
}
