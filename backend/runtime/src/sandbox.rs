//! A process of a function, from its start to its end ("Understanding the Lambda execution environment lifecycle").

mod command;
mod group;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use self::group::ProcessGroup;
use crate::environment::VERSION;
use crate::function::Function;
use crate::function_error::FunctionError;
use crate::invocation::{Invocation, NextInvocation, deadline_ms};
use crate::limits::Limits;
use crate::log::{CurrentRequest, LogLine, log_lines};
use crate::places::Place;
use crate::runtime_api::{self, RuntimeRequest, Verdict};
use crate::shared::Shared;
use crate::sweeper::Sweeper;

/// Number of requests of a process that can be queued. A well-behaved runtime waits for each answer before it sends the
/// next request.
const WAITING_REQUESTS: usize = 4;

/// One process of a function, and the Runtime API that serves only this process. Dropping the sandbox kills the
/// process.
pub(crate) struct Sandbox {
    process: Child,
    requests: mpsc::Receiver<RuntimeRequest>,
    /// The process's unanswered request for its next event, if it has sent one.
    waiting: Option<oneshot::Sender<NextInvocation>>,
    is_broken: bool,
    api: JoinHandle<()>,
    group: ProcessGroup,
    current: CurrentRequest,
    log_stream: String,
    sweeper: Sweeper,
    /// True after the first event.
    has_handled: bool,
    /// Time that the start took, until an invocation has reported it.
    init: Option<Duration>,
    /// Counts the process against the maximum number of processes of the host.
    _place: Arc<Place>,
}

/// The next thing that happens to a process: it sends a request, it exits, or its time limit passes.
enum ProcessEvent {
    Request(RuntimeRequest),
    Exited(FunctionError),
    TimedOut,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.api.abort();
        self.group.kill();
        self.sweeper.sweep(&self.log_stream);
    }
}

impl Sandbox {
    /// Starts a process and waits until it requests its first event. If that fails, a second process is started, whose
    /// time limit follows from the function's own time-out. Lambda does the same before it fails an invocation.
    ///
    /// # Errors
    ///
    /// The error of the second process.
    pub async fn start(
        function: &Function,
        shared: &Shared,
        request_id: &str,
        place: Arc<Place>,
    ) -> Result<Self, FunctionError> {
        match Self::attempt(function, shared, request_id, shared.limits.init, place.clone()).await {
            Ok(sandbox) => Ok(sandbox),
            Err(first) => {
                // A process that reports an error has printed it.
                let reason = if first.is_of_host() { format!(": {first}") } else { String::new() };
                let text = format!("INIT failed, so a second process is started, as Lambda does{reason}");
                shared.log.line(&LogLine::of_host(&function.name, &text));
                let limit = second_limit(function.timeout, shared.limits.init);
                Self::attempt(function, shared, request_id, limit, place).await
            }
        }
    }

    /// Starts a process and waits until it requests its first event, for as long as `limit`.
    ///
    /// # Errors
    ///
    /// The error that the process has reported, or that of a process that exited, could not be started or took too long.
    pub async fn attempt(
        function: &Function,
        shared: &Shared,
        request_id: &str,
        limit: Duration,
        place: Arc<Place>,
    ) -> Result<Self, FunctionError> {
        let mut sandbox = Self::spawn(function, shared, place).await.map_err(|error| {
            FunctionError::not_started(request_id, &function.program.display().to_string(), &error)
        })?;
        sandbox.initialise(request_id, limit).await?;
        Ok(sandbox)
    }

    async fn spawn(function: &Function, shared: &Shared, place: Arc<Place>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let log_stream = format!("[{VERSION}]{:016x}", rand::random::<u64>());
        let mut process = command::new(function, address, &log_stream).spawn()?;
        let group = ProcessGroup::of(&process);
        let current = CurrentRequest::default();
        let Shared { limits, log, sweeper } = shared;
        if let Some(stdout) = process.stdout.take() {
            tokio::spawn(log_lines(log.clone(), function.name.clone(), current.clone(), stdout));
        }
        if let Some(stderr) = process.stderr.take() {
            tokio::spawn(log_lines(log.clone(), function.name.clone(), current.clone(), stderr));
        }
        let (sender, requests) = mpsc::channel(WAITING_REQUESTS);
        let api = tokio::spawn(runtime_api::serve(listener, sender, limits.response_bytes));
        Ok(Self {
            process,
            requests,
            waiting: None,
            is_broken: false,
            api,
            group,
            current,
            log_stream,
            sweeper: sweeper.clone(),
            has_handled: false,
            init: None,
            _place: place,
        })
    }

    /// Waits for the end of the init phase, which is when the process requests its first event.
    async fn initialise(&mut self, request_id: &str, limit: Duration) -> Result<(), FunctionError> {
        let deadline = Instant::now() + limit;
        loop {
            match self.next(request_id, deadline).await {
                ProcessEvent::Request(RuntimeRequest::Next(waiting)) => {
                    self.waiting = Some(waiting);
                    return Ok(());
                }
                ProcessEvent::Request(RuntimeRequest::InitFailed { error, reply }) => {
                    respond(reply, Verdict::Accepted);
                    return Err(error);
                }
                ProcessEvent::Request(RuntimeRequest::Answer { reply, .. }) => {
                    respond(reply, Verdict::WrongState)
                }
                ProcessEvent::Exited(error) => return Err(error),
                ProcessEvent::TimedOut => return Err(FunctionError::timed_out(request_id, limit)),
            }
        }
    }

    /// Passes one event to the process and waits for its answer. If the process exits or exceeds the function's
    /// time-out, it cannot be used again.
    ///
    /// # Errors
    ///
    /// The error that the handler returned, or the error of a process that exited or timed out.
    pub async fn invoke(
        &mut self,
        function: &Function,
        invocation: &Invocation,
    ) -> Result<Bytes, FunctionError> {
        self.has_handled = true;
        self.current.set(&invocation.id);
        let deadline = Instant::now() + function.timeout;
        let next = NextInvocation {
            invocation: invocation.clone(),
            deadline_ms: deadline_ms(function.timeout),
            arn: function.arn(),
        };
        let mut unsent = pass_on(self.waiting.take(), next);
        loop {
            match self.next(&invocation.id, deadline).await {
                ProcessEvent::Request(RuntimeRequest::Next(waiting)) => {
                    // A process that asks for another event before it has answered gets none: `waiting` is dropped,
                    // which refuses the request.
                    unsent = unsent.and_then(|next| pass_on(Some(waiting), next));
                }
                ProcessEvent::Request(RuntimeRequest::InitFailed { reply, .. }) => {
                    respond(reply, Verdict::WrongState);
                }
                ProcessEvent::Request(RuntimeRequest::Answer { id, outcome, reply }) => {
                    if id == invocation.id && unsent.is_none() {
                        respond(reply, Verdict::Accepted);
                        return outcome;
                    }
                    respond(reply, Verdict::WrongId);
                }
                ProcessEvent::Exited(error) => return Err(error),
                ProcessEvent::TimedOut => {
                    self.kill();
                    return Err(FunctionError::timed_out(&invocation.id, function.timeout));
                }
            }
        }
    }

    /// Waits until a process that has handled an event before requests the next one. Returns false if it exits instead, as
    /// Node does after an unhandled rejection. The next event then belongs to another process. The wait is no longer than
    /// `limit`, after which the process counts as ready, so that its next invocation times out.
    pub async fn is_ready(&mut self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.waiting.is_none() {
            match self.next("", deadline).await {
                ProcessEvent::Request(RuntimeRequest::Next(waiting)) => self.waiting = Some(waiting),
                ProcessEvent::Request(
                    RuntimeRequest::InitFailed { reply, .. } | RuntimeRequest::Answer { reply, .. },
                ) => respond(reply, Verdict::WrongState),
                ProcessEvent::Exited(_) => return false,
                ProcessEvent::TimedOut => return true,
            }
        }
        true
    }

    /// Sets the time that the start took, which its first invocation reports.
    pub fn set_init(&mut self, init: Duration) {
        self.init = Some(init);
    }

    /// Returns the time that the start took, once.
    pub fn take_init(&mut self) -> Option<Duration> {
        self.init.take()
    }

    /// Returns true if the process has handled an event.
    pub fn has_handled(&self) -> bool {
        self.has_handled
    }

    /// Returns true if the process is still running and can handle another event.
    pub fn is_usable(&mut self) -> bool {
        !self.is_broken && matches!(self.process.try_wait(), Ok(None))
    }

    async fn next(&mut self, request_id: &str, deadline: Instant) -> ProcessEvent {
        let event = tokio::select! {
            // Requests are checked first, because an answer that the process sent before it exited is valid.
            biased;
            Some(request) = self.requests.recv() => ProcessEvent::Request(request),
            status = self.process.wait() => ProcessEvent::Exited(FunctionError::exited(request_id, status.ok())),
            () = sleep_until(deadline) => ProcessEvent::TimedOut,
        };
        self.is_broken |= matches!(event, ProcessEvent::Exited(_));
        event
    }

    fn kill(&mut self) {
        self.is_broken = true;
        self.group.kill();
        // An error only means that the process has just exited by itself.
        let _ = self.process.start_kill();
    }
}

/// Returns the time limit of the second process. On Lambda it is the time-out of the function. If the first process may take longer than
/// on Lambda, since the machine is slower, so may the second one.
fn second_limit(timeout: Duration, init: Duration) -> Duration {
    timeout.saturating_add(init.saturating_sub(Limits::default().init))
}

/// Sends an event to a process that has requested one. Returns the event if it could not be sent, because there is no
/// such request or the process no longer waits for the answer.
fn pass_on(waiting: Option<oneshot::Sender<NextInvocation>>, next: NextInvocation) -> Option<NextInvocation> {
    match waiting {
        Some(waiting) => waiting.send(next).err(),
        None => Some(next),
    }
}

/// Sends the verdict about a request. An error is ignored: it means that the process no longer waits for the answer.
fn respond(reply: oneshot::Sender<Verdict>, verdict: Verdict) {
    let _ = reply.send(verdict);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_process_may_take_as_much_longer_as_the_first_one() {
        let limits = |timeout, init| second_limit(Duration::from_secs(timeout), Duration::from_secs(init));
        assert_eq!([limits(3, 10), limits(3, 1), limits(3, 60)].map(|limit| limit.as_secs()), [3, 3, 53]);
    }
}
