//! Runs a session: does what it asks for, tells it what happened, and hands on what it has to tell.

use std::collections::HashMap;

use tickertape_session::{Effect, Event, Now, Session, Settings, SocketId, State};
use tokio::sync::mpsc;

use super::clock::Clock;
use super::fault::Fault;
use super::socket::{self, Happening, Order};
use super::{Target, given_up};
use crate::failure::Failure;

/// What sockets have to tell and the session has not heard yet. When this is full, they stop reading.
const HAPPENINGS: usize = 64;

/// A session with its sockets.
pub struct Driver {
    session: Session,
    target: Target,
    clock: Clock,
    sockets: HashMap<SocketId, mpsc::UnboundedSender<Order>>,
    happenings: mpsc::Receiver<(SocketId, Happening)>,
    tell: mpsc::Sender<(SocketId, Happening)>,
    has_been_connected: bool,
    /// Why the last call came to nothing.
    fault: Fault,
}

impl Driver {
    /// A session with this server, opened.
    pub fn open(target: Target, settings: Settings) -> Self {
        Self::open_by_chance(target, settings, rand::random())
    }

    /// The same, with every pause of the session decided by `seed`.
    pub fn open_by_chance(target: Target, settings: Settings, seed: u64) -> Self {
        let (tell, happenings) = mpsc::channel(HAPPENINGS);
        let settings = Settings { token: target.token.clone(), ..settings };
        let mut driver = Self {
            session: Session::new(settings, seed),
            target,
            clock: Clock::start(),
            sockets: HashMap::new(),
            happenings,
            tell,
            has_been_connected: false,
            fault: Fault::Unreachable { why: String::new() },
        };
        driver.command(Session::open);
        driver
    }

    /// The session, to look at.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether the server has ever answered.
    pub fn has_been_connected(&self) -> bool {
        self.has_been_connected
    }

    /// The clock the session runs on.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Hands the session a command.
    pub fn command<T>(&mut self, command: impl FnOnce(&mut Session, Now) -> T) -> T {
        let answer = command(&mut self.session, self.clock.now());
        self.perform();
        answer
    }

    /// The next thing the session has to tell. May be dropped while it waits and called again.
    ///
    /// # Errors
    ///
    /// When there is no point in going on: the session gave up, or nobody answered the very first call.
    pub async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            if let Some(event) = self.session.poll_event() {
                self.judge(&event)?;
                return Ok(event);
            }
            let due = self.session.poll_timeout().map(|at_ms| self.clock.instant(at_ms));
            tokio::select! {
                Some((socket, happening)) = self.happenings.recv() => self.happened(socket, happening),
                () = sleep_until(due) => self.session.handle_timeout(self.clock.now()),
            }
            self.perform();
        }
    }

    /// Closes the session and waits until the server has heard of it. The session bounds the time this takes.
    pub async fn close(&mut self) {
        self.command(Session::close);
        while self.session.state() == State::Closing {
            if self.next().await.is_err() {
                return;
            }
        }
    }

    fn judge(&mut self, event: &Event) -> Result<(), Failure> {
        match event {
            Event::StateChanged { to, .. } if to.is_connected() => self.has_been_connected = true,
            Event::AttemptFailed { .. } if !self.has_been_connected => {
                return Err(self.fault.to_failure(self.target.ws(), self.target.token.is_some()));
            }
            Event::Failed { failure } => return Err(given_up(*failure, &self.target)),
            _ => {}
        }
        Ok(())
    }

    fn happened(&mut self, socket: SocketId, happening: Happening) {
        let now = self.clock.now();
        match happening {
            Happening::Opened => self.session.socket_opened(socket, now),
            Happening::Message(text) => self.session.socket_message(socket, &text, now),
            Happening::Refused(fault) => {
                self.sockets.remove(&socket);
                self.session.socket_refused(socket, fault.to_refusal(), now);
                self.fault = fault;
            }
            Happening::Closed(code, reason) => {
                self.sockets.remove(&socket);
                self.session.socket_closed(socket, code, &reason, now);
            }
        }
    }

    fn perform(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, protocols } => self.open_socket(socket, protocols),
                Effect::Send { socket, text } => self.order(socket, Order::Send(text)),
                Effect::CloseSocket { socket } => self.order(socket, Order::Close),
            }
        }
    }

    fn open_socket(&mut self, socket: SocketId, protocols: Vec<String>) {
        let (orders, received) = mpsc::unbounded_channel();
        self.sockets.insert(socket, orders);
        tokio::spawn(socket::live(socket, self.target.clone(), protocols, received, self.tell.clone()));
    }

    /// A socket that has ended meanwhile will have told so by itself.
    fn order(&mut self, socket: SocketId, order: Order) {
        if let Some(orders) = self.sockets.get(&socket) {
            let _ = orders.send(order);
        }
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
