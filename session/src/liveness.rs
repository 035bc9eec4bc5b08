//! Handles time-outs, pings, and events after which a socket may be dead.

use super::constants::{FIRST_REPLY_MS, OFFLINE_RETRY_MS, PONG_MS, PROBE_MS, SECOND_REPLY_MS};
use super::link::{Link, Phase, Ping};
use super::timers::Timer;
use super::{Cause, Effect, Event, Now, Session, SocketId, State};
use shared::client;

impl Session {
    /// Detects a sleep of the machine and reacts to it. Every public method that takes the time calls this method
    /// first.
    pub(super) fn observe(&mut self, now: Now) {
        let due_ms = self.poll_timeout();
        if self.wake.slept(now, due_ms) {
            self.woke(now);
        }
    }

    pub(super) fn links_due(&self) -> Option<u64> {
        self.link.iter().chain(&self.successor).filter_map(|link| link.due(self.visible)).min()
    }

    pub(super) fn time_passed(&mut self, now: Now) {
        while let Some(timer) = self.timers.expired(now.mono_ms) {
            self.timer_expired(timer, now);
        }
        let dropped = self.outbox.pass_time(now.mono_ms);
        self.events.extend(dropped);
        for socket in self.sockets() {
            self.check_phase(socket, now);
            self.check_liveness_due(socket, now);
            self.check_pings(socket, now);
            self.check_requests(socket, now);
        }
    }

    pub(super) fn network_changed(&mut self, online: bool, now: Now) {
        self.online = online;
        match self.state {
            State::Connected | State::Rotating => self.probe(now),
            State::Connecting | State::Handshaking if !online => self.abandon_attempt(now),
            State::Waiting | State::Suspended if !online => {
                self.timers.set(Timer::Retry, now.mono_ms + OFFLINE_RETRY_MS);
                self.enter(State::Offline, now);
            }
            State::Waiting | State::Suspended | State::Offline if online => self.connect(now),
            State::Idle
            | State::Connecting
            | State::Handshaking
            | State::Waiting
            | State::Suspended
            | State::Offline
            | State::Failed
            | State::Closing
            | State::Closed => {}
        }
    }

    pub(super) fn visibility_changed(&mut self, visible: bool, now: Now) {
        let was_visible = std::mem::replace(&mut self.visible, visible);
        let shown = visible && !was_visible;
        if shown && self.state.is_between_attempts() {
            self.connect(now);
        } else if shown && self.state.is_connected() {
            self.probe(now);
        }
    }

    /// Sends a ping that has to be answered within `timeout_ms`. Returns the message as text, so that it can be sent
    /// again.
    pub(super) fn ping(&mut self, socket: SocketId, timeout_ms: u64, now: Now) -> String {
        let text = client::Ping { t: now.wall_ms }.to_json();
        if let Some(link) = self.link_mut(socket) {
            let due_ms = now.mono_ms + timeout_ms;
            link.ping = Some(Ping { t: now.wall_ms, sent_ms: now.mono_ms, timeout_ms, due_ms });
            self.effects.push_back(Effect::Send { socket, text: text.clone() });
        }
        text
    }

    fn sockets(&self) -> Vec<SocketId> {
        self.link.iter().chain(&self.successor).map(|link| link.id).collect()
    }

    fn timer_expired(&mut self, timer: Timer, now: Now) {
        match timer {
            Timer::Retry => self.connect(now),
            Timer::Close => self.finish_closing(now),
            Timer::Banner => self.emit(Event::BannerChanged),
            Timer::Rotate => self.begin_rotation(now),
            Timer::CatchUp => self.end_rotation(now),
        }
    }

    fn check_phase(&mut self, socket: SocketId, now: Now) {
        let Some(link) = self.link_mut(socket) else {
            return;
        };
        if link.phase_due().is_none_or(|due_ms| due_ms > now.mono_ms) {
            return;
        }
        match link.phase {
            Phase::Opening => self.drop_socket(socket, Cause::OpenTimeout, now),
            Phase::Greeting { again: true } => self.drop_socket(socket, Cause::NoReply, now),
            Phase::Greeting { again: false } | Phase::Ready { .. } => self.greet_again(socket, now),
        }
    }

    fn greet_again(&mut self, socket: SocketId, now: Now) {
        if let Some(link) = self.link_mut(socket) {
            link.greet(true, now);
            let texts = link.greeting.clone();
            self.effects.extend(texts.into_iter().map(|text| Effect::Send { socket, text }));
        }
    }

    /// Sends a ping on `socket` if the check that [`Session::check_liveness`] has scheduled is due.
    pub(super) fn check_liveness_due(&mut self, socket: SocketId, now: Now) {
        if self.link_mut(socket).is_some_and(|link| link.take_liveness_check(now)) {
            self.probe_socket(socket, now);
        }
    }

    fn check_pings(&mut self, socket: SocketId, now: Now) {
        let visible = self.visible;
        let is_over = |due: Option<u64>| due.is_some_and(|due_ms| due_ms <= now.mono_ms);
        let Some(link) = self.link_mut(socket) else {
            return;
        };
        if is_over(link.pong_due()) {
            self.drop_socket(socket, Cause::Silent, now);
        } else if is_over(link.ping_due(visible)) {
            self.ping(socket, PONG_MS, now);
        }
    }

    fn check_requests(&mut self, socket: SocketId, now: Now) {
        while let Some(pending) = self.link_mut(socket).and_then(|link| link.expired(now)) {
            self.request_timed_out(socket, pending.request, now);
        }
    }

    /// Checks if the socket in use is alive: sends a ping with the short deadline [`PROBE_MS`]. If a ping is unanswered
    /// already, its deadline is shortened instead.
    pub(super) fn probe(&mut self, now: Now) {
        if let Some(socket) = self.link.as_ref().map(|link| link.id) {
            self.probe_socket(socket, now);
        }
    }

    pub(super) fn probe_socket(&mut self, socket: SocketId, now: Now) {
        let Some(link) = self.link_mut(socket).filter(|link| link.is_ready()) else {
            return;
        };
        match &mut link.ping {
            Some(ping) => ping.shorten_deadline(now.mono_ms + PROBE_MS),
            None => {
                self.ping(socket, PROBE_MS, now);
            }
        }
    }

    /// Reacts to a sleep of the machine. No answer could arrive during it, and the socket is probably dead, so it is
    /// checked.
    fn woke(&mut self, now: Now) {
        self.clock.forget();
        match self.state {
            State::Connected | State::Rotating => {
                self.link.iter_mut().chain(&mut self.successor).for_each(|link| link.extend_deadlines(now));
                self.probe(now);
            }
            State::Connecting | State::Handshaking | State::Waiting | State::Suspended | State::Offline => {
                self.connect(now);
            }
            State::Idle | State::Failed | State::Closing | State::Closed => {}
        }
    }

    /// Ends the current attempt to connect, because the machine has no network.
    fn abandon_attempt(&mut self, now: Now) {
        if let Some(socket) = self.link.as_ref().map(|link| link.id) {
            self.drop_socket(socket, Cause::Offline, now);
        }
    }

    pub(super) fn drop_socket(&mut self, socket: SocketId, cause: Cause, now: Now) {
        if let Some(link) = self.take_link(socket) {
            self.effects.push_back(Effect::CloseSocket { socket });
            self.lost(link, cause, now);
        }
    }

    /// Handles every unanswered request of a closed socket as lost.
    pub(super) fn release(&mut self, link: Link, now: Now) {
        for pending in link.requests.into_values() {
            self.request_lost(pending.request, now);
        }
    }

    /// Time within which the first messages on a socket have to be answered, in milliseconds. It includes the time
    /// after they were sent a second time.
    pub(super) const GREETING_MS: u64 = FIRST_REPLY_MS + SECOND_REPLY_MS;
}
