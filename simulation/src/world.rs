//! The simulated world: clients, a network and a server on one clock, in one thread. The same plan always gives the same run.

mod acting;
mod clients;
mod functions;
mod judge;
mod network;
mod server;

use std::collections::BTreeMap;

use backend_core::testing::FakeConnections;
use shared::{Filter, Millis, Topic};

use crate::client::Client;
use crate::conditions::Conditions;
use crate::coverage::Coverage;
use crate::gateway::{Gateway, Switch};
use crate::link::{Link, LinkId};
use crate::observer::Fault;
use crate::plan::{BEGIN, FILTERS, Plan, TOPICS};
use crate::rng::Rng;
use crate::store::{SharedStore, Store};
use server::{Server, TaskId};

/// Time within which every client has to catch up after all faults have ended, in milliseconds. It is so long because a
/// quiet connection sends a ping only every 270 s, and is replaced after that if it is dead.
pub const RECOVERY_MS: u64 = 330_000;
/// Maximum number of simulated steps of one run. A run with more steps fails, because it seems to be endless.
const STEPS: u64 = 400_000;

/// The state of a simulated run: the clock, the clients, the network and the server.
pub struct World<'a> {
    plan: &'a Plan,
    now_ms: u64,
    rng: Rng,
    /// Events that will happen, sorted by time and then by the order in which they were scheduled.
    agenda: BTreeMap<(u64, u64), Due>,
    entries: u64,
    conditions: Conditions,
    links: Vec<Link>,
    clients: Vec<Client>,
    store: SharedStore,
    gateway: Gateway,
    rows: FakeConnections,
    server: Server,
    posts: u64,
    coverage: Coverage,
    is_traced: bool,
}

/// An event that will happen at a certain simulated time.
#[derive(Debug)]
enum Due {
    Act(usize),
    ClientTimer(usize),
    Plugged(usize),
    NewToken(usize),
    AtServer(LinkId),
    AtClient(LinkId),
    /// The gateway closes a connection if it is too old or idle.
    Inspection(LinkId),
    Task(TaskId),
    Broadcast,
    Conflated,
    ServerUp,
    StoreMended,
}

impl<'a> World<'a> {
    /// Creates the state of a simulated run before its first event.
    pub fn new(plan: &'a Plan, is_traced: bool) -> Self {
        let mut rng = Rng::new(plan.seed ^ 0x005e_ed0f_c4a0_5000);
        let store = SharedStore::new(Store::new(&plan.setting));
        let gateway = Gateway::new(Switch::new(rng.fork()));
        let rows = FakeConnections::default();
        let server = Server::new(&plan.setting, &rows, &store, &gateway, rng.bits());
        let clients = plan.setting.clients.iter().map(|setting| Client::new(setting, rng.bits())).collect();
        Self {
            plan,
            now_ms: 0,
            rng,
            agenda: BTreeMap::new(),
            entries: 0,
            conditions: Conditions::GOOD,
            links: Vec::new(),
            clients,
            store,
            gateway,
            rows,
            server,
            posts: 0,
            coverage: Coverage::default(),
            is_traced,
        }
    }

    /// Runs the plan, ends all faults, waits until every client has caught up, and checks the result. Returns the
    /// counts of all events.
    ///
    /// # Errors
    ///
    /// A description of the first promise that was broken.
    pub fn run(mut self) -> Result<Coverage, Fault> {
        self.begin().and_then(|()| self.run_acts()).and_then(|()| self.recover()).map_err(|fault| {
            self.note(|| format!("FAULT {fault}"));
            format!("at {} ms: {fault}", self.now_ms)
        })?;
        self.count_up();
        Ok(self.coverage)
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.is_traced {
            println!("{:#?}", self.plan.setting);
        }
        for client in 0..self.clients.len() {
            self.begin_client(client)?;
        }
        let mut at_ms = 0;
        for (index, (pause_ms, _)) in self.plan.acts.iter().enumerate() {
            at_ms += pause_ms;
            self.enter(at_ms, Due::Act(index));
        }
        Ok(())
    }

    fn run_acts(&mut self) -> Result<(), Fault> {
        let end_ms = self.plan.acts.iter().map(|(pause_ms, _)| pause_ms).sum();
        self.run_until(end_ms)
    }

    fn run_until(&mut self, end_ms: u64) -> Result<(), Fault> {
        while let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= end_ms) {
            let ((at_ms, _), due) = entry.remove_entry();
            self.go_to(at_ms)?;
            self.settle(due)?;
        }
        self.go_to(end_ms)
    }

    fn go_to(&mut self, at_ms: u64) -> Result<(), Fault> {
        self.coverage.steps += 1;
        if self.coverage.steps > STEPS {
            return Err(format!("no end after {STEPS} steps"));
        }
        self.now_ms = self.now_ms.max(at_ms);
        self.gateway.lock().now_ms = self.now_ms;
        Ok(())
    }

    fn settle(&mut self, due: Due) -> Result<(), Fault> {
        match due {
            Due::Act(index) => self.act(index),
            Due::ClientTimer(client) => self.client_timer(client),
            Due::Plugged(client) => self.plugged(client),
            Due::NewToken(client) => self.fetch_token(client),
            Due::AtServer(link) => self.at_server(link),
            Due::AtClient(link) => self.at_client(link),
            Due::Inspection(link) => self.inspect(link),
            Due::Task(task) => self.poll(task),
            Due::Broadcast => self.broadcast(),
            Due::Conflated => self.broadcast_conflated(),
            Due::ServerUp => self.server_up(),
            Due::StoreMended => self.mend_store(),
        }
    }

    fn enter(&mut self, at_ms: u64, due: Due) {
        self.entries += 1;
        self.agenda.insert((at_ms.max(self.now_ms), self.entries), due);
    }

    fn enter_in(&mut self, in_ms: u64, due: Due) {
        self.enter(self.now_ms + in_ms, due);
    }

    /// Returns the current time of the server's clock.
    fn wall(&self) -> Millis {
        BEGIN.saturating_add_unsigned(self.now_ms)
    }

    fn note(&self, words: impl FnOnce() -> String) {
        if self.is_traced {
            let text = words();
            let end = text.char_indices().nth(400).map_or(text.len(), |(end, _)| end);
            println!("{:>9} {}", self.now_ms, &text[..end]);
        }
    }
}

/// Returns the topic with this index in [`TOPICS`].
fn topic(index: usize) -> Topic {
    Topic::new(TOPICS[index]).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Returns the filter with this index in [`FILTERS`].
fn filter(index: usize) -> Filter {
    Filter::new(FILTERS[index]).unwrap_or_else(|error| unreachable!("{error}"))
}
