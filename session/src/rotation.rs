//! Rotation: replaces a connection before the gateway closes it. The new connection is made first, it receives what is
//! missing, and then the old one is closed. The publications of both connections pass the same record of delivered
//! offsets, so a publication that arrives on both is delivered once, and none is missed.
//!
//! # Example
//!
//! The server sends `rotate_in_ms` 6 600 000 (110 minutes). Offsets of `host/cpu` are in parentheses.
//!
//! | minute | old socket (1) | new socket (2) | state |
//! |---|---|---|---|
//! | 0 | subscribed; the timer is set to a random moment between minute 105 and 110 | – | connected |
//! | 107 | live (500) | opened | rotating |
//! | +20 ms | live (501) | handshake done; `subscribe` with `since` 501 is sent | rotating |
//! | +40 ms | live (502) | `subscribed`: position 502, replay from 501 | rotating |
//! | +41 ms | 502 was delivered already | replay (502), dropped as a duplicate | rotating |
//! | +42 ms | closed: no publish request waits on it, nothing is missing | used from now on | connected |
//!
//! If socket 1 is closed earlier, socket 2 is used immediately, and missing publications are requested on it. If
//! socket 2 fails, the rotation is repeated half a minute later. After 10 s of catching up, socket 1 is closed in any
//! case.

use super::constants::{CATCH_UP_MS, ROTATE_AGAIN_MS, ROTATE_LEAST_MS, ROTATE_MS, ROTATE_SPREAD_MS};
use super::link::{Link, Phase};
use super::timers::Timer;
use super::{Effect, Now, Session, SocketId, State, backoff};

impl Session {
    /// Sets the moment at which the connection is replaced. If the server asked for a time, `server_ms`, the moment is
    /// up to about 5 % (at most 5 minutes) earlier than that. Otherwise it is after about [`ROTATE_MS`]. The moment is
    /// random, so that clients which connected at the same time do not all reconnect at the same time.
    pub(super) fn set_rotation(&mut self, server_ms: Option<u64>, now: Now) {
        let in_ms = match server_ms {
            Some(server_ms) => {
                let server_ms = server_ms.max(ROTATE_LEAST_MS);
                let spread_ms = server_ms.min(ROTATE_MS) * ROTATE_SPREAD_MS / ROTATE_MS;
                server_ms - self.rng.up_to(spread_ms)
            }
            None => self.rng.around(ROTATE_MS, ROTATE_SPREAD_MS),
        };
        self.timers.set(Timer::Rotate, now.mono_ms.saturating_add(in_ms));
    }

    /// Handles the time after which the server wants the connection to be replaced. Every `subscribed` message contains
    /// this time, but only the first on a socket is used.
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

    /// Handles the first reply on a new connection that is to replace the old one: sets the time for catching up.
    pub(super) fn successor_ready(&mut self, now: Now) {
        self.set_rotation(None, now);
        self.timers.set(Timer::CatchUp, now.mono_ms + CATCH_UP_MS);
    }

    /// Closes the old connection if the new one has received everything that was missing and every publish request on
    /// the old one was answered.
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

    /// Closes the old connection, because the new one has had its full time to catch up. Missing publications are then
    /// requested on the new one.
    pub(super) fn end_rotation(&mut self, now: Now) {
        if self.successor.as_ref().is_some_and(Link::is_ready) {
            self.swap(now);
        }
    }

    /// Closes the new connection, because it cannot be used. The replacement is tried again later.
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

    /// Uses the new connection of a rotation (the replacement of a connection) immediately, because the old one was
    /// lost before the new one had received everything that was missing.
    pub(super) fn promote_successor(&mut self, now: Now) {
        self.link = self.successor.take();
        match self.link.as_ref().map(|link| link.phase) {
            Some(Phase::Ready { .. }) => self.enter(State::Connected, now),
            Some(Phase::Greeting { .. }) => self.enter(State::Handshaking, now),
            Some(Phase::Opening) | None => self.enter(State::Connecting, now),
        }
    }

    /// Returns the socket for new requests. While a connection is being replaced, it is the new socket as soon as every
    /// subscription is confirmed on it, and the old socket before that. Returns `None` if there is no connection.
    pub(super) fn request_socket(&self) -> Option<SocketId> {
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
