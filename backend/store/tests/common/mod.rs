//! Functions that several tests of the log use.
#![allow(clippy::unwrap_used, dead_code, reason = "called by tests only, and each of them uses its own part")]

use std::path::Path;

use backend_core::ports::{Append, Change};
use backend_core::trusted_time::{Reading, Uptime};
use backend_store::{EmbeddedLog, Retention};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Millis, Topic};
use tokio::sync::mpsc;

/// Time at which the tests begin, in milliseconds since the Unix epoch.
pub const T0: Millis = 1_700_000_000_000;

pub fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

/// Returns a request to append one publication to the topic `name`, received at [`T0`].
pub fn append(name: &str, data: impl Into<shared::Data>) -> Append {
    append_all(name, vec![Item::now(data)])
}

pub fn append_all(name: &str, items: Vec<Item>) -> Append {
    let new_epoch = Epoch::from_random(1 << 63);
    Append {
        topic: topic(name),
        items,
        producer: None,
        meta: None,
        received_at: T0,
        new_epoch,
        principal: "me".into(),
        principal_topics: 10_000,
    }
}

pub fn producer(id: &str, seq: u64) -> Option<Producer> {
    Some(Producer { id: id.into(), seq, done: false })
}

pub fn open(directory: &Path) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
    open_with(directory, Retention::default())
}

pub fn open_with(directory: &Path, retention: Retention) -> (EmbeddedLog, mpsc::Receiver<Vec<Change>>) {
    EmbeddedLog::open(directory, retention).unwrap()
}

/// Returns a reading of the clocks of a machine whose start has the number `boot` and was `uptime_ms` milliseconds ago.
pub fn reading(wall_ms: Millis, boot: u64, uptime_ms: Millis) -> Reading {
    Reading { wall_ms, uptime: Some(Uptime { boot, ms: uptime_ms }) }
}
