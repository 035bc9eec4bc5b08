//! Runs a session (the protocol as a state machine without IO) over tokio. It performs the socket operations that the
//! session requests, passes events of sockets and timers to it, and returns the session's events.

use std::collections::HashMap;

use tickertape_session::{Effect, Event, Now, Session, SessionFailure, Settings, SocketId, State};
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::socket::{self, SocketCommand, SocketEvent};
use crate::{ClientError, ConnectError, Target};

/// Maximum number of events of all sockets that the session has not handled yet. Sockets stop reading while there are
/// that many.
const EVENTS: usize = 64;
/// Close code that the session gets for a socket that was closed before it was open (RFC 6455, section 7.4.1).
const NEVER_OPENED: u16 = 1006;

/// Something that a socket of a [`Driver`] has received, or that has happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<'a> {
    /// The socket was opened.
    Opened,
    /// The socket has received this text message.
    Frame(&'a str),
    /// The socket was closed.
    Closed {
        /// WebSocket close code; 1006 if the connection broke.
        code: u16,
        /// Reason that the server gave, which may be empty.
        reason: &'a str,
    },
}

/// A function that gets everything that sockets receive.
type Tap = Box<dyn FnMut(Heard<'_>) + Send>;

/// A session (the protocol as a state machine without IO), with the sockets and the clock that it needs, run by tokio.
pub struct Driver {
    session: Session,
    target: Target,
    clock: Clock,
    sockets: HashMap<SocketId, mpsc::UnboundedSender<SocketCommand>>,
    received: mpsc::Receiver<(SocketId, SocketEvent)>,
    sender: mpsc::Sender<(SocketId, SocketEvent)>,
    has_been_connected: bool,
    /// Reason for which the last attempt to connect failed. Before the first attempt, it is a placeholder.
    last_error: ConnectError,
    tap: Option<Tap>,
}

impl Driver {
    /// Creates a session and connects it to the server `target`.
    pub fn open(target: Target, settings: Settings) -> Self {
        Self::open_with_seed(target, settings, rand::random())
    }

    /// Creates a session and connects it, as [`Driver::open`] does. `seed` determines its random choices, such as the
    /// delays between attempts to connect.
    pub fn open_with_seed(target: Target, settings: Settings, seed: u64) -> Self {
        let (sender, received) = mpsc::channel(EVENTS);
        let settings = settings.with_token(target.token().map(str::to_owned));
        let mut driver = Self {
            session: Session::new(settings, seed),
            target,
            clock: Clock::start(),
            sockets: HashMap::new(),
            received,
            sender,
            has_been_connected: false,
            last_error: ConnectError::Unreachable { reason: String::new() },
            tap: None,
        };
        driver.command(Session::open);
        driver
    }

    /// Returns the session, for reading its state.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns true if the session is connected or has been connected before.
    pub fn has_been_connected(&self) -> bool {
        self.has_been_connected
    }

    /// Calls `tap` from now on with everything that sockets receive, before the session handles it.
    pub fn tap(&mut self, tap: impl FnMut(Heard<'_>) + Send + 'static) {
        self.tap = Some(Box::new(tap));
    }

    /// Returns the clock whose time is passed to the session.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Calls a method of the session, such as `subscribe`, and performs the socket operations that it requests. Returns
    /// the result of the method.
    pub fn command<T>(&mut self, command: impl FnOnce(&mut Session, Now) -> T) -> T {
        let answer = command(&mut self.session, self.clock.now());
        self.perform();
        answer
    }

    /// Waits for the session's next event. The method is cancel safe: if its future is dropped, no event is lost.
    ///
    /// # Errors
    ///
    /// [`ClientError`], if the session has given up, or if its very first attempt to connect failed.
    pub async fn next(&mut self) -> Result<Event, ClientError> {
        loop {
            if let Some(event) = self.session.poll_event() {
                self.check(&event)?;
                return Ok(event);
            }
            let due = self.session.poll_timeout().map(|at_ms| self.clock.instant(at_ms));
            tokio::select! {
                Some((socket, event)) = self.received.recv() => self.socket_event(socket, event),
                () = sleep_until(due) => self.session.handle_timeout(self.clock.now()),
            }
            self.perform();
        }
    }

    /// Closes the session and waits until its socket is closed. The session limits the time that this takes.
    pub async fn close(&mut self) {
        self.command(Session::close);
        while self.session.state() == State::Closing {
            if self.next().await.is_err() {
                return;
            }
        }
    }

    fn check(&mut self, event: &Event) -> Result<(), ClientError> {
        match event {
            Event::StateChanged { to, .. } if to.is_connected() => self.has_been_connected = true,
            Event::AttemptFailed { .. } if !self.has_been_connected => {
                return Err(ClientError::connect(
                    self.target.ws(),
                    self.last_error.clone(),
                    self.target.token().is_some(),
                ));
            }
            Event::Failed { failure } => return Err(self.ended(*failure)),
            _ => {}
        }
        Ok(())
    }

    fn ended(&self, failure: SessionFailure) -> ClientError {
        ClientError::session_ended(failure, self.target.ws(), self.target.token().is_some())
    }

    fn socket_event(&mut self, socket: SocketId, event: SocketEvent) {
        let now = self.clock.now();
        if let (Some(tap), Some(heard)) = (&mut self.tap, event.heard()) {
            tap(heard);
        }
        match event {
            SocketEvent::Opened => self.session.socket_opened(socket, now),
            SocketEvent::Message(text) => self.session.socket_message(socket, &text, now),
            SocketEvent::Refused(error) => {
                self.sockets.remove(&socket);
                self.session.socket_refused(socket, error.to_refusal(), now);
                self.last_error = error;
            }
            SocketEvent::Abandoned => {
                self.sockets.remove(&socket);
                self.session.socket_closed(socket, NEVER_OPENED, "", now);
            }
            SocketEvent::Closed(code, reason) => {
                self.sockets.remove(&socket);
                self.session.socket_closed(socket, code, &reason, now);
            }
        }
    }

    fn perform(&mut self) {
        while let Some(effect) = self.session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, protocols } => self.open_socket(socket, protocols),
                Effect::Send { socket, text } => self.command_socket(socket, SocketCommand::Send(text)),
                Effect::CloseSocket { socket } => self.command_socket(socket, SocketCommand::Close),
            }
        }
    }

    fn open_socket(&mut self, socket: SocketId, protocols: Vec<String>) {
        let (commands, received) = mpsc::unbounded_channel();
        self.sockets.insert(socket, commands);
        tokio::spawn(socket::run(socket, self.target.clone(), protocols, received, self.sender.clone()));
    }

    /// Sends a command to the task of a socket. An error is ignored, because the task of a socket reports its end by
    /// itself.
    fn command_socket(&mut self, socket: SocketId, command: SocketCommand) {
        if let Some(commands) = self.sockets.get(&socket) {
            let _ = commands.send(command);
        }
    }
}

impl SocketEvent {
    /// Returns what a tap gets. An attempt that failed or was given up is not part of it, because no socket was opened.
    fn heard(&self) -> Option<Heard<'_>> {
        match self {
            Self::Opened => Some(Heard::Opened),
            Self::Message(text) => Some(Heard::Frame(text)),
            Self::Closed(code, reason) => Some(Heard::Closed { code: *code, reason }),
            Self::Refused(_) | Self::Abandoned => None,
        }
    }
}

#[cfg(test)]
mod tests;

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
