use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::ServerMessage;

use super::*;

#[test]
fn changes_of_one_log_are_joined_in_order_and_the_last_metadata_stays() {
    let unit = |unit: &str| Some(TopicMeta { unit: Some(unit.into()), ..TopicMeta::default() });
    let changes = [
        Change { meta: unit("a"), ..change("x", 1) },
        change("y", 1),
        Change { meta: unit("b"), ..change("x", 2) },
        change("x", 3),
    ];
    let topic_changes = topic_changes(&changes);
    let names: Vec<_> =
        topic_changes.iter().map(|changes_of_topic| changes_of_topic.topic.as_str()).collect();
    assert_eq!(names, ["x", "y"]);
    let all = vec![vec![id(1)], vec![id(1)]];
    let [delivery] = &deliveries(&topic_changes, all, 10_000)[..] else { panic!("not one") };
    let ServerMessage::Batch(batch) = read(&delivery.frames[0]) else { panic!("no batch") };
    let offsets: Vec<_> = batch.parts[0].items.iter().map(|item| item.offset).collect();
    assert_eq!((offsets, &batch.parts[0].meta), (vec![1, 2, 3], &unit("b")));
}

#[test]
fn a_log_that_starts_anew_is_not_joined_with_the_old_one() {
    let anew = Change { epoch: Epoch::new("new"), ..change("x", 1) };
    assert_eq!(topic_changes(&[change("x", 9), anew]).len(), 2);
}

#[test]
fn connections_with_the_same_subscriptions_make_one_delivery() {
    let topic_changes = topic_changes(&[change("x", 1), change("y", 1)]);
    let everybody: Vec<ConnectionId> = (0..1000).map(id).collect();
    let deliveries = deliveries(&topic_changes, vec![everybody.clone(), everybody.clone()], 10_000);
    assert_eq!(deliveries.len(), 1);
    assert_eq!((deliveries[0].frames.len(), &deliveries[0].to), (1, &everybody));
}

#[test]
fn an_audience_without_connections_gets_no_frame() {
    let topic_changes = topic_changes(&[change("x", 1)]);
    assert_eq!(deliveries(&topic_changes, vec![vec![]], 10_000), []);
}

proptest! {
    #[test]
    fn every_connection_gets_its_topics_once_and_nothing_else(
        audiences in prop::collection::vec(prop::collection::btree_set(0u16..12, 0..12), 1..6),
    ) {
        let names: Vec<String> = (0..audiences.len()).map(|at| format!("t{at}")).collect();
        let changes: Vec<Change> = names.iter().map(|name| change(name, 1)).collect();
        let ids = audiences.iter().map(|to| to.iter().copied().map(id).collect()).collect();
        let mut got: BTreeMap<ConnectionId, Vec<String>> = BTreeMap::new();
        for delivery in deliveries(&topic_changes(&changes), ids, 10_000) {
            let topics: Vec<String> = delivery.frames.iter().flat_map(|frame| topics(&read(frame))).collect();
            for to in delivery.to {
                prop_assert!(got.insert(to, topics.clone()).is_none(), "in two deliveries");
            }
        }
        let mut subscribed: BTreeMap<ConnectionId, Vec<String>> = BTreeMap::new();
        for (name, to) in names.iter().zip(&audiences) {
            for number in to {
                subscribed.entry(id(*number)).or_default().push(name.clone());
            }
        }
        prop_assert_eq!(got, subscribed);
    }
}

fn change(topic: &str, offset: u64) -> Change {
    let items = vec![Publication { offset, ts: 1, received_at: 2, data: offset.into() }];
    Change { topic: Topic::new(topic).unwrap(), epoch: Epoch::new("old"), items, meta: None, ended: false }
}

fn id(number: u16) -> ConnectionId {
    ConnectionId::new(&format!("c{number:04}"))
}

fn read(frame: &Bytes) -> ServerMessage {
    serde_json::from_slice(frame).unwrap()
}

fn topics(message: &ServerMessage) -> Vec<String> {
    match message {
        ServerMessage::Publications(publications) => vec![publications.topic.to_string()],
        ServerMessage::Batch(batch) => batch.parts.iter().map(|part| part.topic.to_string()).collect(),
        other => panic!("{other:?}"),
    }
}
