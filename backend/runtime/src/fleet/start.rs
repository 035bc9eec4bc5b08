//! Starts processes of a function, for an invocation that waits or ahead of the first one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{Fleet, NoProcess};
use crate::function_error::FunctionError;
use crate::invocation::random_uuid;
use crate::log::StartReport;
use crate::places::{Place, Places, Start};
use crate::sandbox::Sandbox;

/// Gets the outcome of a start, after the process was added to the pool. It gets nothing if the function was closed meanwhile.
type Started = oneshot::Receiver<Result<(), NoProcess>>;

impl Fleet {
    /// Starts a process for an invocation, if both the function and the host have a place for it. When it has started, it is passed to
    /// the invocation that has waited longest.
    pub(super) fn start(self: &Arc<Self>, request_id: &str) -> Option<Started> {
        let (place, start) = self.place(Places::take)?;
        let (function, shared, request_id) =
            (self.function.clone(), self.shared.clone(), request_id.to_owned());
        let process = async move {
            let began = Instant::now();
            let mut sandbox = Sandbox::start(&function, &shared, &request_id, place).await?;
            sandbox.set_init(began.elapsed());
            Ok(sandbox)
        };
        Some(self.add_when_started(start, process))
    }

    /// Starts a process before the first invocation and waits until it has started, unless the function has a process already or there
    /// is no free place. The outcome is reported to the log.
    pub async fn start_ahead(self: &Arc<Self>) {
        if self.own_places.taken() > 0 {
            return;
        }
        // The process of another function is worth more than one that nobody has asked for.
        let Some((place, start)) = self.place(Places::take_free) else { return };
        let (function, shared, began) = (self.function.clone(), self.shared.clone(), Instant::now());
        let process = async move {
            Sandbox::attempt(&function, &shared, &random_uuid(), shared.limits.init, place).await
        };
        let error = match self.add_when_started(start, process).await {
            Ok(Ok(())) => None,
            Ok(Err(NoProcess::Failed { error, .. })) => Some(error),
            Ok(Err(NoProcess::Closed)) | Err(_) => return,
        };
        let (function, init) = (self.function.name.clone(), began.elapsed());
        self.shared.log.started_ahead(&StartReport { function, init, error });
    }

    /// Adds a process to the pool when it has started.
    fn add_when_started(
        self: &Arc<Self>,
        start: Start,
        process: impl Future<Output = Result<Sandbox, FunctionError>> + Send + 'static,
    ) -> Started {
        // The end of the fleet, by `end` or because it was dropped, ends the process.
        let (fleet, mut ended) = (Arc::downgrade(self), self.ended.subscribe());
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let began = Instant::now();
            let outcome = tokio::select! {
                biased;
                _ = ended.wait_for(|has_ended| *has_ended) => return,
                outcome = process => outcome,
            };
            // Now another process may start.
            drop(start);
            let (Some(fleet), init) = (fleet.upgrade(), began.elapsed()) else { return };
            let outcome = match outcome {
                Ok(sandbox) => {
                    fleet.add(sandbox, init);
                    Ok(())
                }
                Err(error) => Err(NoProcess::Failed { error, init }),
            };
            // An error means that the invocation has got another process.
            let _ = sender.send(outcome);
        });
        receiver
    }

    /// Adds a process that took this time to start.
    fn add(&self, sandbox: Sandbox, init: Duration) {
        self.times.send_if_modified(|times| times.add_init(init));
        let unused = self.pool().add(sandbox, self.now_ms());
        // Dropping the process ends it. It happens here, after the lock of the pool was released.
        drop(unused);
        self.places.notify();
    }

    /// Returns a place for a process, if both the function and the host have one, which `take` takes. The place of the function is freed
    /// before that of the host, whose change wakes those who wait.
    fn place(&self, take: impl FnOnce(&Places) -> Option<(Place, Start)>) -> Option<(Arc<Place>, Start)> {
        let (own, own_start) = self.own_places.take()?;
        let (place, start) = take(&self.places)?;
        Some((Arc::new(own.with(place)), own_start.with(start)))
    }
}
