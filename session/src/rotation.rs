//! Replacing a connection before it is cut: the new one is made first, catches up, and then the old one
//! is closed. Both feed the same book, so what comes twice is dropped and nothing falls between.

use super::constants::{CATCH_UP_MS, ROTATE_AGAIN_MS, ROTATE_LEAST_MS, ROTATE_MS, ROTATE_SPREAD_MS};
use super::link::{Link, Phase};
use super::{Effect, Now, Session, SocketId, State, Timer, backoff};

impl Session {
    /// Sets when the connection is replaced: within `told_ms` if the server named a time, at most a
    /// twenty-second part earlier, so that viewers who came together do not rotate together.
    pub(super) fn set_rotation(&mut self, told_ms: Option<u64>, now: Now) {
        let in_ms = match told_ms {
            Some(told_ms) => {
                let told_ms = told_ms.max(ROTATE_LEAST_MS);
                let spread_ms = told_ms.min(ROTATE_MS) * ROTATE_SPREAD_MS / ROTATE_MS;
                told_ms - self.rng.up_to(spread_ms)
            }
            None => self.rng.around(ROTATE_MS, ROTATE_SPREAD_MS),
        };
        self.timers.set(Timer::Rotate, now.mono_ms + in_ms);
    }

    /// The server named a time, with every `subscribed`; the first on a socket counts.
    pub(super) fn learn_rotation(&mut self, socket: SocketId, rotate_in_ms: u64, now: Now) {
        if self.link_mut(socket).is_some_and(Link::learn_rotation) {
            self.set_rotation(Some(rotate_in_ms), now);
        }
    }

    pub(super) fn begin_rotation(&mut self, now: Now) {
        if self.state == State::Connected {
            self.successor = Some(self.open_socket(now));
            self.enter(State::Rotating, now);
        }
    }

    /// The server answers on the new connection.
    pub(super) fn successor_ready(&mut self, now: Now) {
        self.set_rotation(None, now);
        self.timers.set(Timer::CatchUp, now.mono_ms + CATCH_UP_MS);
    }

    /// Closes the old connection once the new one has everything.
    pub(super) fn finish_rotation(&mut self, now: Now) {
        let drained = self.link.as_ref().is_some_and(|link| link.publishes() == 0);
        if self.state == State::Rotating
            && drained
            && self.successor.as_ref().is_some_and(|link| self.is_complete(link))
            && !self.book.is_catching_up()
        {
            self.swap(now);
        }
    }

    /// The new connection had its time to catch up. What is missing is asked for on it.
    pub(super) fn end_rotation(&mut self, now: Now) {
        if self.successor.as_ref().is_some_and(Link::is_ready) {
            self.swap(now);
        }
    }

    /// The new connection is of no use.
    pub(super) fn end_successor(&mut self, now: Now) {
        if let Some(link) = self.successor.take() {
            self.effects.push_back(Effect::CloseSocket { socket: link.id });
            self.release(link, now);
            self.rotation_failed(now);
        }
    }

    pub(super) fn rotation_failed(&mut self, now: Now) {
        let again_ms = backoff::spread_ms(ROTATE_AGAIN_MS, &mut self.rng);
        self.timers.set(Timer::Rotate, now.mono_ms + again_ms);
        self.enter(State::Connected, now);
    }

    /// The old connection was lost before the new one was complete: the new one is all there is.
    pub(super) fn promote_successor(&mut self, now: Now) {
        self.link = self.successor.take();
        match self.link.as_ref().map(|link| link.phase) {
            Some(Phase::Ready { .. }) => self.enter(State::Connected, now),
            Some(Phase::Greeting { .. }) => self.enter(State::Handshaking, now),
            Some(Phase::Opening) | None => self.enter(State::Connecting, now),
        }
    }

    /// The connection to ask on: the new one as soon as it watches everything.
    pub(super) fn voice(&self) -> Option<SocketId> {
        let successor = self.successor.as_ref().filter(|link| self.is_complete(link));
        successor.or(self.link.as_ref().filter(|link| link.is_ready())).map(|link| link.id)
    }

    fn is_complete(&self, link: &Link) -> bool {
        link.is_ready() && self.subscriptions.iter().all(|wanted| link.confirmed.contains(&wanted.filter))
    }

    fn swap(&mut self, now: Now) {
        let old = std::mem::replace(&mut self.link, self.successor.take());
        if let Some(old) = old {
            self.effects.push_back(Effect::CloseSocket { socket: old.id });
            self.release(old, now);
        }
        self.stats.rotations += 1;
        self.enter(State::Connected, now);
    }
}
