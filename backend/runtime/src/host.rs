//! The host: invoking functions by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::fleet::Fleet;
use crate::function::Function;
use crate::function_error::{FunctionError, InvokeError};
use crate::invocation::Invocation;
use crate::limits::Limits;
use crate::log::Log;
use crate::retry::{Attempts, Retries};

/// Interval at which idle processes are ended.
const IDLE_CHECK: Duration = Duration::from_secs(10);

/// Runs functions as processes of this machine. Clones are the same host; when the last one is dropped, the processes end.
///
/// See the [crate documentation](crate) for an example.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    fleets: BTreeMap<String, Arc<Fleet>>,
    limits: Limits,
    retries: Retries,
    log: Arc<dyn Log>,
    events: Arc<Semaphore>,
}

impl Host {
    /// Creates a host of these functions. A process is started when the first invocation needs it.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    pub fn new(functions: Vec<Function>, limits: Limits, retries: Retries, log: Arc<dyn Log>) -> Self {
        let fleet = |function: Function| {
            (function.name.clone(), Arc::new(Fleet::new(function, limits.clone(), log.clone())))
        };
        let fleets = functions.into_iter().map(fleet).collect();
        let events = Arc::new(Semaphore::new(limits.events.min(Semaphore::MAX_PERMITS)));
        let inner = Arc::new(Inner { fleets, limits, retries, log, events });
        tokio::spawn(end_idle(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// Returns the names of the functions, sorted.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.fleets.keys().map(String::as_str)
    }

    /// Invokes a function and waits for its answer. Once begun, an invocation runs to its end, even if this future is
    /// dropped.
    ///
    /// # Errors
    ///
    /// [`InvokeError`]: the function is unknown, throttled or failed, or the payload is too large.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Bytes, InvokeError> {
        self.invoke_with_client_context(function, payload, None).await
    }

    /// Invokes a function like [`invoke`](Self::invoke), with a client context: JSON that the function gets beside the
    /// event.
    ///
    /// # Errors
    ///
    /// As [`invoke`](Self::invoke).
    pub async fn invoke_with_client_context(
        &self,
        function: &str,
        payload: Bytes,
        client_context: Option<String>,
    ) -> Result<Bytes, InvokeError> {
        let fleet = self.fleet(function)?;
        check_size(&payload, self.0.limits.request_bytes)?;
        let invocation = Invocation { client_context, ..Invocation::new(payload) };
        let run = tokio::spawn(async move { fleet.run(&invocation).await });
        run.await.unwrap_or_else(|error| Err(FunctionError::of_service(error.to_string()).into()))
    }

    /// Accepts an event for asynchronous invocation, with retries, and returns its request id at once.
    ///
    /// # Errors
    ///
    /// [`InvokeError`]: the function is unknown, the payload is too large, or too many events wait.
    pub fn invoke_event(&self, function: &str, payload: Bytes) -> Result<String, InvokeError> {
        let fleet = self.fleet(function)?;
        check_size(&payload, self.0.limits.event_bytes)?;
        let permit = self.0.events.clone().try_acquire_owned().map_err(|_| InvokeError::Throttled {
            function: function.to_owned(),
            limit: self.0.limits.events,
        })?;
        let invocation = Invocation::new(payload);
        let id = invocation.id.clone();
        let (retries, log) = (self.0.retries.clone(), self.0.log.clone());
        tokio::spawn(async move {
            handle_event(&fleet, &invocation, &retries, log.as_ref()).await;
            drop(permit);
        });
        Ok(id)
    }

    /// Checks that a function could be invoked with this payload, as the invocation type `DryRun` does.
    ///
    /// # Errors
    ///
    /// [`InvokeError`]: the function is unknown or the payload is too large.
    pub fn check(&self, function: &str, payload: &Bytes) -> Result<(), InvokeError> {
        self.fleet(function)?;
        check_size(payload, self.0.limits.request_bytes)
    }

    /// Ends the processes without work and throttles every further invocation; those in flight go on.
    pub fn close(&self) {
        self.0.fleets.values().for_each(|fleet| fleet.close());
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    fn fleet(&self, function: &str) -> Result<Arc<Fleet>, InvokeError> {
        let fleet = self.0.fleets.get(function).cloned();
        fleet.ok_or_else(|| InvokeError::NotFound { function: function.to_owned() })
    }
}

fn check_size(payload: &Bytes, limit_bytes: usize) -> Result<(), InvokeError> {
    match payload.len() {
        size_bytes if size_bytes > limit_bytes => Err(InvokeError::TooLarge { size_bytes, limit_bytes }),
        _ => Ok(()),
    }
}

async fn handle_event(fleet: &Fleet, invocation: &Invocation, retries: &Retries, log: &dyn Log) {
    let accepted = Instant::now();
    let mut attempts = Attempts::default();
    while let Err(error) = fleet.run(invocation).await {
        let Some(wait) = attempts.next(retries, &error, accepted.elapsed()) else {
            return log.line(&fleet.function.name, &format!("event {} is discarded: {error}", invocation.id));
        };
        sleep(wait).await;
    }
}

/// Ends idle processes for as long as the host exists.
async fn end_idle(host: Weak<Inner>) {
    let mut ticks = interval(IDLE_CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(host) = host.upgrade() else { return };
        host.fleets.values().for_each(|fleet| fleet.end_idle());
    }
}
