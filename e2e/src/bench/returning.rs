//! A viewer with the board's own session, which can lose its connection and reconnect.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use shared::Filter;
use shared::client::Rewind;
use tickertape_session::{Effect, Event, Now, Refusal, Session, Settings, SocketId};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::viewer::Socket;

/// Close code of a connection that was lost without a close frame.
const BROKEN: u16 = 1006;

/// A viewer that can lose its connection; see the [module](self).
pub struct Returning {
    url: String,
    session: Session,
    start: Instant,
    /// Number of the socket that the session opened last.
    id: Option<SocketId>,
    socket: Option<Socket>,
    /// Offset of the last publication that was delivered.
    seen: u64,
}

impl Returning {
    /// Creates a viewer that subscribes to `topic`, beginning with its last publication.
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

    /// Performs the session's effects until the publication at `offset` was delivered.
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

    /// Ends the connection without telling the session.
    pub fn lose(&mut self) {
        self.socket = None;
    }

    /// Tells the session that the connection has ended.
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

    /// Waits for a message or for the timeout.
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
