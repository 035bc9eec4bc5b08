//! Helpers for tests: they start hosts, invoke functions, and read the functions' logs.

use std::sync::Arc;
use std::time::Duration;

use lambda_host::{
    EventReport, Function, Host, InvokeError, Limits, Log, LogLine, Report, Retries, StartReport,
};
use serde_json::{Value, json};
pub use test_support::soon;
use tokio::sync::mpsc;

use crate::function::ARGUMENTS;

/// A host with one function, `thumb`.
pub struct Harness {
    pub host: Host,
    lines: mpsc::UnboundedReceiver<Line>,
    reports: mpsc::UnboundedReceiver<Report>,
    starts: mpsc::UnboundedReceiver<StartReport>,
    events: mpsc::UnboundedReceiver<EventReport>,
}

/// Configuration of a host under test and of its function.
pub struct Start {
    pub function: Function,
    pub limits: Limits,
    pub retries: Retries,
}

/// A line of the log after the name of its function, and its request id.
type Line = (String, Option<String>);

struct ChannelLog {
    lines: mpsc::UnboundedSender<Line>,
    reports: mpsc::UnboundedSender<Report>,
    starts: mpsc::UnboundedSender<StartReport>,
    events: mpsc::UnboundedSender<EventReport>,
}

impl Log for ChannelLog {
    fn line(&self, line: &LogLine<'_>) {
        let text = format!("{}: {}", line.function, line.text);
        let _ = self.lines.send((text, line.request_id.map(str::to_owned)));
    }

    fn report(&self, report: &Report) {
        let _ = self.reports.send(report.clone());
    }

    fn event(&self, report: &EventReport) {
        let _ = self.events.send(report.clone());
    }

    fn started_ahead(&self, report: &StartReport) {
        let _ = self.starts.send(report.clone());
    }
}

/// Configures this test program as a function. `mode` selects its behaviour; see `function::bootstrap`.
pub fn function(name: &str, mode: Option<&str>) -> Function {
    let mut function = Function::new(name, std::env::current_exe().expect("this program"));
    function.arguments = ARGUMENTS.map(Into::into).to_vec();
    function.environment = mode.map(|mode| ("MODE".to_owned(), mode.to_owned())).into_iter().collect();
    function.timeout = Duration::from_secs(20);
    function
}

impl Start {
    pub fn in_mode(mode: Option<&str>) -> Self {
        let mut retries = Retries::default();
        retries.after_failure = vec![Duration::from_millis(5); 2];
        retries.throttled_first = Duration::from_millis(20);
        retries.throttled_max = Duration::from_millis(20);
        Self { function: function("thumb", mode), limits: Limits::default(), retries }
    }

    pub fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub fn run(self) -> Harness {
        let (line, lines) = mpsc::unbounded_channel();
        let (report, reports) = mpsc::unbounded_channel();
        let (start, starts) = mpsc::unbounded_channel();
        let (event, events) = mpsc::unbounded_channel();
        let log = Arc::new(ChannelLog { lines: line, reports: report, starts: start, events: event });
        let host = Host::new(vec![self.function], self.limits, self.retries, log);
        Harness { host, lines, reports, starts, events }
    }
}

impl Harness {
    pub fn start() -> Self {
        Start::in_mode(None).run()
    }

    pub async fn invoke(&self, event: Value) -> Result<Value, InvokeError> {
        let answer = soon(self.host.invoke("thumb", event.to_string().into())).await?;
        Ok(serde_json::from_slice(&answer).expect("functions answer with JSON"))
    }

    /// Invokes a function that must fail. Returns `errorType` and `errorMessage`, with the request id replaced by `ID`.
    pub async fn failure(&mut self, event: Value) -> (String, String) {
        let error = self.invoke(event).await.expect_err("it must fail");
        let InvokeError::Function(error) = error else { panic!("another error: {error:?}") };
        let payload: Value = serde_json::from_slice(&error.payload).expect("an error is JSON");
        assert_eq!(payload["errorType"], error.error_type);
        assert_eq!(payload["errorMessage"], error.message);
        let id = self.report().await.request_id;
        (error.error_type, error.message.replace(&id, "ID"))
    }

    /// Invokes the function and returns the id of the process that answered. The process stays warm for the next
    /// invocation.
    pub async fn pid(&self) -> u64 {
        self.invoke(json!({})).await.expect("an answer")["pid"].as_u64().expect("a pid")
    }

    /// Waits for the next report of an invocation.
    pub async fn report(&mut self) -> Report {
        soon(self.reports.recv()).await.expect("the host runs")
    }

    /// Waits for the next outcome of an asynchronous invocation.
    pub async fn event(&mut self) -> EventReport {
        soon(self.events.recv()).await.expect("the host runs")
    }

    /// Starts a process of the function ahead. Returns the report about it, if there is one.
    pub async fn start_ahead(&mut self) -> Option<StartReport> {
        soon(self.host.start_ahead("thumb")).await.expect("the function is known");
        self.starts.try_recv().ok()
    }

    /// Waits for a log line that contains `part`.
    pub async fn line(&mut self, part: &str) -> String {
        self.next_line(part).await.0
    }

    /// Waits for a log line that contains `part`, and returns its request id.
    pub async fn request_id_of(&mut self, part: &str) -> Option<String> {
        self.next_line(part).await.1
    }

    async fn next_line(&mut self, part: &str) -> Line {
        loop {
            let line = soon(self.lines.recv()).await.expect("the host runs");
            if line.0.contains(part) {
                return line;
            }
        }
    }
}

/// Waits until the process with this id has ended.
#[cfg(target_os = "linux")]
pub async fn until_gone(pid: u64) {
    soon(async {
        while !test_support::process::has_ended(pid) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}
