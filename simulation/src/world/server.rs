//! The server: the real service, and its functions at work.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use backend_core::ingest::IngestRequest;
use backend_core::ports::{Change, Unavailable};
use backend_core::testing::FakeConnections;
use backend_core::token::Verifier;
use backend_core::{Access, GatewayEvent, Principal, Reply, Service, Settings};
use shared::DisconnectCode;
use shared::publication::Item;

use super::{Due, World, topic};
use crate::gateway::Gateway;
use crate::observer::Fault;
use crate::plan::{Keeps, Platform, Setting};
use crate::ports::{Paced, ready};
use crate::store::{Broken, SharedStore};
use crate::wire::{End, WireId};

/// What tokens are signed with.
pub const SECRET: &[u8] = b"a secret that nobody but this world knows";

/// Numbers functions.
pub type TaskId = u64;

type Subject = Service<Paced<Arc<FakeConnections>>, SharedStore, Gateway>;

/// See the [module](self).
pub struct Server {
    pub service: Arc<Subject>,
    pub is_up: bool,
    tasks: BTreeMap<TaskId, Pin<Box<dyn Future<Output = Done>>>>,
    task_ids: TaskId,
    /// What is being broadcast.
    in_flight: Option<Vec<Change>>,
}

/// What a function has done.
pub enum Done {
    Event(WireId, Option<Reply>),
    Broadcast(Result<(), Unavailable>),
    Other,
}

impl Server {
    pub fn new(
        setting: &Setting,
        rows: &Arc<FakeConnections>,
        store: &SharedStore,
        gateway: &Gateway,
        seed: u64,
    ) -> Self {
        let access = if setting.tokens { tokens() } else { Access::Open };
        let bits = AtomicU64::new(seed);
        let random = move || bits.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let settings = Settings { rotate_in_ms: setting.rotate_in_ms, ..Settings::new(access, random) };
        let service = Service::new(Paced(rows.clone()), store.clone(), gateway.clone(), settings);
        Self { service: Arc::new(service), is_up: true, tasks: BTreeMap::new(), task_ids: 0, in_flight: None }
    }
}

fn tokens() -> Access {
    let verifier = Verifier::new(SECRET);
    Access::Tokens(verifier.unwrap_or_else(|weak| unreachable!("{weak}")))
}

impl World<'_> {
    pub(super) fn start_function(&mut self, id: WireId, event: GatewayEvent) {
        self.note(|| format!("function: {event:?}"));
        let (service, now) = (self.server.service.clone(), self.wall());
        let is_connect = matches!(event, GatewayEvent::Connect(_));
        self.start(async move {
            let reply = service.handle(event, now).await;
            Done::Event(id, is_connect.then_some(reply))
        });
    }

    /// Somebody publishes over HTTP.
    pub(super) fn post_over_http(&mut self, topic_index: usize, items: usize) {
        if !self.server.is_up {
            return;
        }
        self.posts += 1;
        let number = self.posts;
        let items = (0..items).map(|item| Item::now(format!("http.{number}.{item}"))).collect();
        let request = IngestRequest { topic: topic(topic_index), items, producer: None, meta: None };
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // Whether it worked is between the server and whoever posted.
            let _ = service.ingest(&Principal::local(), request, now).await;
            Done::Other
        });
    }

    pub(super) fn count_viewers(&mut self) {
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // What was not told is told with the next change.
            let _ = service.occupancy_due(now).await;
            Done::Other
        });
    }

    fn start(&mut self, task: impl Future<Output = Done> + 'static) {
        self.server.task_ids += 1;
        let id = self.server.task_ids;
        self.server.tasks.insert(id, Box::pin(task));
        self.step_later(id);
    }

    pub(super) fn poll(&mut self, id: TaskId) -> Result<(), Fault> {
        let Some(task) = self.server.tasks.get_mut(&id) else { return Ok(()) };
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.empty_tray();
        self.notice_changes();
        match polled {
            Poll::Pending => self.step_later(id),
            Poll::Ready(done) => {
                self.server.tasks.remove(&id);
                self.done(done);
            }
        }
        Ok(())
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Event(id, reply) => {
                if let Some(reply) = reply {
                    self.connected(id, &reply);
                }
                self.function_done(id);
            }
            Done::Broadcast(result) => {
                let changes = self.server.in_flight.take().filter(|_| result.is_err());
                self.store.lock().changes.splice(0..0, changes.unwrap_or_default());
                self.notice_changes();
            }
            Done::Other => {}
        }
    }

    /// Something was appended: it is broadcast a little later.
    fn notice_changes(&mut self) {
        let is_busy = !self.server.is_up || self.server.in_flight.is_some();
        if !is_busy && !self.store.lock().changes.is_empty() {
            self.server.in_flight = Some(Vec::new());
            let slowest_ms = if self.plan.setting.platform == Platform::Cloud { 400 } else { 5 };
            let in_ms = self.rng.between(0, slowest_ms);
            self.enter_in(in_ms, Due::Broadcast);
        }
    }

    pub(super) fn broadcast(&mut self) -> Result<(), Fault> {
        if !self.server.in_flight.as_ref().is_some_and(Vec::is_empty) {
            // Meant for a server that is no more.
            return Ok(());
        }
        let changes = std::mem::take(&mut self.store.lock().changes);
        self.server.in_flight = Some(changes.clone());
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move { Done::Broadcast(service.broadcast(changes, now).await.map(drop)) });
        Ok(())
    }

    /// The next step of a function, after the call it waits for.
    fn step_later(&mut self, id: TaskId) {
        let in_ms = match self.plan.setting.platform {
            Platform::Laptop => self.rng.between(0, 1),
            Platform::Cloud if self.rng.percent(3) => self.rng.between(30, 400),
            Platform::Cloud => self.rng.between(1, 25),
        };
        self.enter_in(in_ms, Due::Task(id));
    }

    pub(super) fn restart(&mut self, down_ms: u64, farewell: bool, keeps: Keeps) -> Result<(), Fault> {
        if !self.server.is_up {
            return Ok(());
        }
        if farewell {
            self.say_farewell();
        }
        self.server.is_up = false;
        self.hang_up_all();
        if keeps == Keeps::Nothing {
            self.store.lock().reset_all();
        }
        if keeps != Keeps::Rows {
            self.rows = Arc::default();
        }
        let seed = self.rng.bits();
        let in_flight = self.server.in_flight.take().unwrap_or_default();
        self.store.lock().changes.splice(0..0, in_flight);
        if self.plan.setting.platform == Platform::Laptop {
            // What was not broadcast is recovered by those who come back.
            self.store.lock().changes.clear();
        }
        self.server = Server::new(&self.plan.setting, &self.rows, &self.store, &self.gateway, seed);
        self.server.is_up = false;
        self.enter_in(down_ms, Due::ServerUp);
        Ok(())
    }

    fn say_farewell(&mut self) {
        let (service, now) = (self.server.service.clone(), self.wall());
        // Who was not told notices all the same.
        let _ = ready(service.farewell(DisconnectCode::Shutdown, "restarting", now));
        self.empty_tray();
    }

    fn hang_up_all(&mut self) {
        self.gateway.lock().lines.clear();
        for id in 0..self.wires.len() {
            let wire = &mut self.wires[id];
            wire.waiting.clear();
            wire.is_busy = false;
            if wire.server != End::Closed {
                wire.server = End::Closed;
                let notices = self.rng.percent(80);
                let code = self.rng.pick(&[1006, 1001, 1012]);
                if notices {
                    self.send_down(id, crate::wire::Down::Closed(code));
                } else {
                    self.wires[id].is_dead = true;
                }
            }
        }
    }

    pub(super) fn server_up(&mut self) -> Result<(), Fault> {
        self.note(|| "the server is up".into());
        self.server.is_up = true;
        self.notice_changes();
        Ok(())
    }

    pub(super) fn mend_store(&mut self) -> Result<(), Fault> {
        self.store.lock().broken = Broken::No;
        self.rows.set_broken(false);
        Ok(())
    }
}
