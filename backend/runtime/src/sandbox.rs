//! One process of a function, from its start to its end ("Understanding the Lambda execution environment lifecycle").

mod command;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::environment::{ACCOUNT_ID, REGION};
use crate::invocation::{Invocation, Offer, deadline_ms};
use crate::log::{Log, pass_on};
use crate::runtime_api::{self, Verdict, Word};
use crate::{Failure, Function, Limits};

/// Words that a process says before the last one is heard; a well-behaved runtime waits for each answer.
const UNHEARD_WORDS: usize = 4;

/// A process and the Runtime API that is its alone. Dropped, it is killed.
pub(crate) struct Sandbox {
    process: Child,
    words: mpsc::Receiver<Word>,
    /// The request for an event that is not yet answered.
    asking: Option<oneshot::Sender<Offer>>,
    is_broken: bool,
    api: JoinHandle<()>,
}

/// What comes next from a process.
enum Heard {
    Word(Word),
    Exited(Failure),
    TimedOut,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.api.abort();
    }
}

impl Sandbox {
    /// Starts a process and waits until it asks for its first event. If that fails, it is tried once more with the
    /// function's own time-out, as Lambda does before it gives an invocation up.
    ///
    /// # Errors
    ///
    /// What the second process died of.
    pub async fn start(
        function: &Function,
        limits: &Limits,
        log: &Arc<dyn Log>,
        request_id: &str,
    ) -> Result<Self, Failure> {
        match Self::attempt(function, limits, log, request_id, limits.init).await {
            Ok(sandbox) => Ok(sandbox),
            Err(first) => {
                log.line(&function.name, &format!("INIT failed, is tried again: {first}"));
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
    ) -> Result<Self, Failure> {
        let mut sandbox = Self::spawn(function, limits, log).await.map_err(|error| {
            Failure::not_started(request_id, &function.program.display().to_string(), &error)
        })?;
        sandbox.initialise(request_id, limit).await?;
        Ok(sandbox)
    }

    async fn spawn(function: &Function, limits: &Limits, log: &Arc<dyn Log>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr()?;
        let mut process = command::of(function, address).spawn()?;
        if let Some(stdout) = process.stdout.take() {
            tokio::spawn(pass_on(log.clone(), function.name.clone(), stdout));
        }
        if let Some(stderr) = process.stderr.take() {
            tokio::spawn(pass_on(log.clone(), function.name.clone(), stderr));
        }
        let (speak, words) = mpsc::channel(UNHEARD_WORDS);
        let api = tokio::spawn(runtime_api::serve(listener, speak, limits.response_bytes));
        Ok(Self { process, words, asking: None, is_broken: false, api })
    }

    /// The init phase: over with the first request for an event.
    async fn initialise(&mut self, request_id: &str, limit: Duration) -> Result<(), Failure> {
        let deadline = Instant::now() + limit;
        loop {
            match self.hear(request_id, deadline).await {
                Heard::Word(Word::Next(asking)) => {
                    self.asking = Some(asking);
                    return Ok(());
                }
                Heard::Word(Word::InitFailed { failure, reply }) => {
                    accept(reply);
                    return Err(failure);
                }
                Heard::Word(Word::Answer { reply, .. }) => refuse(reply, Verdict::WrongState),
                Heard::Exited(failure) => return Err(failure),
                Heard::TimedOut => return Err(Failure::timed_out(request_id, limit)),
            }
        }
    }

    /// Hands out one event and waits for its answer. A process that exits or takes too long is of no more use.
    ///
    /// # Errors
    ///
    /// The handler's own failure, or the process's.
    pub async fn invoke(&mut self, function: &Function, invocation: &Invocation) -> Result<Bytes, Failure> {
        let deadline = Instant::now() + function.timeout;
        let offer = Offer {
            invocation: invocation.clone(),
            deadline_ms: deadline_ms(function.timeout),
            arn: function.arn(REGION, ACCOUNT_ID),
        };
        let mut unsent = hand_out(self.asking.take(), offer);
        loop {
            match self.hear(&invocation.id, deadline).await {
                Heard::Word(Word::Next(asking)) => {
                    // One that asks again without having answered gets no second event: its request is refused.
                    unsent = unsent.and_then(|offer| hand_out(Some(asking), offer));
                }
                Heard::Word(Word::InitFailed { reply, .. }) => refuse(reply, Verdict::WrongState),
                Heard::Word(Word::Answer { id, outcome, reply }) => {
                    if id == invocation.id && unsent.is_none() {
                        accept(reply);
                        return outcome;
                    }
                    refuse(reply, Verdict::WrongId);
                }
                Heard::Exited(failure) => return Err(failure),
                Heard::TimedOut => {
                    self.kill();
                    return Err(Failure::timed_out(&invocation.id, function.timeout));
                }
            }
        }
    }

    /// Whether it can take another event.
    pub fn is_usable(&mut self) -> bool {
        !self.is_broken && matches!(self.process.try_wait(), Ok(None))
    }

    async fn hear(&mut self, request_id: &str, deadline: Instant) -> Heard {
        let heard = tokio::select! {
            // What a process said before it ended counts.
            biased;
            Some(word) = self.words.recv() => Heard::Word(word),
            status = self.process.wait() => Heard::Exited(Failure::exited(request_id, status.ok())),
            () = sleep_until(deadline) => Heard::TimedOut,
        };
        self.is_broken |= matches!(heard, Heard::Exited(_));
        heard
    }

    fn kill(&mut self) {
        self.is_broken = true;
        // It may have ended by itself just now, which is as good.
        let _ = self.process.start_kill();
    }
}

/// Answers a request for an event; the offer comes back if nobody waits for the answer any more.
fn hand_out(asking: Option<oneshot::Sender<Offer>>, offer: Offer) -> Option<Offer> {
    match asking {
        Some(asking) => asking.send(offer).err(),
        None => Some(offer),
    }
}

fn accept(reply: oneshot::Sender<Verdict>) {
    refuse(reply, Verdict::Accepted);
}

/// A process that does not wait for the answer needs none.
fn refuse(reply: oneshot::Sender<Verdict>, verdict: Verdict) {
    let _ = reply.send(verdict);
}
