//! Checks the end of a simulated run. After all faults have ended, every client has to connect and catch up within a
//! limited time.

use std::collections::BTreeMap;

use tickertape_session::Session;

use super::{Due, RECOVERY_MS, World};
use crate::conditions::Conditions;
use crate::link::LinkId;
use crate::observer::{Fault, Outcome, Sent};
use crate::store::Store;

/// Time between two checks that all clients have caught up, in milliseconds.
const LOOK_MS: u64 = 500;
/// Time to wait for late and repeated messages after all clients have caught up, in milliseconds. Then the result is
/// checked.
const AFTER_MS: u64 = 3_000;

impl World<'_> {
    pub(super) fn recover(&mut self) -> Result<(), Fault> {
        self.note(|| "all faults have ended".into());
        self.heal()?;
        self.settled()?;
        self.run_until(self.now_ms + AFTER_MS)?;
        self.settled()?;
        self.judge()
    }

    /// Waits until every client has caught up. Returns an error if this takes longer than [`RECOVERY_MS`].
    fn settled(&mut self) -> Result<(), Fault> {
        let begin_ms = self.now_ms;
        while let Some(reason) = self.unsettled() {
            if self.now_ms > begin_ms + RECOVERY_MS {
                return Err(format!("not settled {RECOVERY_MS} ms after all faults have ended: {reason}"));
            }
            self.run_until(self.now_ms + LOOK_MS)?;
        }
        self.coverage.recovery_ms = self.coverage.recovery_ms.max(self.now_ms - begin_ms);
        Ok(())
    }

    fn heal(&mut self) -> Result<(), Fault> {
        self.change_conditions(Conditions::GOOD);
        self.mend_store()?;
        if !self.server.is_up {
            self.enter_in(0, Due::ServerUp);
        }
        for client in 0..self.clients.len() {
            self.heal_client(client)?;
        }
        (0..self.links.len()).for_each(|id| self.unfreeze(id));
        Ok(())
    }

    /// Delivers the messages that were held back while the link (connection) with the index `id` was frozen, in order.
    fn unfreeze(&mut self, id: LinkId) {
        let link = &mut self.links[id];
        link.frozen_until_ms = 0;
        let (up, down) = (link.up.len(), link.down.len());
        (0..up).for_each(|_| self.enter_in(0, Due::AtServer(id)));
        (0..down).for_each(|_| self.enter_in(0, Due::AtClient(id)));
    }

    fn heal_client(&mut self, client: usize) -> Result<(), Fault> {
        let now_ms = self.now_ms;
        let one = &mut self.clients[client];
        if one.asleep_until_ms > now_ms {
            one.wake(now_ms);
        }
        one.unplugged_until_ms = now_ms;
        self.plugged(client)?;
        self.input(client, |session, now| session.visibility(true, now))?;
        if self.plan.setting.tokens {
            self.give_token(client, true)?;
        }
        if !self.clients[client].is_open {
            self.open(client)?;
        }
        self.input(client, Session::handle_timeout)
    }

    /// Returns a description of the first thing that is not finished yet, such as a client that has not caught up.
    /// Returns `None` if everything is finished.
    fn unsettled(&self) -> Option<String> {
        if !self.store.lock().changes.is_empty() {
            return Some("something is still to be broadcast".into());
        }
        (0..self.clients.len()).find_map(|client| {
            let reason = self.client_unrest(client)?;
            Some(format!("client {client}: {reason}"))
        })
    }

    fn client_unrest(&self, client: usize) -> Option<String> {
        let one = &self.clients[client];
        if !one.session.state().is_connected() {
            return Some(format!("is {}", one.session.state()));
        }
        if one.session.outstanding() > 0 {
            return Some("something is still to be published".into());
        }
        let store = self.store.lock();
        let mut ends = store.ends().filter(|(topic, _)| one.wanted.iter().any(|f| f.matches(topic)));
        let behind = ends.find(|(topic, end)| one.session.position(topic).as_ref() != Some(end))?;
        Some(format!("is at {:?} of {behind:?}", one.session.position(behind.0)))
    }

    fn judge(&self) -> Result<(), Fault> {
        let store = self.store.lock();
        for (client, one) in self.clients.iter().enumerate() {
            for (topic, end) in store.ends() {
                if let Some(shown) = one.observer.last_shown(topic).filter(|shown| *shown != end) {
                    return Err(format!("client {client} was shown {topic} up to {shown:?}, not {end:?}"));
                }
            }
            one.observer.sent.iter().try_for_each(|sent| judge_sent(client, sent, &store))?;
        }
        self.judge_order(&store)
    }

    /// Checks that publications with sequence numbers are in each log in the order in which their client published
    /// them.
    fn judge_order(&self, store: &Store) -> Result<(), Fault> {
        for ((topic, _), log) in store.ledger() {
            let mut last: BTreeMap<usize, usize> = BTreeMap::new();
            for item in log {
                let Some((client, number)) = author(item.data.text().trim_matches('"')) else { continue };
                if !self.clients[client].observer.sent[number].idempotent {
                    continue;
                }
                let before = last.insert(client, number).unwrap_or(0);
                if before > number {
                    return Err(format!("client {client}: {number} comes after {before} in {topic}"));
                }
            }
        }
        Ok(())
    }

    pub(super) fn count_up(&mut self) {
        self.coverage.schedules = 1;
        for one in &self.clients {
            self.coverage.add_stats(&one.session.stats());
        }
    }
}

/// Checks that a publish request is in the log if it was acknowledged, is not there if it was refused, and is not in a
/// log twice.
fn judge_sent(client: usize, sent: &Sent, store: &Store) -> Result<(), Fault> {
    let ticket = sent.ticket;
    let logs = store.ledger().iter().filter(|((topic, _), _)| *topic == sent.topic);
    let mut found = 0;
    for (_, log) in logs {
        let places: Vec<usize> = (0..log.len()).filter(|at| starts_at(log, *at, sent)).collect();
        if places.len() > 1 {
            return Err(format!("client {client}: {ticket:?} is in {} {} times", sent.topic, places.len()));
        }
        found += places.len();
    }
    let is_as_told = match sent.outcome {
        Some(Outcome::Published) => found >= 1,
        Some(Outcome::NotPublished) => found == 0,
        Some(Outcome::Unknown) => true,
        None => return Err(format!("client {client}: the outcome of {ticket:?} was not reported")),
    };
    if !is_as_told || (found > 1 && !sent.idempotent) {
        return Err(format!("client {client}: {ticket:?} is {:?} and there {found} times", sent.outcome));
    }
    Ok(())
}

fn starts_at(log: &[shared::Publication], at: usize, sent: &Sent) -> bool {
    sent.data.first().is_some_and(|first| log[at].data.text().trim_matches('"') == first)
}

/// Returns the index of the client that published `data`, and the number of its publish request. Both are contained in
/// the data. Returns `None` if `data` was not published by a client.
fn author(data: &str) -> Option<(usize, usize)> {
    let mut parts = data.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
