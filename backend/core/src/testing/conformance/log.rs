//! The conformance suite of [`TopicLog`]: functions that test an implementation of this trait.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use shared::client::Producer;
use shared::publication::Item;
use shared::{Data, Epoch, Filter, Millis, Position, Publication, Topic, TopicMeta, limits};

use crate::ports::{Append, AppendError, Appended, Change, Page, ReadFrom, TopicLog};
use crate::rollup::{Block, Level};
use crate::testing::Keep;

const NOW: Millis = 1_800_000_000_000;

/// Checks that a topic without publications has neither a head nor a page.
pub async fn a_topic_nobody_published_to_is_unknown<L: TopicLog>(log: &L) {
    assert_eq!(log.head(&topic("x")).await.unwrap(), None);
    assert_eq!(log.read(&topic("x"), ReadFrom::After(0), 10, NOW).await.unwrap(), None);
    assert_eq!(log.heads(&Filter::All).await.unwrap(), []);
}

/// Checks that the first offset is 1 and each append adds 1 to it.
pub async fn offsets_begin_at_one_and_have_no_holes<L: TopicLog>(log: &L) {
    for offset in 1..=20 {
        let appended = publish(log, "x", offset).await;
        assert_eq!((appended.position.offset, appended.repeated), (offset, false));
    }
    assert_eq!(offsets(&read(log, "x", ReadFrom::After(0), 100).await), (1..=20).collect::<Vec<_>>());
}

/// Checks that concurrent appends get different and consecutive offsets. The order among them is not defined.
pub async fn a_thousand_concurrent_appends_get_every_offset_once<L: TopicLog>(log: &L) {
    let appended = join_all((0..1000).map(|number| publish(log, "x", number))).await;
    let offsets: BTreeSet<u64> = appended.iter().map(|appended| appended.position.offset).collect();
    assert_eq!(offsets, (1..=1000).collect());
    let page = read(log, "x", ReadFrom::After(0), 1000).await;
    for (number, appended) in appended.iter().enumerate() {
        let found = &page.items[appended.position.offset as usize - 1];
        assert_eq!(found.data, json!(number), "the position says where the data is");
    }
}

/// Checks that each topic has its own offsets and its own epoch.
pub async fn topics_are_counted_apart<L: TopicLog>(log: &L) {
    publish(log, "x", 1).await;
    publish(log, "x", 2).await;
    let other = log.append(Append { new_epoch: Epoch::new("other"), ..one("x/y", 3) }).await.unwrap();
    assert_eq!(other.position, Position::new(Epoch::new("other"), 1));
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 2);
}

/// Checks that the publications of one append get consecutive offsets, and that the returned position is that of the
/// last one.
pub async fn a_batch_is_appended_in_order_and_as_one<L: TopicLog>(log: &L) {
    publish(log, "x", 0).await;
    let batches = join_all((1..=20).map(|number| {
        let items = vec![Item::now(number), Item::now(number), Item::now(number)];
        log.append(Append { items, ..one("x", 0) })
    }))
    .await;
    let page = read(log, "x", ReadFrom::After(0), 100).await;
    assert_eq!(offsets(&page), (1..=61).collect::<Vec<_>>());
    for (index, appended) in batches.into_iter().enumerate() {
        let last = appended.unwrap().position.offset as usize;
        for item in &page.items[last - 3..last] {
            assert_eq!(item.data, json!(index + 1), "nothing came in between");
        }
    }
}

/// Checks that the time of a publication is the time at which it was received, unless it has a time of its own.
pub async fn an_item_without_a_time_happened_when_it_was_received<L: TopicLog>(log: &L) {
    let items = vec![Item::now(1), Item { data: 2.into(), ts: Some(NOW - 5) }];
    log.append(Append { items, ..one("x", 0) }).await.unwrap();
    let page = read(log, "x", ReadFrom::After(0), 10).await;
    let times: Vec<_> = page.items.iter().map(|item| (item.ts, item.received_at)).collect();
    assert_eq!(times, [(NOW, NOW), (NOW - 5, NOW)]);
}

/// Checks that the JSON text of the data is unchanged, with every digit and with the fields in their order.
pub async fn publications_are_read_back_unchanged<L: TopicLog>(log: &L) {
    let kinds = [
        json!(0.1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.7976931348623157e308),
        json!(true),
        json!("é \u{0} \" \\ \u{1f600}"),
        json!({"z": 1, "a": [null, {"b": []}]}),
        json!([]),
    ];
    let texts = ["21.50", "-0", "1E5", "123456789012345678901234567890", r#"{"z": 1.0, "a": "\u00e9"}"#];
    let texts = texts.map(|text| Data::parse(text).unwrap());
    let kinds: Vec<Data> = kinds.into_iter().map(Data::from).chain(texts).collect();
    let items = kinds.iter().cloned().map(Item::now).collect();
    log.append(Append { items, ..one("x", 0) }).await.unwrap();
    let page = read(log, "x", ReadFrom::After(0), kinds.len()).await;
    let found: Vec<&str> = page.items.iter().map(|item| item.data.text()).collect();
    assert_eq!(found, kinds.iter().map(Data::text).collect::<Vec<_>>());
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last, page.items[page.items.len() - 1]);
}

/// Checks that a request that is sent twice is appended once and gets the same position both times, even if somebody
/// else has published in between.
pub async fn a_sequence_sent_twice_lands_once_with_the_same_position<L: TopicLog>(log: &L) {
    let batch = Append { items: vec![Item::now(1), Item::now(2)], ..produced("x", "me", 7) };
    let first = log.append(batch.clone()).await.unwrap();
    assert_eq!((first.position.offset, first.repeated), (2, false));
    publish(log, "x", 3).await;
    let again = log.append(batch).await.unwrap();
    assert_eq!(again, Appended { position: first.position, repeated: true });
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 3);
}

/// Checks that concurrent copies of one request are appended once. A client that gives up waiting sends the same
/// request again.
pub async fn the_same_sequence_sent_at_once_lands_once<L: TopicLog>(log: &L) {
    let appended = join_all((0..20).map(|_| log.append(produced("x", "me", 1)))).await;
    let appended: Vec<Appended> = appended.into_iter().map(Result::unwrap).collect();
    assert!(appended.iter().all(|appended| appended.position.offset == 1));
    assert_eq!(appended.iter().filter(|appended| !appended.repeated).count(), 1);
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 1);
}

/// Checks that a `seq` (number of a producer's request) lower than the last one is refused. The result of the earlier
/// request is no longer stored. Higher numbers need not be consecutive.
pub async fn a_sequence_lower_than_the_last_is_refused_and_adds_nothing<L: TopicLog>(log: &L) {
    log.append(produced("x", "me", 2)).await.unwrap();
    log.append(produced("x", "me", 9)).await.unwrap();
    let refused = log.append(produced("x", "me", 8)).await;
    assert_eq!(refused, Err(AppendError::StaleSequence { producer: "me".into(), seq: 8, last: 9 }));
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 2);
}

/// Checks that each producer id has numbers (`seq`) of its own in each topic.
pub async fn producers_are_told_apart_by_topic_and_by_id<L: TopicLog>(log: &L) {
    for (topic, id) in [("x", "me"), ("x", "you"), ("y", "me")] {
        assert!(!log.append(produced(topic, id, 1)).await.unwrap().repeated, "{id} on {topic}");
    }
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 2);
}

/// Checks that two principals with the same producer id have separate numbers (`seq`). So a principal that knows the
/// producer id of another one can neither send in its name nor use up its numbers.
pub async fn producers_belong_to_their_principal<L: TopicLog>(log: &L) {
    let of = |principal: &str, seq| Append { principal: principal.into(), ..produced("x", "me", seq) };
    log.append(of("ann", 1)).await.unwrap();
    log.append(of("eve", 1_000_000)).await.unwrap();
    assert!(!log.append(of("ann", 2)).await.unwrap().repeated);
    assert!(log.append(of("ann", 2)).await.unwrap().repeated);
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().last.offset, 3);
}

/// Checks that no producer is forgotten within ten minutes after its last request. If there is no room for a new
/// producer, its request is refused with the time to wait.
pub async fn a_repeat_is_recognised_whoever_else_publishes<L: TopicLog>(log: &L) {
    let at = |id: usize, seq, received_at| Append { received_at, ..produced("x", &format!("p{id}"), seq) };
    let ids = 0..limits::PRODUCERS;
    join_all(ids.clone().map(|id| log.append(at(id, 1, NOW)))).await.into_iter().for_each(|appended| {
        assert!(!appended.unwrap().repeated);
    });
    let refused = log.append(at(limits::PRODUCERS, 1, NOW + 60_000)).await;
    let nine_minutes = limits::PRODUCER_MS - 60_000;
    assert_eq!(refused, Err(AppendError::too_many_producers(nine_minutes)));
    let other = Append { principal: "other".into(), ..at(limits::PRODUCERS, 1, NOW + 60_000) };
    assert!(!log.append(other).await.unwrap().repeated, "another principal has room of its own");
    for id in [0, 1, limits::PRODUCERS / 2, limits::PRODUCERS - 1] {
        assert!(log.append(at(id, 1, NOW + 60_000)).await.unwrap().repeated, "p{id}");
    }
    let later = NOW + limits::PRODUCER_MS as Millis;
    log.append(at(0, 2, later - 1)).await.unwrap();
    assert!(!log.append(at(limits::PRODUCERS, 1, later)).await.unwrap().repeated);
    assert!(log.append(at(0, 2, later)).await.unwrap().repeated, "it has published lately");
}

/// Checks that a new producer takes the place of one that has sent its last request, and not of one that may still
/// publish.
pub async fn a_producer_that_is_done_makes_room_early<L: TopicLog>(log: &L) {
    for id in 0..limits::PRODUCERS {
        let mut append = produced("x", &format!("p{id}"), 1);
        append.producer = append.producer.map(|producer| Producer { done: id == 0, ..producer });
        log.append(append).await.unwrap();
    }
    let newcomer = |received_at| Append { received_at, ..produced("x", "new", 1) };
    let done_ms = limits::DONE_MS as Millis;
    assert_eq!(log.append(newcomer(NOW + done_ms - 1)).await, Err(AppendError::too_many_producers(1)));
    assert!(log.append(produced("x", "p0", 1)).await.unwrap().repeated, "it is still known");
    log.append(newcomer(NOW + done_ms)).await.unwrap();
}

/// Checks the maximum number of topics that a principal may create. Topics of other principals and publications to
/// existing topics do not count.
pub async fn a_principal_has_a_bounded_number_of_topics<L: TopicLog>(log: &L) {
    let create = |name: &str, principal: &str| {
        log.append(Append { principal: principal.into(), principal_topics: 2, ..one(name, 1) })
    };
    create("x", "eve").await.unwrap();
    create("y", "eve").await.unwrap();
    let refused = create("z", "eve").await;
    assert_eq!(refused, Err(AppendError::TooManyTopicsOfPrincipal { principal: "eve".into(), limit: 2 }));
    assert_eq!(log.head(&topic("z")).await.unwrap(), None);
    create("x", "eve").await.unwrap();
    create("z", "ann").await.unwrap();
    create("z", "eve").await.unwrap();
}

/// Checks that new metadata is merged into the metadata of the topic: fields that a later request leaves out are kept.
pub async fn metadata_is_put_over_what_was_there<L: TopicLog>(log: &L) {
    let unit = TopicMeta { unit: Some("%".into()), max: Some(100.0), ..TopicMeta::default() };
    let label = TopicMeta { label: Some("CPU".into()), max: Some(50.0), ..TopicMeta::default() };
    for meta in [Some(unit.clone()), None, Some(label.clone())] {
        log.append(Append { meta, ..one("x", 1) }).await.unwrap();
    }
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().meta, unit.merged(label));
}

/// Checks that a log keeps the epoch (identifier) that its first append contained. The epochs in later appends are
/// ignored.
pub async fn the_epoch_is_that_of_the_first_append<L: TopicLog>(log: &L) {
    for offered in ["first", "second", "third"] {
        let appended = log.append(Append { new_epoch: Epoch::new(offered), ..one("x", 1) }).await.unwrap();
        assert_eq!(appended.position.epoch, Epoch::new("first"));
    }
    assert_eq!(log.head(&topic("x")).await.unwrap().unwrap().epoch, Epoch::new("first"));
    assert_eq!(read(log, "x", ReadFrom::Newest, 1).await.epoch, Epoch::new("first"));
}

/// Checks that heads are listed in order of name. Names are ordered by their bytes.
pub async fn heads_are_listed_by_filter_in_order_of_name<L: TopicLog>(log: &L) {
    for name in ["host/net", "a", "host", "hosts", "host/cpu", "host/cpu/0", "host-1"] {
        publish(log, name, 1).await;
    }
    let list = async |text: &str| -> Vec<String> {
        let heads = log.heads(&Filter::new(text).unwrap()).await.unwrap();
        heads.iter().map(|head| head.topic.to_string()).collect()
    };
    assert_eq!(list("*").await, ["a", "host", "host-1", "host/cpu", "host/cpu/0", "host/net", "hosts"]);
    assert_eq!(list("host/*").await, ["host/cpu", "host/cpu/0", "host/net"]);
    assert_eq!(list("host").await, ["host"]);
    assert_eq!(list("nothing").await, [""; 0]);
}

/// Checks that a page of heads begins after the given topic, even if that topic does not exist, and that all pages
/// together contain all heads.
pub async fn heads_are_read_page_by_page<L: TopicLog>(log: &L) {
    for name in ["host/net", "a", "host", "hosts", "host/cpu", "host/cpu/0", "host-1"] {
        publish(log, name, 1).await;
    }
    let page = async |text: &str, after: Option<&str>, limit: usize| -> Vec<String> {
        let (filter, after) = (Filter::new(text).unwrap(), after.map(topic));
        let heads = log.page_of_heads(&filter, after.as_ref(), limit).await.unwrap();
        heads.iter().map(|head| head.topic.to_string()).collect()
    };
    assert_eq!(page("*", None, 3).await, ["a", "host", "host-1"]);
    assert_eq!(page("*", Some("host-1"), 3).await, ["host/cpu", "host/cpu/0", "host/net"]);
    assert_eq!(page("*", Some("host/net"), 3).await, ["hosts"]);
    assert_eq!(page("*", Some("host/d"), 9).await, ["host/net", "hosts"]);
    assert_eq!(page("host/*", None, 2).await, ["host/cpu", "host/cpu/0"]);
    assert_eq!(page("host/*", Some("host/cpu/0"), 2).await, ["host/net"]);
    assert_eq!(page("host/*", Some("a"), 9).await, ["host/cpu", "host/cpu/0", "host/net"]);
    assert_eq!(page("host/*", Some("host/net"), 9).await, [""; 0]);
    assert_eq!(page("host/*", Some("hosts"), 9).await, [""; 0]);
    assert_eq!(page("host/*", Some("z"), 9).await, [""; 0], "a token with several prefixes asks for it");
    assert_eq!(page("*", Some("z"), 9).await, [""; 0]);
    assert_eq!(page("host", Some("a"), 9).await, ["host"]);
    assert_eq!(page("host", Some("host"), 9).await, [""; 0]);
    let ends = log.ends(&Filter::new("host/*").unwrap(), 9).await.unwrap();
    let mut ends: Vec<_> = ends.iter().map(|end| (end.topic.as_str(), end.position.offset)).collect();
    ends.sort_unstable();
    assert_eq!(ends, [("host/cpu", 1), ("host/cpu/0", 1), ("host/net", 1)]);
}

/// Checks that a read after an offset returns the oldest publications after it, at most `limit`.
pub async fn reading_after_an_offset_begins_with_the_oldest<L: TopicLog>(log: &L) {
    fill(log, 10).await;
    let page = read(log, "x", ReadFrom::After(3), 4).await;
    assert_eq!((offsets(&page), page.head, page.oldest), (vec![4, 5, 6, 7], 10, 1));
    assert_eq!(offsets(&read(log, "x", ReadFrom::After(10), 4).await), [0; 0]);
    assert_eq!(offsets(&read(log, "x", ReadFrom::After(u64::MAX), 4).await), [0; 0]);
}

/// Checks that a read of the newest publications ends with the head, and that they are in order of offset.
pub async fn reading_the_newest_ends_with_the_head<L: TopicLog>(log: &L) {
    fill(log, 10).await;
    assert_eq!(offsets(&read(log, "x", ReadFrom::Newest, 3).await), [8, 9, 10]);
    assert_eq!(offsets(&read(log, "x", ReadFrom::Newest, 100).await), (1..=10).collect::<Vec<_>>());
}

/// Checks that a read by time returns the publications received at that time or later. If there are more than `limit`,
/// the newest are returned.
pub async fn reading_by_time_begins_where_it_was_received<L: TopicLog>(log: &L) {
    fill(log, 10).await;
    assert_eq!(offsets(&read(log, "x", ReadFrom::ReceivedSince(NOW + 8), 100).await), [8, 9, 10]);
    assert_eq!(offsets(&read(log, "x", ReadFrom::ReceivedSince(NOW + 2), 2).await), [9, 10]);
    assert_eq!(offsets(&read(log, "x", ReadFrom::ReceivedSince(NOW + 11), 100).await), [0; 0]);
}

/// Checks that a read with a limit of 0 returns a page without publications, and `None` only for a topic that does not
/// exist.
pub async fn reading_no_items_still_answers_with_the_ends_of_the_log<L: TopicLog>(log: &L) {
    fill(log, 10).await;
    for from in [ReadFrom::After(0), ReadFrom::Newest, ReadFrom::ReceivedSince(0)] {
        let page = read(log, "x", from, 0).await;
        assert_eq!((offsets(&page), page.head, page.oldest), (vec![], 10, 1));
    }
}

/// Checks that writing the same change to history twice has no effect. DynamoDB streams deliver the same change more
/// than once.
pub async fn recording_a_change_again_changes_nothing<L: TopicLog>(log: &L) {
    fill(log, 3).await;
    let before = read(log, "x", ReadFrom::After(0), 10).await;
    let (epoch, items) = (before.epoch.clone(), before.items.clone());
    let change = Change { topic: topic("x"), epoch, items, meta: None, ended: false };
    log.record(&change).await.unwrap();
    log.record(&change).await.unwrap();
    assert_eq!(read(log, "x", ReadFrom::After(0), 10).await, before);
}

/// Checks that reads with [`Keep::LITTLE`] return exactly the newest publications, even if older ones are not deleted
/// from the disk yet.
pub async fn history_is_kept_by_count<L: TopicLog>(log: &L) {
    fill(log, 25).await;
    for from in [ReadFrom::After(0), ReadFrom::Newest, ReadFrom::ReceivedSince(0)] {
        let page = read(log, "x", from, 100).await;
        assert_eq!((offsets(&page), page.head, page.oldest), ((16..=25).collect(), 25, 16));
    }
    let kept = Keep::LITTLE.items as u64;
    assert_eq!(read(log, "x", ReadFrom::After(25 - kept), 1).await.items[0].offset, 16);
}

/// Checks that reads with [`Keep::LITTLE`] return no publications that are too old. The age is computed from the time
/// of receipt and the `now` of the read.
pub async fn history_is_kept_by_age<L: TopicLog>(log: &L) {
    fill(log, 5).await;
    let age = Keep::LITTLE.age_ms;
    for (now, oldest) in [(NOW + age, 1), (NOW + age + 3, 3), (NOW + age + 5, 5), (NOW + age + 6, 6)] {
        let page = log.read(&topic("x"), ReadFrom::After(0), 100, now).await.unwrap().unwrap();
        assert_eq!((page.oldest, page.head), (oldest, 5), "{} ms later", now - NOW);
        assert_eq!(offsets(&page), (oldest..=5).collect::<Vec<_>>());
    }
}

/// Checks that a topic whose history was deleted keeps its head, and that the next offset follows that of the head.
pub async fn a_log_whose_history_is_gone_keeps_its_head<L: TopicLog>(log: &L) {
    fill(log, 5).await;
    let long_after = NOW + 10 * Keep::LITTLE.age_ms;
    let head = log.head(&topic("x")).await.unwrap().unwrap();
    assert_eq!((head.last.offset, head.last.data), (5, 5.into()));
    let appended = log.append(Append { received_at: long_after, ..one("x", 6) }).await.unwrap();
    assert_eq!(appended.position, Position::new(head.epoch, 6));
    let page = log.read(&topic("x"), ReadFrom::After(0), 100, long_after).await.unwrap().unwrap();
    assert_eq!((offsets(&page), page.oldest), (vec![6], 6));
}

/// Checks that a deleted topic no longer has a head, history or producers, and no longer counts towards its
/// principal's limit.
pub async fn a_topic_that_is_forgotten_begins_anew<L: TopicLog>(log: &L) {
    assert!(!log.forget(&topic("x")).await.unwrap(), "there is none");
    let bounded = |name: &str, epoch: &str| Append {
        new_epoch: Epoch::new(epoch),
        principal_topics: 1,
        ..produced(name, "me", 7)
    };
    log.append(bounded("x", "first")).await.unwrap();
    publish(log, "x/below", 1).await;
    assert!(log.forget(&topic("x")).await.unwrap());
    assert_eq!(log.head(&topic("x")).await.unwrap(), None);
    assert_eq!(log.read(&topic("x"), ReadFrom::After(0), 10, NOW).await.unwrap(), None);
    let names: Vec<_> = log.heads(&Filter::All).await.unwrap().into_iter().map(|head| head.topic).collect();
    assert_eq!(names, [topic("x/below")]);
    assert!(!log.forget(&topic("x")).await.unwrap(), "it is gone already");
    log.forget(&topic("x/below")).await.unwrap();
    let again = log.append(bounded("x", "second")).await.unwrap();
    assert_eq!(again, Appended { position: Position::new(Epoch::new("second"), 1), repeated: false });
    assert_eq!(offsets(&read(log, "x", ReadFrom::After(0), 10).await), [1]);
}

/// Publishes `count` numbers from 1 to the topic `x`, one per millisecond.
async fn fill<L: TopicLog>(log: &L, count: i64) {
    for number in 1..=count {
        log.append(Append { received_at: NOW + number, ..one("x", number) }).await.unwrap();
    }
}

async fn publish<L: TopicLog>(log: &L, topic: &str, data: impl Into<Data>) -> Appended {
    log.append(one(topic, data)).await.unwrap()
}

async fn read<L: TopicLog>(log: &L, name: &str, from: ReadFrom, limit: usize) -> Page {
    log.read(&topic(name), from, limit, NOW + 100).await.unwrap().unwrap()
}

fn one(name: &str, data: impl Into<Data>) -> Append {
    Append {
        topic: topic(name),
        items: vec![Item::now(data)],
        producer: None,
        meta: None,
        received_at: NOW,
        new_epoch: Epoch::new("epoch"),
        principal: "me".into(),
        principal_topics: limits::TOPICS,
    }
}

fn produced(topic: &str, id: &str, seq: u64) -> Append {
    Append { producer: Some(Producer { id: id.into(), seq, done: false }), ..one(topic, seq) }
}

fn offsets(page: &Page) -> Vec<u64> {
    page.items.iter().map(|item: &Publication| item.offset).collect()
}

/// Checks that the publications of a complete block are read as a block, with what they contained, and those after it as publications.
pub async fn complete_blocks_are_read_as_rollups<L: TopicLog>(log: &L) {
    publish_many(log, 8 * 64 + 10).await;
    let epoch = log.head(&topic("x")).await.unwrap().unwrap().epoch;
    let one = blocks(log, Level::LOWEST, 8).await;
    let indices: Vec<u64> = one.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, (0..8).collect::<Vec<_>>());
    let stored = log.stored(&topic("x"), &epoch, 0, 10_000, NOW).await.unwrap();
    assert_eq!(stored.len(), 8 * 64 + 10, "everything is still there");
    for (index, block) in &one {
        let offsets = Level::LOWEST.offsets(*index);
        let own: Vec<Publication> =
            stored.iter().filter(|item| offsets.contains(&item.offset)).cloned().collect();
        assert_eq!(Some(block), Block::of(&own).as_ref());
    }
    let above = Level::LOWEST.above().unwrap();
    let parts: Vec<Block> = one.into_iter().map(|(_, block)| block).collect();
    assert_eq!(blocks(log, above, 1).await, [(0, Block::merged(&parts).unwrap())]);
}

/// Checks that blocks are read in pages, by their indices, and not with another epoch.
pub async fn blocks_are_read_by_index_and_epoch<L: TopicLog>(log: &L) {
    publish_many(log, 5 * 64).await;
    blocks(log, Level::LOWEST, 5).await;
    let epoch = log.head(&topic("x")).await.unwrap().unwrap().epoch;
    let (topic, level) = (topic("x"), Level::LOWEST);
    let page = log.blocks(&topic, &epoch, level, 1..4, 2, NOW).await.unwrap();
    assert_eq!(page.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
    let other = Epoch::new("another");
    assert_eq!(log.blocks(&topic, &other, level, 0..5, 9, NOW).await.unwrap(), []);
    assert_eq!(log.stored(&topic, &other, 0, 9, NOW).await.unwrap(), []);
    let after = log.stored(&topic, &epoch, 300, 9, NOW).await.unwrap();
    assert_eq!(after.iter().map(|item| item.offset).collect::<Vec<_>>(), (301..=309).collect::<Vec<_>>());
    assert!(log.forget(&topic).await.unwrap());
    assert_eq!(log.stored(&topic, &epoch, 0, 9, NOW).await.unwrap(), []);
}

/// Checks that blocks are kept after their publications were deleted because there were too many, and that publications are not deleted
/// before their block is complete.
pub async fn blocks_are_kept_when_publications_are_dropped_by_count<L: TopicLog>(log: &L) {
    publish_many(log, 3 * 64 + 40).await;
    let epoch = log.head(&topic("x")).await.unwrap().unwrap().epoch;
    let found = blocks(log, Level::LOWEST, 3).await;
    assert!(found.iter().all(|(_, block)| block.count == 64), "{found:?}");
    let last = log.stored(&topic("x"), &epoch, 3 * 64, 100, NOW).await.unwrap();
    assert_eq!(last.len(), 40, "more than the number that is kept");
    assert_eq!(read(log, "x", ReadFrom::After(0), 100).await.items.len(), Keep::LITTLE.items);
}

/// Checks that blocks whose publications are all too old are not returned.
pub async fn blocks_are_kept_by_age<L: TopicLog>(log: &L) {
    publish_many(log, 3 * 64).await;
    blocks(log, Level::LOWEST, 3).await;
    let epoch = log.head(&topic("x")).await.unwrap().unwrap().epoch;
    let later = NOW + Keep::LITTLE.age_ms + 1;
    assert_eq!(log.blocks(&topic("x"), &epoch, Level::LOWEST, 0..3, 9, later).await.unwrap(), []);
    assert_eq!(log.stored(&topic("x"), &epoch, 0, 9, later).await.unwrap(), []);
}

/// Publishes this number of numbers to the topic `x`, some of them together.
async fn publish_many<L: TopicLog>(log: &L, count: u64) {
    let mut number = 0;
    while number < count {
        let together = (number % 29 + 1).min(count - number);
        let items = (number..number + together).map(|number| Item::now(json!({"n": number}))).collect();
        log.append(Append { items, ..one("x", 0) }).await.unwrap();
        number += together;
    }
}

/// Reads the blocks of the topic `x` at this level as soon as there are `count` of them. A store may compute them a moment after the
/// append.
async fn blocks<L: TopicLog>(log: &L, level: Level, count: usize) -> Vec<(u64, Block)> {
    let epoch = log.head(&topic("x")).await.unwrap().unwrap().epoch;
    for _ in 0..20_000 {
        let found = log.blocks(&topic("x"), &epoch, level, 0..1_000, 1_000, NOW).await.unwrap();
        if found.len() >= count {
            return found;
        }
    }
    panic!("the blocks are not computed");
}

fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}
