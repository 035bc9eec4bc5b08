//! Transitions between states: attempts to connect, lost connections, waiting, giving up and closing.

use super::constants::{
    BANNER_MS, CLOSE_MS, OFFLINE_RETRY_MS, STABLE_MS, SUSPEND_AFTER_MS, SUSPENDED_RETRY_MS,
};
use super::link::{Link, Phase};
use super::outage::Outage;
use super::timers::Timer;
use super::{Cause, Effect, Event, Now, Refusal, Session, SessionFailure, SocketId, State, backoff};
use shared::server::Disconnect;
use shared::{Advice, handshake};

/// WebSocket close code by which a server refuses the client itself, and not only a message (RFC 6455, section 7.4.1).
const POLICY_VIOLATION: u16 = 1008;
/// WebSocket close code for a message that is too large for its receiver (RFC 6455, section 7.4.1).
const TOO_LARGE: u16 = 1009;

impl Session {
    /// Implements [`Session::open`]: begins an attempt to connect, unless the session is open already.
    pub(super) fn start(&mut self, now: Now) {
        match self.state {
            State::Idle | State::Closed | State::Closing | State::Failed => {
                self.outage = Outage { connected_before: self.outage.connected_before, ..Outage::default() };
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

    /// Implements [`Session::close`]: closes the sockets and drops the publish requests whose outcome is not known.
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

    /// Closes every socket and begins an attempt to connect.
    pub(super) fn connect(&mut self, now: Now) {
        self.drop_links(now);
        self.closing = None;
        self.outage.failing_since_ms.get_or_insert(now.mono_ms);
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

    /// Sends the first messages on a socket that has opened. The server sends nothing before it has received a message.
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

    /// Handles the first reply on a new connection, which is now established.
    pub(super) fn established(&mut self, now: Now) {
        self.stats.reconnects += u64::from(self.outage.connected_before);
        self.outage.connected_before = true;
        self.outage.down_since_ms = None;
        self.outage.cause = None;
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

    /// Handles the message `disconnect`. With it, the server announces that it will close the socket, and tells the
    /// client how to react.
    pub(super) fn disconnect_announced(&mut self, socket: SocketId, message: &Disconnect, now: Now) {
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

    /// Returns the reason to give up after a refused handshake, or `None` if the next attempt may succeed.
    ///
    /// Before the first successful connection, there may be no Tickertape server at this address, so a response of any
    /// origin can be a reason to give up. Afterwards, there is a server. While it is being redeployed, a proxy may
    /// answer instead (404, 403, a redirect, a page with 200). Therefore only a response from the server itself makes
    /// the session give up.
    fn final_refusal(&self, refusal: Refusal) -> Option<SessionFailure> {
        let status = refusal.status?;
        let is_believed = refusal.is_from_server || !self.outage.connected_before;
        match status {
            401 if is_believed => Some(SessionFailure::SignIn),
            403 if is_believed => Some(SessionFailure::Forbidden),
            401 | 403 | 408 | 425 | 429 => None,
            200..=499 if !self.outage.connected_before => Some(SessionFailure::NotTickertape { status }),
            _ => None,
        }
    }

    /// Returns true if the server has refused the token before. At the first refusal, emits [`Event::TokenWanted`] and
    /// returns false.
    fn is_token_refused_again(&mut self) -> bool {
        let again = std::mem::replace(&mut self.outage.token_refused, true);
        if !again {
            self.emit(Event::TokenWanted);
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

    /// Handles the loss of a socket that was not closed on request. If no other socket is left, the next attempt to
    /// connect is scheduled. If the connection is just being replaced, the session continues with the other socket.
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
            self.outage.attempts = 0;
            self.outage.failing_since_ms = None;
            self.outage.token_refused = false;
        } else {
            self.outage.attempts = self.outage.attempts.saturating_add(1);
        }
        self.outage.cause = Some(cause);
        if self.successor.as_ref().is_none_or(|link| !link.is_ready()) {
            self.emit_loss(cause, stood.is_some());
        }
        if self.successor.is_some() {
            self.promote_successor(now);
        } else {
            self.wait(cause, stood.is_some(), hint_ms, now);
        }
    }

    fn emit_loss(&mut self, cause: Cause, was_connected: bool) {
        if was_connected {
            self.emit(Event::Disconnected { cause });
        } else {
            self.stats.failed_attempts += 1;
        }
    }

    /// Schedules the next attempt to connect. It begins after a delay that depends on the number of failures, or after
    /// `hint_ms` if the server has asked for a longer delay.
    fn wait(&mut self, cause: Cause, was_connected: bool, hint_ms: Option<u64>, now: Now) {
        let since_ms = *self.outage.failing_since_ms.get_or_insert(now.mono_ms);
        let (state, usual_ms) = if !self.online {
            (State::Offline, OFFLINE_RETRY_MS)
        } else if now.mono_ms.saturating_sub(since_ms) >= SUSPEND_AFTER_MS {
            (State::Suspended, backoff::spread_ms(SUSPENDED_RETRY_MS, &mut self.rng))
        } else {
            (State::Waiting, self.backoff_ms())
        };
        // A server may ask for any delay, even for none, each time.
        let delay_ms = hint_ms.map_or(usual_ms, |hint_ms| hint_ms.max(self.backoff_ms()));
        // The delay is at least 1 ms, so that `handle_timeout` always makes progress.
        let retry_in_ms = delay_ms.max(1);
        self.timers.set(Timer::Retry, now.mono_ms.saturating_add(retry_in_ms));
        self.enter(state, now);
        if !was_connected {
            let attempt = self.outage.attempts;
            self.emit(Event::AttemptFailed { cause, attempt, retry_in_ms });
        }
    }

    /// Returns the delay before the next attempt, in milliseconds. It is at most half a second after the loss of a
    /// stable connection and after the first failed attempt, and its maximum then doubles with every attempt.
    fn backoff_ms(&mut self) -> u64 {
        backoff::delay_ms(self.outage.attempts.saturating_sub(1), &mut self.rng)
    }

    /// Gives up: closes every socket and makes no further attempt until the owner calls `open`, `set_token` or
    /// `retry_now`.
    pub(super) fn fail(&mut self, failure: SessionFailure, now: Now) {
        self.drop_links(now);
        self.outage.failure = Some(failure);
        self.enter(State::Failed, now);
        if failure == SessionFailure::SignIn {
            self.emit(Event::TokenWanted);
        }
        self.emit(Event::Failed { failure });
    }

    /// Enters the state `Closed` if `socket` is the socket that the session was waiting to close.
    fn closing_is_over(&mut self, socket: SocketId, now: Now) {
        if self.closing == Some(socket) {
            self.finish_closing(now);
        }
    }

    pub(super) fn finish_closing(&mut self, now: Now) {
        self.closing = None;
        self.enter(State::Closed, now);
    }

    /// Closes every socket. Returns the number of the socket that was in use, if there was one.
    fn drop_links(&mut self, now: Now) -> Option<SocketId> {
        let main = self.link.as_ref().map(|link| link.id);
        let links = self.link.take().into_iter().chain(self.successor.take());
        for link in links.collect::<Vec<_>>() {
            self.effects.push_back(Effect::CloseSocket { socket: link.id });
            self.release(link, now);
        }
        main
    }

    /// Enters `state` and stops the timers that are not used in it.
    pub(super) fn enter(&mut self, state: State, now: Now) {
        let from = std::mem::replace(&mut self.state, state);
        if from == state {
            return;
        }
        self.emit(Event::StateChanged { from, to: state });
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
            self.outage.failure = None;
        }
        self.time_banner(now);
    }

    /// Sets the timer that shows the banner about a lost connection, or stops it if there is a connection or none is
    /// wanted.
    fn time_banner(&mut self, now: Now) {
        if !self.state.is_down() {
            self.outage.down_since_ms = None;
            self.timers.stop(Timer::Banner);
        } else if self.outage.down_since_ms.is_none() {
            self.outage.down_since_ms = Some(now.mono_ms);
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
