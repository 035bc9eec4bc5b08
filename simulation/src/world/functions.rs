//! Runs the functions of the simulated server step by step (as AWS runs Lambda functions), and restarts the server.

use std::future::Future;
use std::task::{Context, Poll, Waker};

use backend_core::ingest::IngestRequest;
use backend_core::testing::FakeConnections;
use backend_core::{GatewayEvent, Principal};
use serde_json::json;
use shared::client::Producer;
use shared::publication::Item;
use shared::{DisconnectCode, limits};

use super::server::{Done, Server, TaskId};
use super::{Due, World, topic};
use crate::link::{End, LinkId};
use crate::observer::Fault;
use crate::plan::{Keeps, Platform, StoreFault};
use crate::ports::ready;

impl World<'_> {
    pub(super) fn start_function(&mut self, id: LinkId, event: GatewayEvent) {
        self.note(|| format!("function: {event:?}"));
        let (service, now) = (self.server.service.clone(), self.wall());
        let is_connect = matches!(event, GatewayEvent::Connect(_));
        self.start(async move {
            let reply = service.handle(event, now).await;
            Done::Event(id, is_connect.then_some(reply))
        });
    }

    /// Publishes `items` values to a topic over HTTP, as a publisher that is not simulated.
    pub(super) fn post_over_http(&mut self, topic_index: usize, items: usize) {
        if !self.server.is_up {
            return;
        }
        self.posts += 1;
        let number = self.posts;
        let items =
            (0..items).map(|item| Item::now(json!({"msg": format!("http.{number}.{item}")}))).collect();
        let request = IngestRequest { topic: topic(topic_index), items, producer: None, meta: None };
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // The result is ignored, because the publisher is not simulated.
            let _ = service.ingest(&Principal::local(), request, now).await;
            Done::Other
        });
    }

    /// Publishes to a topic as another principal (authenticated client), under the names of all producers that the
    /// topic remembers.
    pub(super) fn impersonate(&mut self, topic_index: usize) {
        let ids = self.store.lock().producer_ids(&topic(topic_index));
        ids.into_iter().for_each(|id| self.post_as_eve(topic_index, id, limits::PRODUCER_SEQ));
    }

    /// Publishes to a topic as another principal (authenticated client), under `producers` different producer names.
    pub(super) fn crowd(&mut self, topic_index: usize, producers: usize) {
        (0..producers).for_each(|number| self.post_as_eve(topic_index, format!("eve-{number}"), 1));
    }

    fn post_as_eve(&mut self, topic_index: usize, id: String, seq: u64) {
        if !self.server.is_up {
            return;
        }
        self.posts += 1;
        let items = vec![Item::now(format!("eve.{}", self.posts))];
        let producer = Some(Producer { id, seq, done: false });
        let request = IngestRequest { topic: topic(topic_index), items, producer, meta: None };
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            let eve = Principal { name: "eve".into(), ..Principal::local() };
            // The result concerns only the publisher, which is not simulated.
            let _ = service.ingest(&eve, request, now).await;
            Done::Other
        });
    }

    /// Deletes a topic, as the HTTP request `DELETE /topics/{topic}` does.
    pub(super) fn delete(&mut self, topic_index: usize) {
        if !self.server.is_up {
            return;
        }
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // An error is ignored, because the topic may not exist.
            let _ = service.http_forget(&Principal::local(), topic(topic_index).as_str(), now).await;
            Done::Other
        });
    }

    pub(super) fn count_viewers(&mut self) {
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // If this fails, the number is sent after its next change.
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
        self.carry_out_orders();
        self.notice_changes();
        self.notice_conflated();
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

    /// Schedules a broadcast of the changes in the store to their subscribers, if there are changes and no broadcast is
    /// running or scheduled.
    fn notice_changes(&mut self) {
        let is_busy = !self.server.is_up || self.server.in_flight.is_some();
        if !is_busy && !self.store.lock().changes.is_empty() {
            self.server.in_flight = Some(Vec::new());
            let slowest_ms = if self.plan.setting.platform == Platform::Cloud { 400 } else { 5 };
            let in_ms = self.rng.between(0, slowest_ms);
            self.enter_in(in_ms + self.plan.setting.frame_every_ms, Due::Broadcast);
        }
    }

    /// Schedules the next sending of conflated publications, if some wait.
    fn notice_conflated(&mut self) {
        if !self.server.is_up || self.server.conflated_at_ms.is_some() {
            return;
        }
        if let Some(due_ms) = self.server.service.conflated_due_ms(self.wall()) {
            self.server.conflated_at_ms = Some(self.now_ms + due_ms);
            self.enter_in(due_ms, Due::Conflated);
        }
    }

    pub(super) fn broadcast_conflated(&mut self) -> Result<(), Fault> {
        if self.server.conflated_at_ms != Some(self.now_ms) {
            // The server was restarted after this was scheduled.
            return Ok(());
        }
        self.server.conflated_at_ms = None;
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move {
            // If this fails, clients notice that publications are missing.
            let _ = service.broadcast_conflated(now).await;
            Done::Other
        });
        Ok(())
    }

    pub(super) fn broadcast(&mut self) -> Result<(), Fault> {
        if !self.server.in_flight.as_ref().is_some_and(Vec::is_empty) {
            // The server was restarted after this broadcast was scheduled.
            return Ok(());
        }
        let changes = std::mem::take(&mut self.store.lock().changes);
        self.server.in_flight = Some(changes.clone());
        let (service, now) = (self.server.service.clone(), self.wall());
        self.start(async move { Done::Broadcast(service.broadcast(&changes, now).await.map(drop)) });
        Ok(())
    }

    /// Schedules the next step of a running function. It follows after a random time, as if the function waited for a
    /// call over the network.
    fn step_later(&mut self, id: TaskId) {
        let in_ms = match self.plan.setting.platform {
            Platform::Laptop => self.rng.between(0, 1),
            Platform::Cloud if self.rng.percent(3) => self.rng.between(30, 400),
            Platform::Cloud => self.rng.between(1, 25),
        };
        self.enter_in(in_ms, Due::Task(id));
    }

    pub(super) fn restart(&mut self, down_ms: u64, announced: bool, keeps: Keeps) -> Result<(), Fault> {
        if !self.server.is_up {
            return Ok(());
        }
        if announced {
            self.announce_shutdown();
        }
        self.server.is_up = false;
        self.hang_up_all();
        if keeps == Keeps::Nothing {
            self.store.lock().reset_all();
        }
        if keeps != Keeps::Rows {
            self.rows = FakeConnections::default();
        }
        let seed = self.rng.bits();
        let in_flight = self.server.in_flight.take().unwrap_or_default();
        self.store.lock().changes.splice(0..0, in_flight);
        if self.plan.setting.platform == Platform::Laptop {
            // Clients recover these changes from history after they have reconnected.
            self.store.lock().changes.clear();
        }
        self.server = Server::new(&self.plan.setting, &self.rows, &self.store, &self.gateway, seed);
        self.server.is_up = false;
        self.enter_in(down_ms, Due::ServerUp);
        Ok(())
    }

    fn announce_shutdown(&mut self) {
        let (service, now) = (self.server.service.clone(), self.wall());
        // A client that does not receive the announcement is still told that its socket is closed.
        let _ = ready(service.announce_shutdown(DisconnectCode::Shutdown, "restarting", now));
        self.carry_out_orders();
    }

    fn hang_up_all(&mut self) {
        self.gateway.lock().lines.clear();
        for id in 0..self.links.len() {
            let link = &mut self.links[id];
            link.waiting.clear();
            link.is_busy = false;
            if link.server != End::Closed {
                link.server = End::Closed;
                let notices = self.rng.percent(80);
                let code = self.rng.pick(&[1006, 1001, 1012]);
                if notices {
                    self.send_down(id, crate::link::Down::Closed(code));
                } else {
                    self.links[id].is_dead = true;
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
        self.store.lock().fault = StoreFault::None;
        self.rows.set_broken(false);
        Ok(())
    }
}
