//! From one state to another: attempts, losses, patience, and the end.

use super::constants::{
    BANNER_MS, CLOSE_MS, OFFLINE_RETRY_MS, STABLE_MS, SUSPEND_AFTER_MS, SUSPENDED_RETRY_MS,
};
use super::link::{Link, Phase};
use super::{Cause, Effect, Event, Now, Refusal, Session, SessionFailure, SocketId, State, Timer, backoff};
use shared::server::Disconnect;
use shared::{Advice, handshake};

/// Close code 1008, by which servers refuse who is there rather than what was sent.
const POLICY_VIOLATION: u16 = 1008;
/// Close code 1009: a message was too large for whoever received it.
const TOO_LARGE: u16 = 1009;

/// What is known about the trouble there is.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// Attempts since the last connection that stood: those that failed, and those it did not outlive.
    attempts: u32,
    /// Since when no connection has stood.
    failing_since_ms: Option<u64>,
    /// Since when there is no connection.
    down_since_ms: Option<u64>,
    pub(super) cause: Option<Cause>,
    pub(super) failure: Option<SessionFailure>,
    /// Whether the server has refused the token once, so that the next refusal is final.
    token_doubted: bool,
    /// Whether a connection has ever been made, so that the next is a reconnection.
    connected_before: bool,
}

impl Trouble {
    /// Whether it has lasted long enough to be shown, or cannot pass by itself.
    pub(super) fn is_news(&self, state: State, now_ms: u64) -> bool {
        state == State::Failed || self.lasted_ms(state, now_ms).is_some_and(|ms| ms >= BANNER_MS)
    }

    /// How long there has been no connection, in milliseconds.
    pub(super) fn lasted_ms(&self, state: State, now_ms: u64) -> Option<u64> {
        let since_ms = self.down_since_ms.filter(|_| state.is_down())?;
        Some(now_ms.saturating_sub(since_ms))
    }
}

impl Session {
    /// `open()`.
    pub(super) fn start(&mut self, now: Now) {
        match self.state {
            State::Idle | State::Closed | State::Closing | State::Failed => {
                self.trouble =
                    Trouble { connected_before: self.trouble.connected_before, ..Trouble::default() };
                self.connect(now);
            }
            State::Connecting
            | State::Handshaking
            | State::Connected
            | State::Rotating
            | State::Waiting
            | State::Suspended
            | State::Offline => {}
        }
    }

    /// `close()`.
    pub(super) fn stop(&mut self, now: Now) {
        if matches!(self.state, State::Closing | State::Closed) {
            return;
        }
        self.closing = self.drop_links(now);
        let undelivered = self.outbox.clear();
        self.events.extend(undelivered);
        if self.closing.is_some() {
            self.timers.set(Timer::Close, now.mono_ms + CLOSE_MS);
            self.enter(State::Closing, now);
        } else {
            self.enter(State::Closed, now);
        }
    }

    /// Begins an attempt now, whatever is being waited for.
    pub(super) fn connect(&mut self, now: Now) {
        self.drop_links(now);
        self.closing = None;
        self.trouble.failing_since_ms.get_or_insert(now.mono_ms);
        self.link = Some(self.open_socket(now));
        self.enter(State::Connecting, now);
    }

    pub(super) fn open_socket(&mut self, now: Now) -> Link {
        self.sockets_used = self.sockets_used.wrapping_add(1);
        let socket = SocketId(self.sockets_used);
        let protocols = handshake::offer(self.token.as_deref());
        self.effects.push_back(Effect::OpenSocket { socket, protocols });
        Link::new(socket, now)
    }

    /// The socket is open: say what is wanted. The server has nothing to say before that.
    pub(super) fn opened(&mut self, socket: SocketId, now: Now) {
        let Some(link) = self.link_mut(socket).filter(|link| link.phase == Phase::Opening) else {
            return;
        };
        link.greet(false, now);
        self.greet(socket, now);
        if self.is_main(socket) {
            self.enter(State::Handshaking, now);
        }
    }

    /// The first reply came: the server answers.
    pub(super) fn established(&mut self, now: Now) {
        self.stats.reconnects += u64::from(self.trouble.connected_before);
        self.trouble.connected_before = true;
        self.trouble.down_since_ms = None;
        self.trouble.cause = None;
        self.set_rotation(None, now);
        self.enter(State::Connected, now);
    }

    pub(super) fn closed(&mut self, socket: SocketId, code: u16, now: Now) {
        self.closing_is_over(socket, now);
        let is_main = self.is_main(socket);
        let Some(mut link) = self.take_link(socket) else {
            return;
        };
        if code == TOO_LARGE {
            self.refuse_largest(&mut link);
        }
        let opened = link.phase != Phase::Opening;
        let cause = if opened { Cause::Closed { code } } else { Cause::Unreachable };
        let refused = code == POLICY_VIOLATION && self.is_token_refused_again();
        self.ended(link, cause, refused.then_some(SessionFailure::SignIn).filter(|_| is_main), None, now);
    }

    pub(super) fn refused(&mut self, socket: SocketId, refusal: Refusal, now: Now) {
        self.closing_is_over(socket, now);
        let is_main = self.is_main(socket);
        let Some(link) = self.take_link(socket) else {
            return;
        };
        let cause = refusal.status.map_or(Cause::Unreachable, |status| Cause::Refused { status });
        let failure = self.final_refusal(refusal).filter(|_| is_main);
        self.ended(link, cause, failure, refusal.retry_after_ms, now);
    }

    /// The server said that it is about to close the socket, and what to do.
    pub(super) fn dismissed(&mut self, socket: SocketId, message: &Disconnect, now: Now) {
        let is_main = self.is_main(socket);
        let Some(link) = self.take_link(socket) else {
            return;
        };
        self.effects.push_back(Effect::CloseSocket { socket });
        let failure = match message.code.advice() {
            Advice::SignIn => Some(SessionFailure::SignIn),
            Advice::GiveUp => Some(SessionFailure::Removed),
            Advice::Retry | Advice::Change | Advice::Reconnect => {
                (!message.reconnect).then_some(SessionFailure::Removed)
            }
        };
        let hint_ms = message.window_ms.map(|window_ms| self.rng.up_to(window_ms));
        let cause = Cause::Server { code: message.code };
        self.ended(link, cause, failure.filter(|_| is_main), hint_ms, now);
    }

    /// The reason to give up after a refused handshake; `None` if the next attempt may succeed.
    ///
    /// Before the first connection there may be no Tickertape server at this address at all, so every answer counts.
    /// Afterwards there is one, and what a proxy answers in its place while it is being redeployed (404, 403, a redirect,
    /// a page with 200) passes: only the server itself can end the session.
    fn final_refusal(&self, refusal: Refusal) -> Option<SessionFailure> {
        let status = refusal.status?;
        let is_believed = refusal.is_from_server || !self.trouble.connected_before;
        match status {
            401 if is_believed => Some(SessionFailure::SignIn),
            403 if is_believed => Some(SessionFailure::Forbidden),
            401 | 403 | 408 | 425 | 429 => None,
            200..=499 if !self.trouble.connected_before => Some(SessionFailure::NotTickertape { status }),
            _ => None,
        }
    }

    /// Whether this refusal of the token is the second, so that asking for a fresh one has been in vain.
    fn is_token_refused_again(&mut self) -> bool {
        let again = std::mem::replace(&mut self.trouble.token_doubted, true);
        if !again {
            self.tell(Event::TokenWanted);
        }
        again
    }

    fn ended(
        &mut self,
        link: Link,
        cause: Cause,
        failure: Option<SessionFailure>,
        hint_ms: Option<u64>,
        now: Now,
    ) {
        match failure {
            Some(failure) => {
                self.release(link, now);
                self.fail(failure, now);
            }
            None => self.lost_with_hint(link, cause, hint_ms, now),
        }
    }

    /// A socket is gone that should not be.
    pub(super) fn lost(&mut self, link: Link, cause: Cause, now: Now) {
        self.lost_with_hint(link, cause, None, now);
    }

    fn lost_with_hint(&mut self, link: Link, cause: Cause, hint_ms: Option<u64>, now: Now) {
        let stood = link.ready_for_ms(now);
        self.release(link, now);
        if self.link.is_some() {
            self.rotation_failed(now);
            return;
        }
        if stood.is_some_and(|ms| ms >= STABLE_MS) {
            self.trouble.attempts = 0;
            self.trouble.failing_since_ms = None;
            self.trouble.token_doubted = false;
        } else {
            self.trouble.attempts = self.trouble.attempts.saturating_add(1);
        }
        self.trouble.cause = Some(cause);
        if self.successor.as_ref().is_none_or(|link| !link.is_ready()) {
            self.tell_loss(cause, stood.is_some());
        }
        if self.successor.is_some() {
            self.promote_successor(now);
        } else {
            self.wait(cause, stood.is_some(), hint_ms, now);
        }
    }

    fn tell_loss(&mut self, cause: Cause, was_connected: bool) {
        if was_connected {
            self.tell(Event::Disconnected { cause });
        } else {
            self.stats.failed_attempts += 1;
        }
    }

    /// Waits for the next attempt.
    fn wait(&mut self, cause: Cause, was_connected: bool, hint_ms: Option<u64>, now: Now) {
        let since_ms = *self.trouble.failing_since_ms.get_or_insert(now.mono_ms);
        let (state, delay_ms) = if !self.online {
            (State::Offline, OFFLINE_RETRY_MS)
        } else if now.mono_ms.saturating_sub(since_ms) >= SUSPEND_AFTER_MS {
            (State::Suspended, backoff::spread_ms(SUSPENDED_RETRY_MS, &mut self.rng))
        } else {
            (State::Waiting, self.backoff_ms())
        };
        // At least a moment, so that the passing of time always comes to an end.
        let retry_in_ms = hint_ms.unwrap_or(delay_ms).max(1);
        self.timers.set(Timer::Retry, now.mono_ms + retry_in_ms);
        self.enter(state, now);
        if !was_connected {
            let attempt = self.trouble.attempts;
            self.tell(Event::AttemptFailed { cause, attempt, retry_in_ms });
        }
    }

    /// Half a second at most after a loss and after the first failure, then ever longer.
    fn backoff_ms(&mut self) -> u64 {
        backoff::delay_ms(self.trouble.attempts.saturating_sub(1), &mut self.rng)
    }

    /// Gives up until a person does something.
    pub(super) fn fail(&mut self, failure: SessionFailure, now: Now) {
        self.drop_links(now);
        self.trouble.failure = Some(failure);
        self.enter(State::Failed, now);
        if failure == SessionFailure::SignIn {
            self.tell(Event::TokenWanted);
        }
        self.tell(Event::Failed { failure });
    }

    /// The socket that was being closed is closed.
    fn closing_is_over(&mut self, socket: SocketId, now: Now) {
        if self.closing == Some(socket) {
            self.finish_closing(now);
        }
    }

    pub(super) fn finish_closing(&mut self, now: Now) {
        self.closing = None;
        self.enter(State::Closed, now);
    }

    /// Closes every socket. Returns the one that was in use.
    fn drop_links(&mut self, now: Now) -> Option<SocketId> {
        let main = self.link.as_ref().map(|link| link.id);
        let links = self.link.take().into_iter().chain(self.successor.take());
        for link in links.collect::<Vec<_>>() {
            self.effects.push_back(Effect::CloseSocket { socket: link.id });
            self.release(link, now);
        }
        main
    }

    /// Enters `state`, and leaves behind the timers of the one before.
    pub(super) fn enter(&mut self, state: State, now: Now) {
        let from = std::mem::replace(&mut self.state, state);
        if from == state {
            return;
        }
        self.tell(Event::StateChanged { from, to: state });
        if !state.is_between_attempts() {
            self.timers.stop(Timer::Retry);
        }
        if state != State::Closing {
            self.timers.stop(Timer::Close);
        }
        if state != State::Rotating {
            self.timers.stop(Timer::CatchUp);
        }
        if !state.is_connected() {
            self.timers.stop(Timer::Rotate);
        }
        if state != State::Failed {
            self.trouble.failure = None;
        }
        self.time_banner(now);
    }

    /// Sets the moment at which trouble becomes news.
    fn time_banner(&mut self, now: Now) {
        if !self.state.is_down() {
            self.trouble.down_since_ms = None;
            self.timers.stop(Timer::Banner);
        } else if self.trouble.down_since_ms.is_none() {
            self.trouble.down_since_ms = Some(now.mono_ms);
            self.timers.set(Timer::Banner, now.mono_ms + BANNER_MS);
        }
    }

    pub(super) fn is_main(&self, socket: SocketId) -> bool {
        self.link.as_ref().is_some_and(|link| link.id == socket)
    }

    pub(super) fn link_mut(&mut self, socket: SocketId) -> Option<&mut Link> {
        self.link.iter_mut().chain(&mut self.successor).find(|link| link.id == socket)
    }

    pub(super) fn take_link(&mut self, socket: SocketId) -> Option<Link> {
        let main = self.link.take_if(|link| link.id == socket);
        main.or_else(|| self.successor.take_if(|link| link.id == socket))
    }
}
