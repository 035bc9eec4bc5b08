//! The functions of this machine.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::fleet::Fleet;
use crate::invocation::Invocation;
use crate::log::Log;
use crate::retry::Attempts;
use crate::{Failure, Function, InvokeError, Limits, Retries};

/// How often processes without work are looked at.
const COOLING: Duration = Duration::from_secs(10);

/// Runs functions. Clones are the same host; with the last of them, the processes end.
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
    /// A host of these functions. No process is started before there is work for it.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn new(functions: Vec<Function>, limits: Limits, retries: Retries, log: Arc<dyn Log>) -> Self {
        let fleet = |function: Function| {
            (function.name.clone(), Arc::new(Fleet::new(function, limits.clone(), log.clone())))
        };
        let fleets = functions.into_iter().map(fleet).collect();
        let events = Arc::new(Semaphore::new(limits.events.min(Semaphore::MAX_PERMITS)));
        let inner = Arc::new(Inner { fleets, limits, retries, log, events });
        tokio::spawn(cool(Arc::downgrade(&inner)));
        Self(inner)
    }

    /// The names of the functions.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.fleets.keys().map(String::as_str)
    }

    /// Invokes a function and waits for its answer. Once begun, an invocation ends, even if nobody waits any more.
    ///
    /// # Errors
    ///
    /// [`InvokeError`]: unknown, too large, throttled or failed.
    pub async fn invoke(&self, function: &str, payload: Bytes) -> Result<Bytes, InvokeError> {
        let fleet = self.fleet(function)?;
        check_size(&payload, self.0.limits.request_bytes)?;
        let invocation = Invocation::new(payload);
        let run = tokio::spawn(async move { fleet.run(&invocation).await });
        run.await.unwrap_or_else(|error| Err(Failure::of_service(error.to_string()).into()))
    }

    /// Accepts an event: it is handled soon, and again if that fails. Answers with its request id.
    ///
    /// # Errors
    ///
    /// Unknown, too large, or throttled because too many events wait.
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

    /// Whether a function could be invoked with this payload: what `DryRun` asks.
    ///
    /// # Errors
    ///
    /// Unknown or too large.
    pub fn check(&self, function: &str, payload: &Bytes) -> Result<(), InvokeError> {
        self.fleet(function)?;
        check_size(payload, self.0.limits.request_bytes)
    }

    /// Ends the processes without work and takes no more invocations; those in flight go on.
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
            return log.line(&fleet.function.name, &format!("event {} is given up: {error}", invocation.id));
        };
        sleep(wait).await;
    }
}

/// Ends processes that grow cold, for as long as there is a host.
async fn cool(host: Weak<Inner>) {
    let mut ticks = interval(COOLING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(host) = host.upgrade() else { return };
        host.fleets.values().for_each(|fleet| fleet.cool());
    }
}
