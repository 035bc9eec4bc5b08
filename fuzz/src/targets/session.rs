//! Fuzzes the client's session with arbitrary messages from its server.

use shared::client::Rewind;
use shared::publication::Item;
use shared::{Filter, Topic};
use tickertape_session::{Effect, Event, Now, Outgoing, PastRequest, Session, Settings};

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "session",
    words: &[
        "\n",
        "{\"type\":\"subscribed\",\"id\":1,\"connection_id\":\"c\",\"filter\":\"*\",\"topics\":[],\"server_ts\":1}",
        "\"replay\":true",
        "{\"type\":\"publications\",\"topic\":\"a\",\"epoch\":\"e\",\"items\":[]}",
        "\"offset\":",
        "\"epoch\":\"f\"",
        "\"id\":2",
        "\"id\":3",
        "{\"type\":\"buckets\",\"id\":4,\"topic\":\"a\",\"epoch\":\"e\",\"from_ms\":1,\"to_ms\":2,\"step_ms\":1,\"head\":{\"epoch\":\"e\",\"offset\":5},\"series\":[]}",
        "{\"name\":\"\",\"buckets\":[[1,2,3,0,5],[1,2,3,1,\"a\",true]]}",
        "{\"type\":\"history\",\"id\":4,\"topic\":\"a\",\"epoch\":\"e\",\"items\":[],\"recovered\":false}",
    ],
    seeds: None,
    run,
};

/// Passes each line of the input to the session as a message of the server. An empty line lets ten seconds pass
/// instead. Checks that the session delivers the publications of each epoch in the order of their offsets.
fn run(input: &[u8]) -> u64 {
    let mut now = Now { mono_ms: 1, wall_ms: 1_800_000_000_000 };
    let mut session = Session::new(Settings::default(), 7);
    session.subscribe(Filter::All, Some(Rewind::Count(3)), now);
    if let Ok(topic) = Topic::new("a") {
        let items = vec![Item::now(1)];
        session.publish(Outgoing { topic, items, meta: None, idempotent: true, done: false }, now);
    }
    session.open(now);
    let mut seen = Seen::default();
    for line in String::from_utf8_lossy(input).lines().take(200) {
        seen.open_sockets(&mut session, now);
        match seen.sockets.last().copied() {
            Some(socket) if !line.is_empty() => session.socket_message(socket, line, now),
            _ => {
                now.mono_ms += 10_000;
                now.wall_ms += 10_000;
                session.handle_timeout(now);
                seen.ask_for_the_past(&mut session, now);
            }
        }
        seen.take_events(&mut session);
    }
    signature((format!("{:?}", session.state()), seen.kinds))
}

#[derive(Default)]
struct Seen {
    sockets: Vec<tickertape_session::SocketId>,
    last: std::collections::HashMap<(Topic, String), u64>,
    kinds: Vec<u8>,
    asked: u64,
    /// Numbers of the requests for the past that have no result yet.
    past: std::collections::HashSet<u64>,
}

impl Seen {
    fn open_sockets(&mut self, session: &mut Session, now: Now) {
        while let Some(effect) = session.poll_effect() {
            match effect {
                Effect::OpenSocket { socket, .. } => {
                    session.socket_opened(socket, now);
                    self.sockets.push(socket);
                }
                Effect::CloseSocket { socket } => self.sockets.retain(|open| *open != socket),
                Effect::Send { .. } => {}
            }
        }
    }

    /// Requests a stretch of the past, alternately in buckets and as publications.
    fn ask_for_the_past(&mut self, session: &mut Session, now: Now) {
        self.asked += 1;
        if let Ok(topic) = Topic::new("a") {
            let step_ms = self.asked.is_multiple_of(2).then_some(1);
            let past =
                PastRequest { topic, from_ms: Some(1), to_ms: None, step_ms, since: None, limit: None };
            self.past.extend(session.read_past(past, now));
        }
    }

    fn take_events(&mut self, session: &mut Session) {
        while let Some(event) = session.poll_event() {
            if let Event::Publications { topic, epoch, items, .. } = &event {
                for item in items {
                    let last = self.last.insert((topic.clone(), epoch.to_string()), item.offset);
                    assert!(
                        last.is_none_or(|last| last < item.offset),
                        "offset {} after {last:?}",
                        item.offset
                    );
                }
            }
            if let Event::Buckets { id, .. } | Event::PastItems { id, .. } | Event::PastFailed { id, .. } =
                &event
            {
                assert!(self.past.remove(id), "request {id} has two results, or was not made");
            }
            let kind = format!("{event:?}").bytes().take(6).fold(0, u8::wrapping_add);
            if self.kinds.len() < 8 && self.kinds.last() != Some(&kind) {
                self.kinds.push(kind);
            }
        }
    }
}
