//! Measures the number of requests and of billed units that each operation of Tickertape needs in DynamoDB. It runs
//! against DynamoDB Local, which does not return the item whose condition failed. A refused publication therefore needs
//! one more read here than on AWS.
//!
//! ```text
//! cargo run -p backend-aws --example units
//! ```
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made should fail loudly")]

#[path = "../../tests/support/dynamodb_local.rs"]
mod dynamodb_local;
mod meter;

use backend_aws::{Aws, DynamoConnections, DynamoLog, LogTables, Retention};
use backend_core::Principal;
use backend_core::ports::{Append, Change, Connection, ConnectionId, Connections, ReadFrom, TopicLog};
use backend_core::stretch::{Stretch, Walk};
use dynamodb_local::DynamoDbLocal;
use meter::{Meter, Units};
use serde_json::json;
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Filter, Millis, Publication, Topic, TopicMeta, limits};

const NOW: Millis = 1_800_000_000_000;
/// Number of seconds of a day.
const DAY: i64 = 86_400;

#[tokio::main]
async fn main() {
    let dynamodb = DynamoDbLocal::shared();
    let names = dynamodb.tables().await;
    let meter = Meter::before(&dynamodb.endpoint_url).await;
    let aws = Aws::local(&meter.endpoint_url);
    let tables = LogTables { topics: names.topics, history: names.history };
    let bench = Bench {
        connections: aws.connections(&names.connections),
        log: aws.log(tables, Retention::default()),
        meter,
    };
    println!("{:52} {:>8} {:>6} {:>6}", "", "requests", "read", "write");
    bench.viewers().await;
    bench.publications().await;
    bench.reading().await;
    bench.past().await;
}

struct Bench {
    connections: DynamoConnections,
    log: DynamoLog,
    meter: Meter,
}

impl Bench {
    /// Measures the operations of one viewer of `host/*`, from connecting to disconnecting, while nine other viewers
    /// are subscribed to the same filter.
    async fn viewers(&self) {
        for number in 0..9 {
            let id = ConnectionId::new(&format!("other{number}CFEQ="));
            self.connections.put(connection(&id)).await.unwrap();
            self.connections.subscribe(&id, &filter("host/*"), NOW).await.unwrap();
        }
        let (id, hosts) = (ConnectionId::new("XDmENcnwIE0CFEQ="), filter("host/*"));
        let (one, thirty) = (topics(1), topics(30));
        let port = &self.connections;
        self.print("a connection is made", port.put(connection(&id))).await.unwrap();
        self.print("a message's sender is looked up", port.get(&id, NOW)).await.unwrap();
        self.print("a subscription is made", port.subscribe(&id, &hosts, NOW)).await.unwrap();
        self.print("the same again", port.subscribe(&id, &hosts, NOW)).await.unwrap();
        self.print("10 viewers are counted", port.viewers(&hosts, NOW)).await.unwrap();
        self.print("subscribers of 1 topic of two segments", port.audiences(&one, NOW)).await.unwrap();
        self.print("subscribers of 30 topics below one", port.audiences(&thirty, NOW)).await.unwrap();
        self.print("a connection with a subscription ends", port.remove(&id)).await.unwrap();
    }

    async fn publications(&self) {
        self.print("a first publication to a new topic", self.log.append(append(1))).await.unwrap();
        self.print("a publication", self.log.append(append(1))).await.unwrap();
        let meta = TopicMeta { unit: Some("%".into()), ..TopicMeta::default() };
        let with_meta = Append { meta: Some(meta), ..append(1) };
        self.print("one with new metadata", self.log.append(with_meta.clone())).await.unwrap();
        self.print("one with the same metadata", self.log.append(with_meta)).await.unwrap();
        let produced =
            Append { producer: Some(Producer { id: "me".into(), seq: 1, done: false }), ..append(1) };
        self.print("one of a numbered producer", self.log.append(produced.clone())).await.unwrap();
        self.print("the same again, refused", self.log.append(produced)).await.unwrap();
        self.print("a batch of 100 small ones", self.log.append(append(100))).await.unwrap();
        self.print("writing that batch to history", self.log.record(&self.change(100).await)).await.unwrap();
        self.log.append(append(1)).await.unwrap();
        self.print("writing a publication to history", self.log.record(&self.change(1).await)).await.unwrap();
    }

    async fn reading(&self) {
        for number in 0..30 {
            let topic = topics(30).remove(number);
            for _ in 0..2 {
                self.log.append(Append { topic: topic.clone(), ..append(1) }).await.unwrap();
            }
        }
        self.print("one head", self.log.head(&topics(1)[0])).await.unwrap();
        self.print("the heads of 30 topics below one", self.log.heads(&filter("host/*"))).await.unwrap();
        let head = self.log.head(&topic("host/cpu")).await.unwrap().unwrap();
        let missed_one = ReadFrom::After(head.last.offset - 1);
        let page = self.log.read(&head.topic, missed_one, limits::REPLAY_ITEMS, NOW);
        self.print("catching up with the last publication", page).await.unwrap();
        let page = self.log.read(&head.topic, ReadFrom::Newest, limits::REPLAY_ITEMS, NOW);
        self.print("the newest 101 of a log", page).await.unwrap();
    }

    /// Measures the rollups of 64 publications that arrive one by one, and reading a day of a topic with a publication each second in
    /// buckets, as the board does, and an hour of it.
    async fn past(&self) {
        let few = topic("host/few");
        let mut changes = Vec::new();
        for offset in 1..=64 {
            changes.push(self.appended(&few, offset, seconds(NOW + offset * 1_000, 1)).await);
        }
        let write = async {
            for change in &changes {
                self.log.record(change).await.unwrap();
            }
        };
        self.print("writing 64 to history one by one, with their rollup", write).await;
        let day = topic("host/day");
        // Publications are appended together here, so that this does not take long. It has no influence on the rollups.
        for begin in (0..DAY).step_by(512) {
            let count = 512.min(DAY - begin);
            let items = seconds(NOW - (DAY - begin) * 1_000, count);
            let change = self.appended(&day, begin + 1, items).await;
            self.log.record(&change).await.unwrap();
        }
        self.print("a day at 1 Hz in buckets of 2 minutes", self.stretch(&day, DAY * 1_000, 120_000)).await;
        self.print("an hour of it in buckets of 10 seconds", self.stretch(&day, 3_600_000, 10_000)).await;
    }

    /// Appends publications to a topic, the first of which gets the offset `first`. Returns the change that the table's stream would
    /// deliver.
    async fn appended(&self, topic: &Topic, first: i64, items: Vec<Item>) -> Change {
        let received_at = items.last().and_then(|last| last.ts).unwrap_or(NOW);
        let append = Append { topic: topic.clone(), items: items.clone(), received_at, ..append(1) };
        let position = self.log.append(append).await.unwrap().position;
        let publication = |(offset, item): (i64, Item)| Publication {
            offset: offset.unsigned_abs(),
            ts: item.ts.unwrap_or(received_at),
            received_at,
            data: item.data,
        };
        let items = (first..).zip(items).map(publication).collect();
        Change { topic: topic.clone(), epoch: position.epoch, items, meta: None, ended: false }
    }

    /// Reads the newest `length_ms` milliseconds of a topic in buckets, in as many answers as it takes.
    async fn stretch(&self, topic: &Topic, length_ms: Millis, step_ms: u64) {
        let mut after = None;
        loop {
            let head = self.log.head(topic).await.unwrap().unwrap();
            let (from_ms, to_ms) = (NOW - length_ms, NOW + 60_000);
            let stretch = Stretch { from_ms, to_ms, step_ms, after, room_bytes: 28 * 1024 };
            let log = (topic, &head.epoch, head.last.offset);
            after = Walk::new(&self.log, log, stretch, NOW).read().await.unwrap().next;
            if after.is_none() {
                break;
            }
        }
    }

    /// Awaits `done`, and prints the number of requests and of billed units that it needed.
    async fn print<T>(&self, what: &str, done: impl Future<Output = T>) -> T {
        self.meter.take();
        let done = done.await;
        let Units { requests, read, write } = self.meter.take();
        println!("{what:52} {requests:>8} {read:>6.1} {write:>6.1}");
        done
    }

    /// Returns the newest `items` publications of `host/cpu` as one change, in the form in which the table's stream
    /// would deliver them.
    async fn change(&self, items: usize) -> Change {
        let topic = topic("host/cpu");
        let page = self.log.read(&topic, ReadFrom::Newest, items, NOW).await.unwrap().unwrap();
        Change { topic, epoch: page.epoch, items: page.items, meta: None, ended: false }
    }
}

/// Returns publications about consecutive seconds.
fn seconds(begin: Millis, count: i64) -> Vec<Item> {
    let item = |second| Item {
        data: json!({"user": second, "system": 1.25}).into(),
        ts: Some(begin + second * 1_000),
    };
    (0..count).map(item).collect()
}

fn append(items: i64) -> Append {
    Append {
        topic: topic("host/cpu"),
        items: (0..items).map(|number| Item::now(json!({"user": number, "system": 1.25}))).collect(),
        producer: None,
        meta: None,
        received_at: NOW,
        new_epoch: Epoch::new("9f86d081884c"),
        principal: "me".into(),
        principal_topics: limits::TOPICS,
    }
}

fn connection(id: &ConnectionId) -> Connection {
    let expires_at = NOW + limits::CONNECTION_ROW_MS;
    Connection { id: id.clone(), principal: Principal::local().into(), connected_at: NOW, expires_at }
}

fn topics(count: usize) -> Vec<Topic> {
    (0..count).map(|number| topic(&format!("host/t{number:02}"))).collect()
}

fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

fn filter(text: &str) -> Filter {
    Filter::new(text).unwrap()
}
