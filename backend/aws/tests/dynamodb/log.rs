//! Tests of the log that concern only DynamoDB: pages, the limit of 400 KB per item, and a history that is written
//! after the append.

use aws_sdk_dynamodb::types::AttributeValue;
use backend_aws::{DynamoLog, LogTables, Retention};
use backend_core::ports::{Append, AppendError, Change, ForgetSilent, Page, ReadFrom, TopicLog};
use backend_core::retention::FORGET_MS;
use futures_util::future::join_all;
use serde_json::json;
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Filter, Millis, Topic, TopicMeta, limits};

use crate::support::{DynamoDbLocal, StreamedLog, raw};

const NOW: Millis = 1_800_000_000_000;

#[tokio::test]
async fn history_beyond_a_page_of_one_megabyte_is_read_completely() {
    let log = StreamedLog::open(Retention::default()).await;
    for number in 0..10 {
        log.append(append("x", vec![large(number), large(number)])).await.unwrap();
    }
    let from_the_oldest = read(&log, "x", ReadFrom::After(0)).await;
    assert_eq!(offsets(&from_the_oldest), (1..=20).collect::<Vec<_>>());
    assert_eq!(from_the_oldest.items[19].data, large(9).data);
    assert_eq!(read(&log, "x", ReadFrom::Newest).await, from_the_oldest);
    assert_eq!(read(&log, "x", ReadFrom::ReceivedSince(NOW)).await, from_the_oldest);
}

#[tokio::test]
async fn heads_beyond_one_batch_are_all_found() {
    let log = plain(Retention::default()).await;
    let names: Vec<String> = (0..120).map(|number| format!("many/t{number:03}")).collect();
    // Together the items are larger than the 16 MB of one BatchGetItem, so that DynamoDB leaves some keys unprocessed.
    let appends = names.iter().map(|name| log.append(append(name, vec![large(1), large(2)])));
    join_all(appends).await.into_iter().for_each(|appended| drop(appended.unwrap()));
    let heads = log.heads(&Filter::new("many/*").unwrap()).await.unwrap();
    assert_eq!(heads.iter().map(|head| head.topic.to_string()).collect::<Vec<_>>(), names);
}

#[tokio::test]
async fn an_append_larger_than_an_item_is_refused_as_a_whole() {
    let log = plain(Retention::default()).await;
    let items = (0..5).map(large).collect();
    let refused = log.append(append("x", items)).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { size_bytes: 400_000.., .. })), "{refused:?}");
    assert_eq!(log.head(&topic("x")).await.unwrap(), None);
}

#[tokio::test]
async fn publications_not_yet_in_history_are_neither_shown_nor_lost() {
    let log = plain(Retention::default()).await;
    let mut changes = Vec::new();
    for number in 1..=4 {
        changes.push(publish(&log, "x", number).await);
    }
    let page = read(&log, "x", ReadFrom::Newest).await;
    assert_eq!((offsets(&page), page.oldest, page.head), (vec![], 1, 4), "history is empty");

    log.record(&changes[0]).await.unwrap();
    for from in [ReadFrom::Newest, ReadFrom::After(0), ReadFrom::ReceivedSince(0)] {
        let page = read(&log, "x", from).await;
        assert_eq!((offsets(&page), page.oldest, page.head), (vec![1], 1, 4), "{from:?}");
    }

    log.record(&changes[1]).await.unwrap();
    log.record(&changes[2]).await.unwrap();
    for from in [ReadFrom::Newest, ReadFrom::After(0), ReadFrom::ReceivedSince(0)] {
        let page = read(&log, "x", from).await;
        assert_eq!(offsets(&page), [1, 2, 3, 4], "{from:?}: the last append follows on history");
    }
}

#[tokio::test]
async fn what_history_has_after_lost_publications_is_read_and_the_loss_is_told() {
    let log = plain(Retention::default()).await;
    let lost = [4, 5, 6, 9];
    for number in 1..=12 {
        let change = publish(&log, "x", number).await;
        if !lost.contains(&number) {
            log.record(&change).await.unwrap();
        }
    }
    for (after, expected, oldest, ends_at_loss) in [
        (0, 1..=3, 1, true),
        (2, 3..=3, 1, true),
        (3, 7..=8, 7, true),
        (4, 7..=8, 7, true),
        (6, 7..=8, 1, true),
        (8, 10..=12, 10, false),
        (9, 10..=12, 1, false),
    ] {
        let page = read(&log, "x", ReadFrom::After(after)).await;
        assert_eq!(offsets(&page), expected.collect::<Vec<_>>(), "after {after}");
        assert_eq!((page.oldest, page.head, page.ends_at_loss), (oldest, 12, ends_at_loss), "after {after}");
    }
    let page = log.read(&topic("x"), ReadFrom::After(3), 1, NOW).await.unwrap().unwrap();
    assert_eq!((offsets(&page), page.ends_at_loss), (vec![7], false), "the page is full");

    // Nothing after 13 is in history yet, so 13 is not lost.
    publish(&log, "x", 13).await;
    publish(&log, "x", 14).await;
    for (after, expected) in [(9, vec![10, 11, 12]), (12, vec![])] {
        let page = read(&log, "x", ReadFrom::After(after)).await;
        assert_eq!(offsets(&page), expected, "after {after}");
        assert_eq!((page.oldest, page.head, page.ends_at_loss), (1, 14, false), "after {after}");
    }
}

#[tokio::test]
async fn a_loss_that_reaches_up_to_the_last_append_is_told() {
    let log = plain(Retention::default()).await;
    let mut changes = Vec::new();
    for number in 1..=5 {
        changes.push(publish(&log, "x", number).await);
    }
    for written in [0, 1, 4] {
        log.record(&changes[written]).await.unwrap();
    }
    let page = read(&log, "x", ReadFrom::After(2)).await;
    assert_eq!((offsets(&page), page.oldest, page.ends_at_loss), (vec![5], 5, false));
    let page = read(&log, "x", ReadFrom::After(0)).await;
    assert_eq!((offsets(&page), page.oldest, page.ends_at_loss), (vec![1, 2], 1, true));
}

#[tokio::test]
async fn a_lone_publication_is_read_before_history_has_it() {
    let log = plain(Retention::default()).await;
    publish(&log, "x", 1).await;
    assert_eq!(offsets(&read(&log, "x", ReadFrom::After(0)).await), [1]);
    assert_eq!(log.read(&topic("x"), ReadFrom::Newest, 1, NOW).await.unwrap().unwrap().items[0].offset, 1);
}

#[tokio::test]
async fn publications_recorded_again_with_others_are_read_once() {
    let log = plain(Retention::default()).await;
    let mut changes = Vec::new();
    for number in 1..=6 {
        changes.push(publish(&log, "x", number).await);
    }
    let joined = |range: std::ops::Range<usize>| {
        let items = changes[range.clone()].iter().flat_map(|change| change.items.clone()).collect();
        Change { items, ..changes[range.start].clone() }
    };
    for change in &changes[..3] {
        log.record(change).await.unwrap();
    }
    for change in [joined(0..3), changes[2].clone(), joined(3..6), joined(4..6), changes[5].clone()] {
        log.record(&change).await.unwrap();
    }
    let page = read(&log, "x", ReadFrom::After(0)).await;
    assert_eq!(offsets(&page), [1, 2, 3, 4, 5, 6]);
    assert_eq!(read(&log, "x", ReadFrom::Newest).await, page);
    let page = log.read(&topic("x"), ReadFrom::Newest, 4, NOW).await.unwrap().unwrap();
    assert_eq!(offsets(&page), [3, 4, 5, 6]);
}

#[tokio::test]
async fn expired_publications_are_skipped_before_dynamodb_deletes_them() {
    let log = plain(Retention { max_age_ms: 1_000, max_items_per_topic: 1_000 }).await;
    for number in 1..=50 {
        let change = publish_at(&log, "x", number, NOW + 100 * number).await;
        log.record(&change).await.unwrap();
    }
    for (now, oldest) in [(NOW + 1_000, 1), (NOW + 1_050, 1), (NOW + 4_000, 30), (NOW + 5_999, 50)] {
        let page = log.read(&topic("x"), ReadFrom::After(0), 100, now).await.unwrap().unwrap();
        assert_eq!(page.oldest, oldest, "at {now}");
        assert_eq!(offsets(&page), (oldest..=50).collect::<Vec<_>>());
    }
    let page = log.read(&topic("x"), ReadFrom::Newest, 100, NOW + 6_001).await.unwrap().unwrap();
    assert_eq!((offsets(&page), page.oldest), (vec![], 51));
}

#[tokio::test]
async fn many_concurrent_new_producers_are_all_accepted_once_the_others_are_over() {
    let log = plain(Retention::default()).await;
    let long_ago = NOW - limits::PRODUCER_MS as Millis;
    let old: Vec<String> = (0..limits::PRODUCERS).map(|number| format!("old{number}")).collect();
    for name in &old {
        log.append(Append { received_at: long_ago, ..produced(name, 1) }).await.unwrap();
    }
    let names: Vec<String> = (0..8).map(|number| format!("new{number}")).collect();
    let appended = join_all(names.iter().map(|name| log.append(produced(name, 1)))).await;
    assert!(appended.into_iter().all(|appended| !appended.unwrap().repeated));
    for name in &names {
        assert!(log.append(produced(name, 1)).await.unwrap().repeated, "{name}");
    }
}

#[tokio::test]
async fn a_topic_with_as_many_producers_as_it_remembers_still_takes_the_largest_append() {
    let log = plain(Retention::default()).await;
    let name = |principal: usize, number: usize| format!("{principal}-{number}-{}", "x".repeat(50));
    for principal in 0..limits::TOPIC_PRODUCERS / limits::PRODUCERS {
        for number in 0..limits::PRODUCERS {
            let principal_name = format!("principal-{principal}");
            let append = Append { principal: principal_name, ..produced(&name(principal, number), 1 << 52) };
            log.append(append).await.unwrap();
        }
    }
    let items = vec![large(1), large(2), large(3)];
    log.append(append("x", items)).await.unwrap();
}

#[tokio::test]
async fn the_stream_contains_metadata_when_it_is_new_and_not_when_it_is_repeated() {
    let log = StreamedLog::open(Retention::default()).await;
    let (percent, celsius) = (unit("%"), unit("°C"));
    for meta in [None, Some(&percent), Some(&percent), None, Some(&celsius)] {
        let append = Append { meta: meta.cloned(), ..append("x", vec![Item::now(1)]) };
        log.append(append).await.unwrap();
    }
    let delivered: Vec<_> = log.catch_up(&topic("x")).await.into_iter().map(|change| change.meta).collect();
    assert_eq!(delivered, [Some(TopicMeta::default()), Some(percent), None, None, Some(celsius)]);
}

#[tokio::test]
async fn the_stream_tells_that_a_topic_is_forgotten_and_then_how_it_begins_anew() {
    let log = StreamedLog::open(Retention::default()).await;
    log.append(append("x", vec![Item::now(1)])).await.unwrap();
    assert!(log.forget(&topic("x")).await.unwrap());
    let anew = Append { new_epoch: Epoch::new("anew"), ..append("x", vec![Item::now(2)]) };
    log.append(anew).await.unwrap();
    let changes = log.catch_up(&topic("x")).await;
    let told: Vec<_> = changes.iter().map(|change| (change.epoch.as_str(), change.ended)).collect();
    assert_eq!(told, [("epoch", false), ("epoch", true), ("anew", false)]);
}

#[tokio::test]
async fn a_topic_without_history_that_is_silent_for_a_week_is_forgotten_and_the_stream_tells_it() {
    let log = StreamedLog::open(Retention::default()).await;
    for name in ["silent", "expected"] {
        let expect_every_ms = (name == "expected").then_some(1_000);
        let meta = Some(TopicMeta { expect_every_ms, ..TopicMeta::default() });
        log.append(Append { meta, ..append(name, vec![Item::now(1)]) }).await.unwrap();
    }
    let forget = async |name: &str, now| log.log.forget_if_silent(&topic(name), now).await.unwrap();
    let due = NOW + FORGET_MS + 1;
    assert!(
        !forget("silent", due - 1).await && !forget("expected", 10 * due).await && !forget("none", due).await
    );
    assert!(forget("silent", due).await);
    assert!(!forget("silent", due).await, "it is forgotten already");
    assert_eq!(log.heads(&Filter::All).await.unwrap().len(), 1);
    let anew = Append { new_epoch: Epoch::new("anew"), ..append("silent", vec![Item::now(2)]) };
    log.append(anew).await.unwrap();
    let changes =
        log.catch_up(&topic("silent")).await.into_iter().filter(|change| change.topic == topic("silent"));
    let told: Vec<_> = changes.map(|change| (change.epoch.as_str().to_owned(), change.ended)).collect();
    let expected = [("epoch", false), ("epoch", true), ("anew", false)];
    assert_eq!(told, expected.map(|(epoch, ended)| (epoch.to_owned(), ended)));
}

#[tokio::test]
async fn every_topic_has_one_alarm_that_is_later_than_its_last_publication_and_goes_with_it() {
    let dynamodb = DynamoDbLocal::shared();
    let names = dynamodb.tables().await;
    let log = open(&names.topics, &names.history, Retention::default());
    let raw = raw(&dynamodb.endpoint_url);
    let key = |name: &str| AttributeValue::S(name.into());
    let alarm = async || {
        let get = raw.get_item().table_name(&names.topics).key("pk", key("SILENCE#x")).key("sk", key("#"));
        let item = get.send().await.unwrap().item?;
        item["ttl"].as_n().unwrap().parse::<i64>().ok().map(|seconds| seconds * 1000)
    };
    publish(&log, "x", 1).await;
    assert!(alarm().await > Some(NOW + FORGET_MS));
    // DynamoDB has deleted the alarm, while somebody publishes.
    let delete = raw.delete_item().table_name(&names.topics).key("pk", key("SILENCE#x")).key("sk", key("#"));
    delete.send().await.unwrap();
    let later = NOW + FORGET_MS + 5_000;
    publish_at(&log, "x", 2, later).await;
    assert!(!log.forget_if_silent(&topic("x"), later).await.unwrap());
    assert!(alarm().await > Some(later + FORGET_MS));
    assert!(log.forget_if_silent(&topic("x"), later + FORGET_MS + 1).await.unwrap());
    assert_eq!(alarm().await, None);
}

#[tokio::test]
async fn the_stream_contains_every_append_once_and_nothing_else() {
    let log = StreamedLog::open(Retention::default()).await;
    for number in 0..5 {
        log.append(append("x", vec![Item::now(number), Item { data: "é".into(), ts: Some(7) }]))
            .await
            .unwrap();
    }
    let refused = log.append(produced("me", 1)).await.unwrap();
    assert!(log.append(produced("me", 1)).await.unwrap().repeated, "{refused:?}");
    let changes = log.catch_up(&topic("x")).await;
    let delivered: Vec<u64> =
        changes.iter().flat_map(|change| change.items.iter().map(|item| item.offset)).collect();
    assert_eq!(delivered, (1..=11).collect::<Vec<_>>());
    let page = read(&log, "x", ReadFrom::After(0)).await;
    let items: Vec<_> = changes.into_iter().flat_map(|change| change.items).collect();
    assert_eq!(items, page.items);
}

#[tokio::test]
async fn a_topic_beyond_the_limit_is_refused_and_the_others_still_work() {
    let dynamodb = DynamoDbLocal::shared();
    let names = dynamodb.tables().await;
    let log = open(&names.topics, &names.history, Retention::default());
    publish(&log, "x", 1).await;
    let key = |name: &str| AttributeValue::S(name.into());
    let full = raw(&dynamodb.endpoint_url).update_item().table_name(&names.topics);
    let full = full.key("pk", key("CATALOGUE")).key("sk", key("#")).update_expression("SET topics = :limit");
    let limit = AttributeValue::N(limits::TOPICS.to_string());
    full.expression_attribute_values(":limit", limit).send().await.unwrap();

    let refused = log.append(append("y", vec![Item::now(1)])).await;
    assert_eq!(refused, Err(AppendError::TooManyTopics { limit: limits::TOPICS }));
    assert_eq!(log.head(&topic("y")).await.unwrap(), None);
    assert_eq!(log.heads(&Filter::All).await.unwrap().len(), 1);
    publish(&log, "x", 2).await;
}

#[tokio::test]
async fn missing_tables_are_unavailable_and_named() {
    let log = open("nowhere", "nowhere", Retention::default());
    let Err(AppendError::Unavailable(why)) = log.append(append("x", vec![Item::now(1)])).await else {
        panic!("the append succeeded");
    };
    assert!(why.what.contains("ResourceNotFound"), "{why}");
    assert!(log.heads(&Filter::All).await.is_err());
    assert!(log.read(&topic("x"), ReadFrom::Newest, 1, NOW).await.is_err());
}

async fn plain(retention: Retention) -> DynamoLog {
    let names = DynamoDbLocal::shared().tables().await;
    open(&names.topics, &names.history, retention)
}

fn open(topics: &str, history: &str, retention: Retention) -> DynamoLog {
    let tables = LogTables { topics: topics.into(), history: history.into() };
    DynamoDbLocal::shared().aws().log(tables, retention)
}

/// Appends a publication, and returns it in the form of the change that the table's stream will contain.
async fn publish(log: &DynamoLog, name: &str, data: i64) -> Change {
    publish_at(log, name, data, NOW).await
}

async fn publish_at(log: &DynamoLog, name: &str, data: i64, received_at: Millis) -> Change {
    log.append(Append { received_at, ..append(name, vec![Item::now(data)]) }).await.unwrap();
    let head = log.head(&topic(name)).await.unwrap().unwrap();
    Change { topic: head.topic, epoch: head.epoch, items: vec![head.last], meta: None, ended: false }
}

async fn read<L: TopicLog>(log: &L, name: &str, from: ReadFrom) -> Page {
    log.read(&topic(name), from, 1_000, NOW).await.unwrap().unwrap()
}

fn append(name: &str, items: Vec<Item>) -> Append {
    Append {
        topic: topic(name),
        items,
        producer: None,
        meta: None,
        received_at: NOW,
        new_epoch: Epoch::new("epoch"),
        principal: "me".into(),
        principal_topics: limits::TOPICS,
    }
}

fn produced(id: &str, seq: u64) -> Append {
    Append { producer: Some(Producer { id: id.into(), seq, done: false }), ..append("x", vec![Item::now(1)]) }
}

/// Returns an item of 100 KB. That is more than a publication may have, so that few such items fill a page of 1 MB.
fn large(number: i64) -> Item {
    Item::now(json!({ "number": number, "text": "x".repeat(100_000) }))
}

fn unit(unit: &str) -> TopicMeta {
    TopicMeta { unit: Some(unit.into()), ..TopicMeta::default() }
}

fn offsets(page: &Page) -> Vec<u64> {
    page.items.iter().map(|item| item.offset).collect()
}

fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}
