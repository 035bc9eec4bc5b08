//! A viewer that uses the board's session, and that can lose its connection and reconnect.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use shared::Filter;
use shared::client::Rewind;
use tickertape_session::{Effect, Event, Now, Refusal, Session, Settings, SocketId};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::viewer::Socket;

/// Close code that the session gets for a connection that was lost without a close frame.
const BROKEN: u16 = 1006;

/// A viewer that uses the board's session, and that can lose its connection and reconnect.
pub struct Returning {
    url: String,
    session: Session,
    start: Instant,
    /// Number of the socket that the session opened last, or `None` if it has not opened one yet.
    id: Option<SocketId>,
    socket: Option<Socket>,
    /// Offset of the last publication that the session delivered, or 0.
    seen: u64,
}

impl Returning {
    /// Creates a viewer that subscribes to `topic`, with its last publication as replay. `seed` determines the random
    /// delays.
    ///
    /// # Panics
    ///
    /// If `topic` is not a valid topic.
    pub fn new(url: &str, topic: &str, seed: u64) -> Self {
        let mut session = Session::new(Settings::default(), seed);
        let start = Instant::now();
        session.subscribe(Filter::new(topic).expect("a topic"), Some(Rewind::Count(1)), at(start));
        session.open(at(start));
        Self { url: url.to_string(), session, start, id: None, socket: None, seen: 0 }
    }

    /// Carries out the session's effects (open a socket, send, close), until it has delivered the publication at
    /// `offset`.
    pub async fn follow_to(&mut self, offset: u64) {
        while self.seen < offset {
            while let Some(effect) = self.session.poll_effect() {
                self.carry_out(effect).await;
            }
            while let Some(event) = self.session.poll_event() {
                self.note(&event);
            }
            if self.seen < offset {
                self.wait().await;
            }
        }
    }

    /// Closes the connection, without a call to the session that reports this.
    pub fn lose(&mut self) {
        self.socket = None;
    }

    /// Reports to the session that the connection was lost, so that it reconnects.
    pub fn notice(&mut self) {
        if let Some(id) = self.id {
            self.session.socket_closed(id, BROKEN, "", at(self.start));
        }
    }

    fn note(&mut self, event: &Event) {
        if let Event::Publications { items, .. } = event {
            self.seen = items.last().map_or(self.seen, |item| item.offset);
        }
    }

    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket, .. } => self.call(socket).await,
            Effect::Send { text, .. } => {
                if let Some(socket) = &mut self.socket {
                    // If the socket is closed, the next read reports it.
                    let _ = socket.send(Message::text(text)).await;
                }
            }
            Effect::CloseSocket { .. } => self.socket = None,
        }
    }

    async fn call(&mut self, id: SocketId) {
        self.id = Some(id);
        match connect_async(&self.url).await {
            Ok((socket, _)) => {
                self.socket = Some(socket);
                self.session.socket_opened(id, at(self.start));
            }
            Err(error) => {
                let status =
                    if let Error::Http(response) = error { Some(response.status().as_u16()) } else { None };
                let refusal = Refusal { status, ..Refusal::default() };
                self.session.socket_refused(id, refusal, at(self.start));
            }
        }
    }

    /// Waits until a message arrives, the connection ends, or the session's next timeout is due, and passes this to the
    /// session.
    async fn wait(&mut self) {
        let due_ms = self.session.poll_timeout().unwrap_or(u64::MAX / 2);
        let due = Duration::from_millis(due_ms).saturating_sub(self.start.elapsed());
        let message = match &mut self.socket {
            Some(socket) => tokio::time::timeout(due, socket.next()).await,
            None => tokio::time::timeout(due, std::future::pending()).await,
        };
        match message {
            Ok(Some(Ok(Message::Text(text)))) => {
                if let Some(id) = self.id {
                    self.session.socket_message(id, &text, at(self.start));
                }
            }
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(_)) | None) => {
                self.socket = None;
                self.notice();
            }
            Err(_) => self.session.handle_timeout(at(self.start)),
        }
    }
}

fn at(start: Instant) -> Now {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Milliseconds since the Unix epoch fit into these types for millions of years.
    Now { mono_ms: start.elapsed().as_millis() as u64, wall_ms: wall.as_millis() as i64 }
}
