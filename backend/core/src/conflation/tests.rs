use proptest::prelude::*;
use serde_json::{Value, json};
use shared::{Epoch, Publication, ServerMessage};

use super::reduce::reduce;
use super::*;
use crate::fanout;

fn item(offset: u64, data: &Value) -> Publication {
    let at = 1_000 + offset as i64;
    Publication { offset, ts: at, received_at: at, data: data.clone().into() }
}

fn items(data: &[Value]) -> Vec<Publication> {
    data.iter().zip(1..).map(|(data, offset)| item(offset, data)).collect()
}

fn reduced(mut items: Vec<Publication>) -> Vec<u64> {
    reduce(&mut items);
    items.iter().map(|item| item.offset).collect()
}

fn change(name: &str, first: u64, data: &[i64]) -> Change {
    let items = data.iter().zip(first..).map(|(data, offset)| item(offset, &json!(data))).collect();
    let topic = Topic::new(name).unwrap();
    Change { topic, epoch: Epoch::new("e"), items, meta: None, ended: false }
}

fn id(name: &str) -> ConnectionId {
    ConnectionId::new(name)
}

fn conflation(viewers: &[(&str, &str, Option<Hz>)]) -> Conflation {
    let mut conflation = Conflation::default();
    for (name, filter, hz) in viewers {
        conflation.subscribed(&id(name), [(Filter::new(filter).unwrap(), *hz)], 10_000_000, 0);
    }
    conflation
}

/// Broadcasts changes to these subscribers of every topic, and returns those that get every publication.
fn collect(conflation: &mut Conflation, changes: &[Change], subscribers: &[&str]) -> Vec<Vec<ConnectionId>> {
    let topic_changes = fanout::topic_changes(changes);
    let mut audiences = vec![subscribers.iter().map(|name| id(name)).collect(); topic_changes.len()];
    conflation.collect(changes, &topic_changes, &mut audiences);
    audiences
}

/// Returns what a tick sends: for each topic, the offset before, and the offsets of the publications.
fn sent(due: Vec<(Hz, Vec<TopicChanges>)>) -> Vec<(Hz, String, u64, Vec<u64>)> {
    let mut sent = Vec::new();
    for (hz, changes) in due {
        let audiences = vec![vec![id("a")]; changes.len()];
        for frame in fanout::deliveries(&changes, audiences, 30_000).into_iter().flat_map(|to| to.frames) {
            let parts = match serde_json::from_slice(&frame).unwrap() {
                ServerMessage::Publications(part) => vec![part],
                ServerMessage::Batch(batch) => batch.parts,
                other => panic!("{other:?}"),
            };
            for part in parts {
                let offsets = part.items.iter().map(|item| item.offset).collect();
                sent.push((hz, part.topic.to_string(), part.after.unwrap(), offsets));
            }
        }
    }
    sent
}

#[test]
fn of_numbers_the_last_the_lowest_and_the_highest_are_kept() {
    let numbers = items(&[json!(5), json!(9.5), json!(7), json!(-3), json!(0), json!(4)]);
    assert_eq!(reduced(numbers), [2, 4, 6]);
    let fields = |one: i64, two: i64| json!({"one": one, "two": two});
    let several = items(&[fields(1, 1), fields(9, 1), fields(1, 9), fields(2, 2), fields(3, 3)]);
    assert_eq!(reduced(several), [1, 2, 3, 5]);
}

#[test]
fn of_states_the_changes_are_kept() {
    let states = ["open", "open", "closed", "closed", "closed", "open", "open"].map(|state| json!(state));
    assert_eq!(reduced(items(&states)), [1, 3, 6, 7]);
}

#[test]
fn of_lines_of_a_log_the_newest_is_kept() {
    let lines: Vec<Value> = (0..9).map(|number| json!({"msg": format!("line {number}")})).collect();
    assert_eq!(reduced(items(&lines)), [9]);
}

#[test]
fn late_data_at_the_end_does_not_hide_the_newest() {
    let mut numbers = items(&[json!(1), json!(1), json!(1), json!(1), json!(1)]);
    numbers[4].ts = 5;
    assert_eq!(reduced(numbers), [1, 4, 5]);
}

#[test]
fn each_rate_has_its_ticks_and_a_silence_is_followed_by_no_wait() {
    let mut conflation = conflation(&[("a", "*", Some(10)), ("b", "x", Some(1)), ("c", "y", Some(10))]);
    let whole =
        collect(&mut conflation, &[change("x", 1, &[1]), change("y", 1, &[1])], &["a", "b", "c", "d"]);
    let expected = [vec!["c", "d"], vec!["b", "d"]].map(|ids| ids.into_iter().map(id).collect::<Vec<_>>());
    assert_eq!(whole, expected);
    assert_eq!(conflation.due_ms(1_000), Some(0));
    let first: Vec<_> = sent(conflation.take_due(1_000));
    let entry = |hz, name: &str, after, offsets: &[u64]| (hz, name.to_owned(), after, offsets.to_vec());
    assert_eq!(first, [entry(1, "x", 0, &[1]), entry(10, "x", 0, &[1]), entry(10, "y", 0, &[1])]);
    assert_eq!(conflation.due_ms(1_000), None);
    collect(&mut conflation, &[change("x", 2, &[7, 5, 9, 6])], &["a", "b"]);
    assert_eq!((conflation.due_ms(1_030), conflation.take_due(1_030).len()), (Some(70), 0));
    assert_eq!(sent(conflation.take_due(1_100)), [entry(10, "x", 1, &[3, 4, 5])]);
    assert_eq!(conflation.due_ms(500), Some(1_000), "the clock was set back");
    assert_eq!(sent(conflation.take_due(2_000)), [entry(1, "x", 1, &[3, 4, 5])]);
}

#[test]
fn a_repeated_broadcast_adds_nothing_and_a_missed_one_begins_anew() {
    let mut conflation = conflation(&[("a", "x", Some(10))]);
    collect(&mut conflation, &[change("x", 1, &[1, 2])], &["a"]);
    collect(&mut conflation, &[change("x", 1, &[1, 2]), change("x", 3, &[3])], &["a"]);
    collect(&mut conflation, &[change("x", 4, &[9])], &["b"]);
    assert_eq!(sent(conflation.take_due(1_000)), [(10, "x".to_owned(), 0, vec![1, 3])]);
    collect(&mut conflation, &[change("x", 5, &[1])], &["a"]);
    collect(&mut conflation, &[change("x", 6, &[1])], &["b"]);
    collect(&mut conflation, &[change("x", 7, &[2])], &["a"]);
    assert_eq!(sent(conflation.take_due(2_000)), [(10, "x".to_owned(), 6, vec![7])]);
}

#[test]
fn a_topic_that_any_subscription_wants_whole_is_not_conflated() {
    let mut conflation = conflation(&[("a", "*", Some(10)), ("a", "x", None)]);
    let whole = collect(&mut conflation, &[change("x", 1, &[1]), change("y", 1, &[1])], &["a"]);
    assert_eq!(whole, [vec![id("a")], vec![]]);
    conflation.unsubscribed(&id("a"), &Filter::new("x").unwrap());
    assert_eq!(collect(&mut conflation, &[change("x", 2, &[1])], &["a"]), [vec![]]);
    conflation.left(&id("a"));
    assert!(conflation.is_empty());
}

#[test]
fn connections_that_have_ended_are_forgotten() {
    let mut conflation = Conflation::default();
    for number in 0..1_000 {
        let filters = [(Filter::All, Some(1))];
        conflation.subscribed(&id(&number.to_string()), filters, number + 10, number);
    }
    let known = (0..1_000).filter(|number| conflation.has(&id(&number.to_string()))).count();
    assert!(known < 100, "{known}");
}

proptest! {
    #[test]
    fn reducing_keeps_the_ends_of_every_series_and_reducing_again_changes_nothing(
        rows in proptest::collection::vec((0_i64..50, 0_i64..5), 1..60)
    ) {
        let row = |(index, (one, two)): (usize, &(i64, i64))| json!({"one": one, "two": two, "on": index % 10 < 4});
        let data: Vec<Value> = rows.iter().enumerate().map(row).collect();
        let all = items(&data);
        let mut kept = all.clone();
        reduce(&mut kept);
        prop_assert_eq!(kept.last(), all.last());
        let ends = |items: &[Publication], name: &str| {
            let values = items.iter().map(|item| item.data.value()[name].as_i64().unwrap());
            (values.clone().min(), values.max())
        };
        for name in ["one", "two"] {
            prop_assert_eq!(ends(&kept, name), ends(&all, name));
        }
        let mut again = kept.clone();
        reduce(&mut again);
        prop_assert_eq!(again, kept);
    }
}
