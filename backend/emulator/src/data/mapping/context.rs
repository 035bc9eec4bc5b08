//! The parts that every task of a mapping needs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use lambda_host::InvokeError;
use serde_json::{Value, json};
use serverless_app::EventSourceMapping;

use super::answer::Failures;
use super::delivery::Outcome;
use super::filter::Filters;
use crate::data::invoke::Invoke;
use crate::data::observer::{BatchReport, DataObserver};

/// A mapping with the ways to invoke its function and to report about it.
#[derive(Clone)]
pub(super) struct Context {
    pub mapping: Arc<EventSourceMapping>,
    pub filters: Arc<Filters>,
    /// Region of the app, which is part of every record.
    pub region: Arc<str>,
    pub functions: Arc<dyn Invoke>,
    pub observer: Arc<dyn DataObserver>,
}

/// The result of an invocation with its duration.
pub(super) struct Invoked {
    pub outcome: Outcome,
    pub duration: Duration,
}

impl Context {
    /// Writes a line to the log.
    pub fn log(&self, line: &str) {
        self.observer.line(&self.mapping.logical_id, line);
    }

    /// Invokes the function with records.
    pub async fn invoke(&self, records: Vec<Value>) -> Invoked {
        let event = Bytes::from(json!({"Records": records}).to_string());
        let began = Instant::now();
        let answer = self.functions.invoke(&self.mapping.function, event).await;
        let outcome = match answer {
            Ok(answer) if self.mapping.reports_partial_failures => Outcome::Answered(Failures::of(&answer)),
            Ok(_) => Outcome::Answered(Failures::These(Vec::new())),
            Err(error) => {
                self.log(&format!("the function {} failed: {error}", self.mapping.function));
                failed(&error)
            }
        };
        Invoked { outcome, duration: began.elapsed() }
    }

    /// Reports a batch after its invocation.
    pub fn report(&self, records: usize, failed: usize, duration: Duration) {
        let (mapping, function) = (self.mapping.logical_id.clone(), self.mapping.function.clone());
        self.observer.batch(&BatchReport { mapping, function, records, failed, duration });
    }
}

fn failed(error: &InvokeError) -> Outcome {
    match error {
        InvokeError::Function(_) | InvokeError::TooLarge { .. } => Outcome::Failed,
        InvokeError::Throttled { .. } | InvokeError::NotFound { .. } => Outcome::NotReached,
        // A kind of error that this version of the host does not have.
        _ => Outcome::Failed,
    }
}
