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
use crate::environment::{ACCOUNT_ID, REGION};
use crate::function::Function;
use crate::function_error::FunctionError;
use crate::invocation::{Invocation, NextInvocation, deadline_ms};
use crate::limits::Limits;
use crate::log::{Log, log_lines};
use crate::runtime_api::{self, RuntimeRequest, Verdict};

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
    }
}

impl Sandbox {
    /// Starts a process and waits until it requests its first event. If that fails, a second process is started, whose
    /// time limit is the function's own time-out. Lambda does the same before it fails an invocation.
    ///
    /// # Errors
    ///
    /// The error of the second process.
    pub async fn start(
        function: &Function,
        limits: &Limits,
        log: &Arc<dyn Log>,
        request_id: &str,
    ) -> Result<Self, FunctionError> {
        match Self::attempt(function, limits, log, request_id, limits.init).await {
            Ok(sandbox) => Ok(sandbox),
            Err(first) => {
                log.line(&function.name, &format!("INIT failed, starting a second process: {first}"));
                Self::attempt(function, limits, log, request_id, function.timeout).await
            }
        }
    }

    async fn attempt(
        function: &Function,
        limits: &Limits,
        log: &Arc<dyn Log>,
        request_id: &str,
        limit: Duration,
    ) -> Result<Self, FunctionError> {
        let mut sandbox = Self::spawn(function, limits, log).await.map_err(|error| {
            FunctionError::not_started(request_id, &function.program.display().to_string(), &error)
        })?;
        sandbox.initialise(request_id, limit).await?;
        Ok(sandbox)
    }

    async fn spawn(function: &Function, limits: &Limits, log: &Arc<dyn Log>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let mut process = command::new(function, address).spawn()?;
        let group = ProcessGroup::of(&process);
        if let Some(stdout) = process.stdout.take() {
            tokio::spawn(log_lines(log.clone(), function.name.clone(), stdout));
        }
        if let Some(stderr) = process.stderr.take() {
            tokio::spawn(log_lines(log.clone(), function.name.clone(), stderr));
        }
        let (sender, requests) = mpsc::channel(WAITING_REQUESTS);
        let api = tokio::spawn(runtime_api::serve(listener, sender, limits.response_bytes));
        Ok(Self { process, requests, waiting: None, is_broken: false, api, group })
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
        let deadline = Instant::now() + function.timeout;
        let next = NextInvocation {
            invocation: invocation.clone(),
            deadline_ms: deadline_ms(function.timeout),
            arn: function.arn(REGION, ACCOUNT_ID),
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
