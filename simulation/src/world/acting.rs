//! Executes the acts of the plan, such as publications, faults and actions of users.

use backend_core::ports::Connections;
use tickertape_session::Session;

use super::{Due, World, filter, topic};
use crate::conditions::Conditions;
use crate::observer::Fault;
use crate::plan::{Act, StoreFault};
use crate::ports::ready;

impl World<'_> {
    pub(super) fn act(&mut self, index: usize) -> Result<(), Fault> {
        let act = self.plan.acts[index].1.clone();
        self.note(|| format!("#{index} {act:?}"));
        if let Some(client) = act.client().filter(|client| self.is_asleep(*client)) {
            self.note(|| format!("client {client} is asleep"));
            return Ok(());
        }
        match act {
            Act::Publish { client, topic: place, items, idempotent } => {
                self.publish(client, topic(place), items, idempotent)
            }
            Act::Watch { client, filter: which, rewind } => self.watch(client, filter(which), rewind),
            Act::Conflate { client, filter: which, max_hz } => self.conflate(client, &filter(which), max_hz),
            Act::Unwatch { client, filter: which } => self.unwatch(client, &filter(which)),
            Act::Show { client, visible } => self.input(client, |s, now| s.visibility(visible, now)),
            Act::Open { client } => self.open(client),
            Act::Close { client } => self.close(client),
            Act::RetryNow { client } => self.input(client, Session::retry_now),
            Act::Token { client, good } if self.plan.setting.tokens => self.give_token(client, good),
            Act::Restart { down_ms, announced, keeps } => self.restart(down_ms, announced, keeps),
            Act::Unplug { client, ms, notified, sockets_survive } => {
                self.unplug(client, ms, notified, sockets_survive)
            }
            other => {
                self.disturb(other);
                Ok(())
            }
        }
    }

    fn disturb(&mut self, act: Act) {
        match act {
            Act::Post { topic, items } => self.post_over_http(topic, items),
            Act::Impersonate { topic } => self.impersonate(topic),
            Act::Crowd { topic, producers } => self.crowd(topic, producers),
            Act::Delete { topic } => self.delete(topic),
            Act::Cut { client, client_notices, server_notices } => {
                let links = self.live_links(client);
                links.into_iter().for_each(|id| self.cut(id, client_notices, server_notices));
            }
            Act::Freeze { client, ms } => self.freeze(client, self.now_ms + ms),
            Act::Sleep { client, ms, clock_stops, sockets_survive } => {
                self.sleep(client, ms, clock_stops, sockets_survive);
            }
            Act::Reset { topic: which } => self.store.lock().reset(&topic(which)),
            Act::Evict { topic: which, keep } => self.store.lock().evict(&topic(which), keep),
            Act::BreakStore { ms, how } => self.break_store(ms, how),
            Act::Conditions(conditions) => self.change_conditions(conditions),
            Act::Forget { client } => self.forget_rows(client),
            Act::CountViewers => self.count_viewers(),
            Act::Publish { .. }
            | Act::Watch { .. }
            | Act::Conflate { .. }
            | Act::Unwatch { .. }
            | Act::Show { .. }
            | Act::Open { .. }
            | Act::Close { .. }
            | Act::RetryNow { .. }
            | Act::Token { .. }
            | Act::Unplug { .. }
            | Act::Restart { .. } => {}
        }
    }

    fn is_asleep(&self, client: usize) -> bool {
        self.clients[client].asleep_until_ms > self.now_ms
    }

    fn close(&mut self, client: usize) -> Result<(), Fault> {
        self.clients[client].is_open = false;
        self.input(client, Session::close)
    }

    fn freeze(&mut self, client: usize, until_ms: u64) {
        for id in self.live_links(client) {
            self.links[id].frozen_until_ms = until_ms;
        }
    }

    fn unplug(&mut self, client: usize, ms: u64, notified: bool, sockets_survive: bool) -> Result<(), Fault> {
        let until_ms = self.now_ms + ms;
        if sockets_survive {
            self.freeze(client, until_ms);
        } else {
            let links = self.live_links(client);
            links.into_iter().for_each(|id| self.cut(id, false, false));
        }
        let one = &mut self.clients[client];
        one.unplugged_until_ms = until_ms;
        one.unplug_notified = notified;
        self.enter(until_ms, Due::Plugged(client));
        if notified {
            self.input(client, |session, now| session.network(false, now))?;
        }
        Ok(())
    }

    fn sleep(&mut self, client: usize, ms: u64, clock_stops: bool, sockets_survive: bool) {
        let until_ms = self.now_ms + ms;
        if !sockets_survive {
            let links = self.live_links(client);
            links.into_iter().for_each(|id| self.cut(id, false, true));
        }
        self.clients[client].sleep(until_ms, if clock_stops { ms } else { 0 });
        self.set_timer(client);
    }

    fn break_store(&mut self, ms: u64, how: StoreFault) {
        self.store.lock().fault = how;
        self.rows.set_broken(how == StoreFault::Refuses);
        self.enter_in(ms, Due::StoreMended);
    }

    pub(super) fn change_conditions(&mut self, conditions: Conditions) {
        self.gateway.lock().conditions = conditions.clone();
        self.conditions = conditions;
    }

    fn forget_rows(&mut self, client: usize) {
        for id in self.live_links(client) {
            let connection = self.links[id].connection.clone();
            // The in-memory table cannot fail. If it does in a later version, the rows are kept.
            let _ = ready(self.rows.remove(&connection));
        }
    }
}

impl Act {
    /// Returns the client that has to be awake for this act, or `None` if the act can happen at any time. The act is
    /// skipped while that client's machine sleeps.
    fn client(&self) -> Option<usize> {
        match self {
            Self::Publish { client, .. }
            | Self::Watch { client, .. }
            | Self::Conflate { client, .. }
            | Self::Unwatch { client, .. }
            | Self::Show { client, .. }
            | Self::Open { client }
            | Self::Close { client }
            | Self::RetryNow { client }
            | Self::Token { client, .. }
            | Self::Sleep { client, .. }
            | Self::Unplug { client, .. } => Some(*client),
            Self::Post { .. }
            | Self::Impersonate { .. }
            | Self::Crowd { .. }
            | Self::Delete { .. }
            | Self::Cut { .. }
            | Self::Freeze { .. }
            | Self::Restart { .. }
            | Self::Reset { .. }
            | Self::Evict { .. }
            | Self::BreakStore { .. }
            | Self::Conditions(_)
            | Self::Forget { .. }
            | Self::CountViewers => None,
        }
    }
}
