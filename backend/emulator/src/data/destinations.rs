//! Sends the outcomes of asynchronous invocations to queues and functions.

use std::collections::BTreeMap;
use std::sync::Arc;

use lambda_host::{EventReport, Host};
use serverless_app::{App, AsyncInvocation, Destination};
use tokio::sync::mpsc::UnboundedReceiver;

use super::observer::DataObserver;
use super::service::Service;
use super::sqs::QueueClient;
use super::time::{iso, now_ms};

/// Sends the outcomes of asynchronous invocations to the destinations of their functions.
pub(crate) struct Destinations {
    /// Destinations of failures and of successes, by the functions' names.
    functions: BTreeMap<String, AsyncInvocation>,
    queues: BTreeMap<String, QueueClient>,
    observer: Arc<dyn DataObserver>,
}

impl Destinations {
    pub(super) fn new(app: &App, sqs: Option<&Service>, observer: Arc<dyn DataObserver>) -> Self {
        let functions = app.functions.iter();
        let functions = functions.map(|function| (function.name.clone(), function.async_invocation.clone()));
        let client = |service: &Service| {
            let queues = app.queues.iter();
            queues.map(|queue| (queue.name.clone(), QueueClient::new(service.clone(), queue))).collect()
        };
        Self { functions: functions.collect(), queues: sqs.map(client).unwrap_or_default(), observer }
    }

    /// Sends the outcomes, one after the other, until there are no more.
    pub async fn run(self, host: Host, mut events: UnboundedReceiver<EventReport>) {
        while let Some(report) = events.recv().await {
            if let Err(reason) = self.send(&host, &report).await {
                let text =
                    format!("the destination of {} did not accept an outcome: {reason}", report.request_id);
                self.observer.line(&report.function, &text);
            }
        }
    }

    async fn send(&self, host: &Host, report: &EventReport) -> Result<(), String> {
        let record = || report.to_record(&iso(now_ms()));
        match self.of(report) {
            Some(Destination::Queue(name)) => match self.queues.get(name) {
                Some(queue) => queue.send(&record()).await.map_err(|error| error.to_string()),
                None => Err(format!("the app has no queue {name}")),
            },
            Some(Destination::Function(name)) => {
                let sent = host.invoke_event(name, record().to_string().into());
                sent.map(drop).map_err(|error| error.to_string())
            }
            // Other destinations are named at the start.
            Some(Destination::Unsupported(_)) | None => Ok(()),
        }
    }

    fn of(&self, report: &EventReport) -> Option<&Destination> {
        let AsyncInvocation { on_failure, on_success, .. } = self.functions.get(&report.function)?;
        if report.outcome.is_ok() { on_success.as_ref() } else { on_failure.as_ref() }
    }
}
