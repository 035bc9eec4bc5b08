//! Calls the sessions of the simulated clients, and performs the socket operations that they request.

use backend_core::token::{Claims, mint};
use shared::publication::Item;
use shared::{Filter, Topic};
use tickertape_session::{DropReason, Effect, Event, Now, Outgoing, Session, SessionFailure, State};

use super::server::SECRET;
use super::{Due, World, filter};
use crate::link::{Down, End, Link, LinkId, Up};
use crate::observer::{Allowance, Fault, Sent};

/// Maximum number of times that a client's timer may expire at one moment. More would mean that the session makes no
/// progress.
const TIMER_RUNS: u32 = 64;
/// Maximum number of socket operations that a session may request in one call.
const EFFECTS: usize = 256;

impl World<'_> {
    pub(super) fn begin_client(&mut self, client: usize) -> Result<(), Fault> {
        let watches = self.plan.setting.clients[client].watches.clone();
        for (index, rewind) in watches {
            self.watch(client, filter(index), rewind)?;
        }
        if self.plan.setting.tokens {
            self.give_token(client, true)?;
        }
        self.open(client)
    }

    pub(super) fn open(&mut self, client: usize) -> Result<(), Fault> {
        self.clients[client].is_open = true;
        self.input(client, Session::open)
    }

    pub(super) fn watch(
        &mut self,
        client: usize,
        filter: Filter,
        rewind: Option<shared::client::Rewind>,
    ) -> Result<(), Fault> {
        if self.clients[client].wanted.contains(&filter) {
            return Ok(());
        }
        self.clients[client].wanted.push(filter.clone());
        self.input(client, |session, now| session.subscribe(filter, rewind, now))
    }

    pub(super) fn conflate(
        &mut self,
        client: usize,
        filter: &Filter,
        max_hz: Option<u32>,
    ) -> Result<(), Fault> {
        self.clients[client].observer.allow_conflation();
        self.input(client, |session, now| session.conflate(filter, max_hz, now))
    }

    pub(super) fn unwatch(&mut self, client: usize, filter: &Filter) -> Result<(), Fault> {
        let one = &mut self.clients[client];
        one.wanted.retain(|wanted| wanted != filter);
        one.observer.forget(&one.wanted);
        self.input(client, |session, now| session.unsubscribe(filter, now))
    }

    pub(super) fn publish(
        &mut self,
        client: usize,
        topic: Topic,
        items: usize,
        idempotent: bool,
    ) -> Result<(), Fault> {
        let now = self.clients[client].now(self.now_ms);
        let one = &mut self.clients[client];
        let number = one.observer.sent.len();
        let data: Vec<String> = (0..items).map(|item| format!("{client}.{number}.{item}")).collect();
        let items = data.iter().map(|data| Item::now(data.as_str())).collect();
        let outgoing = Outgoing { topic: topic.clone(), items, meta: None, idempotent, done: false };
        let ticket = one.session.publish(outgoing, now);
        one.observer.sent.push(Sent { ticket, topic, data, idempotent, at_ms: now.mono_ms, outcome: None });
        self.input(client, |_, _| {})
    }

    /// Schedules that `client` passes a new token to its session at `at_ms`. A time that was planned before is
    /// replaced.
    fn plan_token(&mut self, client: usize, at_ms: u64) {
        self.clients[client].token_due_ms = Some(at_ms);
        self.enter(at_ms, Due::NewToken(client));
    }

    pub(super) fn fetch_token(&mut self, client: usize) -> Result<(), Fault> {
        let is_due = self.clients[client].token_due_ms.take_if(|at_ms| *at_ms == self.now_ms).is_some();
        if is_due { self.give_token(client, true) } else { Ok(()) }
    }

    /// Passes a token to the session of `client`: a valid one that expires soon if `good` is true, or else an invalid
    /// one. If the client's machine sleeps, this is done after the sleep.
    pub(super) fn give_token(&mut self, client: usize, good: bool) -> Result<(), Fault> {
        let asleep_until_ms = self.clients[client].asleep_until_ms;
        if asleep_until_ms > self.now_ms {
            self.plan_token(client, asleep_until_ms);
            return Ok(());
        }
        self.clients[client].awaits_token = false;
        let life_ms = self.rng.between(20_000, 900_000);
        let claims = Claims {
            sub: format!("client{client}"),
            exp: self.wall().saturating_add_unsigned(life_ms) / 1000,
            nbf: None,
            subscribe: vec![Filter::All],
            // Some tokens do not permit every publication.
            publish: vec![filter(self.rng.index(2))],
            forget: Vec::new(),
            edit: Vec::new(),
        };
        let token = if good { mint(&claims, SECRET).map_err(|e| e.to_string())? } else { "rubbish".into() };
        if good && self.plan.setting.tokens {
            self.plan_token(client, self.now_ms + life_ms.saturating_sub(15_000));
        }
        self.input(client, |session, now| session.set_token(token, now))
    }

    pub(super) fn client_timer(&mut self, client: usize) -> Result<(), Fault> {
        let one = &mut self.clients[client];
        if one.timer_ms != Some(self.now_ms) {
            return Ok(());
        }
        one.timer_ms = None;
        if one.asleep_until_ms > self.now_ms {
            return Ok(());
        }
        let runs = if one.timer_runs.0 == self.now_ms { one.timer_runs.1 + 1 } else { 1 };
        one.timer_runs = (self.now_ms, runs);
        if runs > TIMER_RUNS {
            return Err(format!("client {client}: its timer runs for ever, {}", one.session.state()));
        }
        self.input(client, Session::handle_timeout)
    }

    pub(super) fn plugged(&mut self, client: usize) -> Result<(), Fault> {
        let one = &mut self.clients[client];
        if one.asleep_until_ms > self.now_ms {
            let wakes_ms = one.asleep_until_ms;
            self.enter(wakes_ms, Due::Plugged(client));
            return Ok(());
        }
        if one.unplugged_until_ms <= self.now_ms && std::mem::take(&mut one.unplug_notified) {
            return self.input(client, |session, now| session.network(true, now));
        }
        Ok(())
    }

    /// Calls the session of `client` by `f`, performs the socket operations that the session requests, checks its
    /// events, and sets its timer.
    pub(super) fn input(&mut self, client: usize, f: impl FnOnce(&mut Session, Now)) -> Result<(), Fault> {
        let one = &mut self.clients[client];
        let now = one.now(self.now_ms);
        f(&mut one.session, now);
        self.drain(client).map_err(|fault| format!("client {client}: {fault}"))?;
        self.set_timer(client);
        Ok(())
    }

    fn drain(&mut self, client: usize) -> Result<(), Fault> {
        let mut effects = 0;
        while let Some(effect) = self.clients[client].session.poll_effect() {
            self.note(|| format!("client {client} > {effect:?}"));
            self.carry_out(client, effect);
            effects += 1;
        }
        while let Some(event) = self.clients[client].session.poll_event() {
            self.note(|| format!("client {client} ! {event:?}"));
            self.seen(client, &event)?;
        }
        if effects > EFFECTS {
            return Err(format!("{effects} effects of one input"));
        }
        self.check_client(client)
    }

    fn seen(&mut self, client: usize, event: &Event) -> Result<(), Fault> {
        let now = self.wall();
        let one = &mut self.clients[client];
        one.observer.see(event, &one.wanted, &self.store.lock(), now)?;
        self.coverage.count(event);
        self.check_event(client, event)?;
        let one = &mut self.clients[client];
        let wants_token = match event {
            Event::TokenWanted | Event::Failed { failure: SessionFailure::SignIn } => true,
            // A browser is not told why a handshake was refused. Its shell therefore sets a new token if attempts fail
            // repeatedly.
            Event::AttemptFailed { attempt, .. } => one.is_browser && *attempt >= 2,
            Event::Failed { failure } => return Err(format!("gave up: {failure:?}")),
            Event::SubscribeRefused { filter, refused, .. } => return Err(format!("{filter}: {refused:?}")),
            Event::ProtocolError { message } => return Err(format!("cannot read the server: {message}")),
            _ => false,
        };
        if wants_token && self.plan.setting.tokens && !std::mem::replace(&mut one.awaits_token, true) {
            let in_ms = self.rng.between(200, 20_000);
            self.plan_token(client, self.now_ms + in_ms);
        }
        Ok(())
    }

    /// Checks the promises about the outcome of publish requests and about subscriptions that concern this event.
    fn check_event(&mut self, client: usize, event: &Event) -> Result<(), Fault> {
        let one = &mut self.clients[client];
        match event {
            Event::Dropped { tickets, why: DropReason::OutcomeUnknown } => {
                let is_full = one.session.outstanding() >= self.plan.setting.clients[client].queue_messages;
                let is_over = matches!(one.session.state(), State::Closing | State::Closed);
                // The server refuses a well-formed request for good only because of its token.
                let any_age = is_full || is_over || self.plan.setting.tokens;
                one.observer
                    .check_unknown(tickets, Allowance { now_ms: one.now(self.now_ms).mono_ms, any_age })
            }
            Event::Subscribed { filter, connection_id, .. } => {
                let link = self.links.iter().find(|link| link.connection.as_str() == connection_id);
                let socket = link.map(|link| link.socket).ok_or("confirmed on no socket")?;
                one.observer.confirmed(socket, filter);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_client(&mut self, client: usize) -> Result<(), Fault> {
        let now_ms = self.now_ms;
        let one = &mut self.clients[client];
        let (state, is_shown) = (one.session.state(), one.session.banner(one.now(now_ms)).is_some());
        one.observer.check_sockets(state)?;
        let (rotations, mono_ms) = (one.session.stats().rotations, one.now(now_ms).mono_ms);
        one.observer.check_rotation(rotations, &one.wanted, mono_ms)?;
        one.observer.check_banner(state, is_shown, now_ms)?;
        let room = self.plan.setting.clients[client].queue_messages
            + tickertape_session::constants::PUBLISHES_IN_FLIGHT;
        let waiting = one.session.outstanding();
        if waiting > room {
            return Err(format!("{waiting} publications wait; the queue holds {room}"));
        }
        Ok(())
    }

    fn carry_out(&mut self, client: usize, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket, protocols } => {
                let id: LinkId = self.links.len();
                self.links.push(Link::new(id, client, socket));
                let one = &mut self.clients[client];
                one.links.insert(socket, id);
                one.observer.opened(socket, one.now(self.now_ms).mono_ms);
                self.call(id, protocols);
            }
            Effect::Send { socket, text } => {
                if let Some(id) = self.clients[client].links.get(&socket).copied() {
                    self.send_up(id, Up::Text(text));
                }
            }
            Effect::CloseSocket { socket } => {
                self.clients[client].observer.closed(socket);
                if let Some(id) = self.clients[client].links.get(&socket).copied() {
                    self.send_up(id, Up::Close);
                }
            }
        }
    }

    /// Sends the handshake of a socket to the server. If the client has no network, the handshake fails or is never
    /// answered.
    fn call(&mut self, id: LinkId, protocols: Vec<String>) {
        let one = &self.clients[self.links[id].client];
        if one.unplugged_until_ms <= self.now_ms {
            self.send_up(id, Up::Handshake(protocols));
        } else if one.unplug_notified {
            self.send_down(id, Down::Refused(Default::default()));
        } else {
            self.links[id].is_dead = true;
        }
    }

    pub(super) fn set_timer(&mut self, client: usize) {
        let one = &mut self.clients[client];
        let due_ms = one.due_ms().map(|due_ms| due_ms.max(self.now_ms).max(one.asleep_until_ms));
        if due_ms != one.timer_ms {
            one.timer_ms = due_ms;
            if let Some(due_ms) = due_ms {
                self.enter(due_ms, Due::ClientTimer(client));
            }
        }
    }

    /// Returns the indices of the network links of a client whose sockets are not closed.
    pub(super) fn live_links(&self, client: usize) -> Vec<LinkId> {
        let links = self.links.iter().enumerate().filter(|(_, link)| link.client == client);
        links.filter(|(_, link)| link.client_end != End::Closed).map(|(id, _)| id).collect()
    }
}
