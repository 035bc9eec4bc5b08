//! Receives everything that happens in an app that runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lambda_host::{EventReport, Log, LogLine, Report, StartReport};
use tokio::sync::mpsc::UnboundedSender;

use crate::data::{BatchReport, Condition, DataObserver, QueueDepth};
use crate::once::Once;

/// Beginning of the lines with which the runtime clients report a host that is neither AWS nor this machine.
const HOST: &str = "TICKERTAPE_HOST ";

/// Receives everything that happens in an app that runs: handshakes, messages and posts (as an observer of its gateways), logs
/// and invocations (as the log of its functions), queues, streams and mappings (as an observer of its data), and notices for the
/// person who runs it. The methods must not block.
pub trait Watcher: apigw_websocket::Observer + Log + DataObserver {
    /// Receives a sentence for the person who runs the app.
    fn notice(&self, text: &str);
}

/// The log of the functions, which counts invocations. It passes everything on to the watcher, except for the reports about other hosts, which become
/// notices: one for each host.
pub(crate) struct FunctionLog {
    watcher: Arc<dyn Watcher>,
    hosts: Once,
    /// Number of invocations in flight, by the functions' names.
    in_flight: Mutex<BTreeMap<String, usize>>,
    /// Gets the outcomes of asynchronous invocations.
    events: UnboundedSender<EventReport>,
}

impl FunctionLog {
    /// Creates the log. `events` gets the outcomes of asynchronous invocations, of which the host has a maximum number at a time.
    pub fn new(watcher: Arc<dyn Watcher>, events: UnboundedSender<EventReport>) -> Self {
        Self { watcher, hosts: Once::default(), in_flight: Mutex::default(), events }
    }

    /// Names the functions with invocations in flight: `1 invocation of Chat`. Returns `None` if there are none.
    pub fn in_flight(&self) -> Option<String> {
        let in_flight = self.lock();
        let words = |(function, count): (&String, &usize)| match count {
            1 => format!("1 invocation of {function}"),
            count => format!("{count} invocations of {function}"),
        };
        let all: Vec<String> = in_flight.iter().map(words).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells that a function connects to a host outside of AWS, once for each host.
    pub fn host(&self, function: &str, host: &str) {
        if self.hosts.is_first(host) {
            self.watcher.notice(&format!(
                "{function} connects to {host}, which is outside of AWS: this request leaves your machine"
            ));
        }
    }
}

impl Log for FunctionLog {
    fn line(&self, line: &LogLine<'_>) {
        match line.text.strip_prefix(HOST) {
            Some(host) => self.host(line.function, host.trim()),
            None => Log::line(self.watcher.as_ref(), line),
        }
    }

    fn begin(&self, function: &str, request_id: &str) {
        *self.lock().entry(function.to_owned()).or_default() += 1;
        self.watcher.begin(function, request_id);
    }

    fn report(&self, report: &Report) {
        let mut in_flight = self.lock();
        match in_flight.get_mut(&report.function) {
            Some(count @ 2..) => *count -= 1,
            Some(_) | None => drop(in_flight.remove(&report.function)),
        }
        drop(in_flight);
        self.watcher.report(report);
    }

    fn event(&self, report: &EventReport) {
        // An error means that the app ends.
        let _ = self.events.send(report.clone());
        self.watcher.event(report);
    }

    fn started_ahead(&self, report: &StartReport) {
        self.watcher.started_ahead(report);
    }
}

/// Returns true for the line of an access log about a request that was successful, as moto writes it.
fn is_successful_request(line: &str) -> bool {
    line.contains(" HTTP/1.1\" 200 ")
}

/// Passes what happens to tables and queues to the watcher.
pub(crate) struct DataLog(pub Arc<dyn Watcher>);

impl DataObserver for DataLog {
    fn line(&self, source: &str, line: &str) {
        // Mappings ask queues for messages all the time.
        if !is_successful_request(line) {
            DataObserver::line(self.0.as_ref(), source, line);
        }
    }

    fn batch(&self, batch: &BatchReport) {
        self.0.batch(batch);
    }

    fn iterator_age(&self, mapping: &str, age: Duration) {
        self.0.iterator_age(mapping, age);
    }

    fn queue_depth(&self, queue: &str, depth: QueueDepth) {
        self.0.queue_depth(queue, depth);
    }

    fn discarded(&self, mapping: &str, records: usize, condition: Condition) {
        self.0.discarded(mapping, records, condition);
    }

    fn expired(&self, table: &str, items: usize) {
        self.0.expired(table, items);
    }
}
