//! Passes what happens in an app to two watchers.

use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{ConnectionId, ObservedHandshake, ObservedMessage, Observer, PostError};
use lambda_host::{Log, LogLine, Report, StartReport};
use serverless_emulator::Watcher;
use serverless_emulator::data::{BatchReport, Condition, DataObserver, QueueDepth};

/// Passes what happens in an app to two watchers, the first one first.
pub struct Both(pub Arc<dyn Watcher>, pub Arc<dyn Watcher>);

impl Both {
    fn each(&self, tell: impl Fn(&dyn Watcher)) {
        tell(self.0.as_ref());
        tell(self.1.as_ref());
    }
}

impl Observer for Both {
    fn handshake(&self, handshake: &ObservedHandshake<'_>) {
        self.each(|watcher| watcher.handshake(handshake));
    }

    fn message(&self, message: &ObservedMessage<'_>) {
        self.each(|watcher| watcher.message(message));
    }

    fn post(&self, connection: &ConnectionId, text: &str, result: Result<(), PostError>) {
        self.each(|watcher| watcher.post(connection, text, result));
    }

    fn end(&self, connection: &ConnectionId, code: u16, reason: &str) {
        self.each(|watcher| watcher.end(connection, code, reason));
    }
}

impl Log for Both {
    fn line(&self, line: &LogLine<'_>) {
        self.each(|watcher| Log::line(watcher, line));
    }

    fn begin(&self, function: &str, request_id: &str) {
        self.each(|watcher| watcher.begin(function, request_id));
    }

    fn report(&self, report: &Report) {
        self.each(|watcher| watcher.report(report));
    }

    fn started_ahead(&self, report: &StartReport) {
        self.each(|watcher| watcher.started_ahead(report));
    }
}

impl DataObserver for Both {
    fn line(&self, source: &str, line: &str) {
        self.each(|watcher| DataObserver::line(watcher, source, line));
    }

    fn batch(&self, batch: &BatchReport) {
        self.each(|watcher| watcher.batch(batch));
    }

    fn iterator_age(&self, mapping: &str, age: Duration) {
        self.each(|watcher| watcher.iterator_age(mapping, age));
    }

    fn queue_depth(&self, queue: &str, depth: QueueDepth) {
        self.each(|watcher| watcher.queue_depth(queue, depth));
    }

    fn discarded(&self, mapping: &str, records: usize, condition: Condition) {
        self.each(|watcher| watcher.discarded(mapping, records, condition));
    }

    fn expired(&self, table: &str, items: usize) {
        self.each(|watcher| watcher.expired(table, items));
    }
}

impl Watcher for Both {
    fn notice(&self, text: &str) {
        self.each(|watcher| watcher.notice(text));
    }
}
