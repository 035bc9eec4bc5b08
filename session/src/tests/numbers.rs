//! Tests the session with numbers that only a broken or hostile server, or a proxy before it, sends: whatever they are, the session
//! does not panic, and it pauses between attempts to connect.

use super::Harness;
use super::harness::{EPOCH, history, outgoing, topic};
use crate::constants::{BACKOFF_CAP_MS, REFUSED_RETRY_MS};
use crate::rng::Rng;
use crate::{Event, Refusal, Session, Settings, State};
use shared::server::{Publications, SubscribedTopic};
use shared::{Epoch, ErrorCode, Position, Publication, ServerMessage, TopicMeta};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Numbers near the bounds of the types that may hold them, and ordinary ones.
const NUMBERS: [u64; 14] = [
    0,
    1,
    2,
    5,
    1_000,
    60_000,
    6_600_000,
    i32::MAX as u64,
    u32::MAX as u64,
    1 << 53,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 1,
    u64::MAX,
];

/// Number of random conversations in the test of all messages.
const CONVERSATIONS: u64 = if cfg!(target_arch = "wasm32") { 20 } else { 300 };
/// Number of inputs in each of them.
const INPUTS: usize = 80;
/// Time for which a server refuses connections, in milliseconds.
const TEN_MINUTES_MS: u64 = 600_000;

/// Returns a harness whose clock has run for a while, because a sum with a moment of 0 cannot overflow.
fn later() -> Harness {
    let settings = Settings::default().with_queue_age_ms(Some(u64::MAX));
    let mut harness = Harness::with(settings, 1);
    harness.pass(1_000_000);
    harness.watch("*");
    harness
}

fn publish(harness: &mut Harness) {
    harness.act(|session, now| {
        session.publish(outgoing("a", 1, true), now);
    });
}

/// Calls `refuse` for every socket that the session opens in ten minutes, and returns the number of these sockets.
fn sockets_in_ten_minutes(refuse: impl Fn(&mut Harness)) -> usize {
    let mut harness = later();
    let end_ms = harness.now.mono_ms + TEN_MINUTES_MS;
    harness.act(Session::open);
    let mut refused = 0;
    while harness.now.mono_ms < end_ms {
        if harness.sockets.len() > refused {
            refused += 1;
            refuse(&mut harness);
        }
        let due_ms = harness.session.poll_timeout().unwrap_or(end_ms).min(end_ms);
        harness.pass(due_ms.saturating_sub(harness.now.mono_ms));
    }
    refused
}

#[test]
fn a_connection_that_is_never_to_be_replaced_is_not_replaced() {
    let mut harness = later();
    harness.rotate_in_ms = u64::MAX;
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[]);
    for _ in 0..2_000 {
        harness.pass(5_000);
        harness.answer_pings();
        harness.publish(&[1]);
    }
    assert_eq!((harness.state(), harness.sockets.len()), (State::Connected, 1));
}

#[test]
fn a_connection_is_replaced_at_most_once_a_second() {
    for rotate_in_ms in NUMBERS {
        let sockets = sockets_in_ten_minutes(|harness| {
            harness.rotate_in_ms = rotate_in_ms;
            harness.accept();
            harness.confirm(&[]);
        });
        assert!(sockets <= 650, "{sockets} with {rotate_in_ms}");
    }
}

#[test]
fn a_refused_client_waits_as_long_as_the_server_says_and_never_less_than_the_backoff() {
    for retry_after_ms in NUMBERS {
        let sockets = sockets_in_ten_minutes(|harness| {
            let refusal =
                Refusal { status: Some(503), retry_after_ms: Some(retry_after_ms), is_from_server: false };
            let socket = harness.socket();
            harness.act(|session, now| session.socket_refused(socket, refusal, now));
        });
        let most = if retry_after_ms <= BACKOFF_CAP_MS { 150 } else { 1 + TEN_MINUTES_MS / retry_after_ms };
        assert!(sockets as u64 <= most, "{sockets} with {retry_after_ms}");
    }
}

#[test]
fn a_dismissed_client_does_not_hurry_back_whatever_the_window_is() {
    for window_ms in NUMBERS {
        let sockets = sockets_in_ten_minutes(|harness| {
            harness.accept();
            harness.confirm(&[]);
            harness.dismiss(3000, true, Some(window_ms));
        });
        assert!(sockets <= 150, "{sockets} with {window_ms}");
    }
}

#[test]
fn a_subscription_that_is_refused_for_ever_is_not_repeated() {
    let mut harness = later();
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[]);
    harness.watch("host/*");
    let request = harness.take_subscribes().remove(0);
    harness.refuse(Some(request.id), ErrorCode::RateLimited.number(), Some(u64::MAX));
    for _ in 0..10 {
        harness.pass(REFUSED_RETRY_MS);
        assert_eq!(harness.take_subscribes().len(), 0);
    }
}

#[test]
fn a_publish_request_that_is_refused_for_ever_is_not_repeated() {
    let mut harness = later();
    harness.act(Session::open);
    harness.accept();
    harness.confirm(&[]);
    publish(&mut harness);
    let request = harness.take_publishes().remove(0);
    harness.refuse(Some(request.id), ErrorCode::RateLimited.number(), Some(u64::MAX));
    for _ in 0..10 {
        harness.pass(REFUSED_RETRY_MS);
        assert_eq!(harness.take_publishes().len(), 0);
    }
}

#[test]
fn any_numbers_in_any_messages_are_survived() {
    for seed in 0..CONVERSATIONS {
        let mut server = Server { rng: Rng::new(seed), harness: later() };
        server.harness.act(Session::open);
        for _ in 0..INPUTS {
            server.act();
        }
        let harness = &server.harness;
        let (sockets, passed_ms) = (harness.sockets.len() as u64, harness.now.mono_ms - 1_000_000);
        // The server itself closes and refuses connections in a part of the inputs.
        assert!(
            sockets <= INPUTS as u64 + passed_ms / 900,
            "seed {seed}: {sockets} sockets in {passed_ms} ms"
        );
    }
}

/// A server that sends any numbers.
struct Server {
    rng: Rng,
    harness: Harness,
}

impl Server {
    fn act(&mut self) {
        self.harness.rotate_in_ms = self.number();
        self.harness.limits.frame_every_ms = self.number();
        self.harness.accept();
        match self.rng.up_to(9) {
            0 => self.confirm(),
            1 | 2 => self.publish(),
            3 => self.answer_histories(),
            4 => self.answer_ping(),
            5 => self.refuse_request(),
            6 => self.dismiss(),
            7 => self.refuse_socket(),
            8 => publish(&mut self.harness),
            _ => self.fetch_earlier(),
        }
        let pass_ms = self.rng.up_to(20_000);
        self.harness.pass(pass_ms);
        let has_order = |event: &Event| match event {
            Event::Gap { from, to, .. } => from.offset < to.offset,
            _ => true,
        };
        assert!(self.harness.take_events().iter().all(has_order), "a gap ends before it begins");
    }

    fn number(&mut self) -> u64 {
        let index = self.rng.up_to(NUMBERS.len() as u64) as usize;
        NUMBERS.get(index).copied().unwrap_or_else(|| self.rng.next())
    }

    /// Returns a number of 64 bits with a sign.
    fn time(&mut self) -> i64 {
        self.number().cast_signed()
    }

    fn epoch(&mut self) -> Epoch {
        Epoch::new(if self.rng.up_to(3) == 0 { "other" } else { EPOCH })
    }

    fn position(&mut self) -> Position {
        Position::new(self.epoch(), self.number())
    }

    fn items(&mut self) -> Vec<Publication> {
        let mut offsets: Vec<u64> = (0..self.rng.up_to(4)).map(|_| self.number()).collect();
        if self.rng.up_to(1) == 0 {
            offsets.sort_unstable();
        }
        let item =
            |offset: u64| Publication { offset, ts: self.time(), received_at: self.time(), data: 1.into() };
        offsets.into_iter().map(item).collect()
    }

    fn confirm(&mut self) {
        let listed = SubscribedTopic {
            topic: topic("host/cpu"),
            position: self.position(),
            recovered: self.rng.up_to(1) == 0,
            replay_from: (self.rng.up_to(1) == 0).then(|| self.position()),
            meta: TopicMeta::default(),
        };
        for request in self.harness.take_subscribes() {
            let mut reply =
                self.harness.subscribed(request.id, request.filter, std::slice::from_ref(&listed));
            if let ServerMessage::Subscribed(reply) = &mut reply {
                reply.server_ts = self.time();
            }
            self.harness.say(&reply);
        }
    }

    fn publish(&mut self) {
        let message = Publications {
            topic: topic(if self.rng.up_to(1) == 0 { "host/cpu" } else { "host/disk" }),
            epoch: self.epoch(),
            items: self.items(),
            replay: self.rng.up_to(1) == 0,
            after: (self.rng.up_to(1) == 0).then(|| self.number()),
            meta: None,
        };
        self.harness.say(&ServerMessage::Publications(message));
    }

    fn answer_histories(&mut self) {
        for request in self.harness.take_histories() {
            let recovered = self.rng.up_to(1) == 0;
            let mut reply = history(&request, &[], 0, recovered);
            if let ServerMessage::History(reply) = &mut reply {
                (reply.epoch, reply.items, reply.head) = (self.epoch(), self.items(), self.position());
            }
            self.harness.say(&reply);
        }
    }

    fn answer_ping(&mut self) {
        let Some(ping) = self.harness.take_pings().pop() else { return };
        let heads = [(topic("host/cpu"), self.position())].into_iter().collect();
        let pong = shared::server::Pong { t: ping.t, server_ts: self.time(), heads };
        self.harness.say(&ServerMessage::Pong(pong));
    }

    fn refuse_request(&mut self) {
        let subscribes = self.harness.take_subscribes().into_iter().map(|request| request.id);
        let publishes = self.harness.take_publishes().into_iter().map(|request| request.id);
        for id in subscribes.chain(publishes).collect::<Vec<_>>() {
            let retry_after_ms = Some(self.number());
            self.harness.refuse(Some(id), ErrorCode::RateLimited.number(), retry_after_ms);
        }
    }

    fn dismiss(&mut self) {
        let window_ms = Some(self.number());
        self.harness.dismiss(3000, true, window_ms);
    }

    fn refuse_socket(&mut self) {
        let refusal =
            Refusal { status: Some(503), retry_after_ms: Some(self.number()), is_from_server: true };
        let socket = self.harness.socket();
        self.harness.act(|session, now| session.socket_refused(socket, refusal, now));
    }

    fn fetch_earlier(&mut self) {
        let before = self.number();
        self.harness.act(|session, now| {
            session.fetch_earlier(&topic("host/cpu"), before, u32::MAX, now);
        });
    }
}
