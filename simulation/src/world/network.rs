//! The simulated network: delivers messages, and the closing of sockets, between the two ends of a socket.

use backend_core::GatewayEvent;
use backend_core::authorize::{Credentials, asked_protocols, authorize};
use backend_core::event::{Connect, Disconnect, Message};
use backend_core::{Principal, Reply};
use tickertape_session::Refusal;

use super::{Due, World};
use crate::gateway::{Line, Order};
use crate::link::{Down, End, LinkId, Up};
use crate::observer::Fault;
use crate::plan::Platform;

/// WebSocket close code for a broken connection.
const BROKEN: u16 = 1006;
/// WebSocket close code with which the gateway closes a connection that is too old or idle.
const GOING_AWAY: u16 = 1001;

impl World<'_> {
    pub(super) fn send_up(&mut self, id: LinkId, what: Up) {
        let link = &mut self.links[id];
        if matches!(what, Up::Close) {
            link.client_end = End::Closed;
        } else if link.client_end == End::Closed {
            return;
        }
        let is_lost = matches!(what, Up::Text(_)) && self.rng.percent(self.conditions.lost_up);
        let link = &mut self.links[id];
        if link.is_dead || is_lost {
            return;
        }
        link.up.push_back(what);
        let in_ms = self.latency_ms();
        self.enter_in(in_ms, Due::AtServer(id));
    }

    pub(super) fn send_down(&mut self, id: LinkId, what: Down) {
        let link = &mut self.links[id];
        if link.is_dead || link.client_end == End::Closed && !matches!(what, Down::Closed(_)) {
            return;
        }
        link.down.push_back(what);
        let in_ms = self.latency_ms();
        self.enter_in(in_ms, Due::AtClient(id));
    }

    /// Carries out the queued calls of the gateway's management API: sends messages to clients and closes connections.
    pub(super) fn carry_out_orders(&mut self) {
        let pending_orders = std::mem::take(&mut self.gateway.lock().pending_orders);
        for (id, order) in pending_orders {
            match order {
                Order::Post(bytes) => self.post(id, Down::Text(bytes)),
                Order::Close => self.cut_by_server(id, GOING_AWAY),
            }
        }
    }

    fn post(&mut self, id: LinkId, what: Down) {
        self.links[id].active_ms = self.now_ms;
        self.note(|| format!("{:?} < {what:?}", self.links[id].connection));
        if self.links[id].is_dead || self.rng.percent(self.conditions.lost_down) {
            self.clear_backlog(id);
            return;
        }
        if let (true, Down::Text(bytes)) = (self.rng.percent(self.conditions.doubled), &what) {
            self.send_down(id, Down::Text(bytes.clone()));
        }
        self.send_down(id, what);
        if self.rng.percent(self.conditions.reordered) {
            self.overtake(id);
        }
    }

    /// Moves the last message to a client before up to three others, so that it arrives earlier.
    fn overtake(&mut self, id: LinkId) {
        let steps = self.rng.index(4);
        let down = &mut self.links[id].down;
        let is_text = |what: &Down| matches!(what, Down::Text(_));
        for place in (1..down.len()).rev().take(steps) {
            if is_text(&down[place]) && is_text(&down[place - 1]) {
                down.swap(place, place - 1);
            }
        }
    }

    pub(super) fn at_server(&mut self, id: LinkId) -> Result<(), Fault> {
        let thaws_ms = self.links[id].frozen_until_ms;
        if thaws_ms > self.now_ms {
            self.enter(thaws_ms, Due::AtServer(id));
            return Ok(());
        }
        match self.links[id].up.pop_front() {
            Some(Up::Handshake(protocols)) if self.links[id].server == End::Opening => {
                self.handshake(id, &protocols);
            }
            Some(Up::Text(body)) if self.links[id].server == End::Open => {
                self.links[id].active_ms = self.now_ms;
                let connection = self.links[id].connection.clone();
                self.event(
                    id,
                    GatewayEvent::Message(Message { connection, sender: Default::default(), body }),
                );
            }
            Some(Up::Close) => self.hang_up(id),
            Some(Up::Handshake(_) | Up::Text(_)) | None => {}
        }
        Ok(())
    }

    fn handshake(&mut self, id: LinkId, protocols: &[String]) {
        if !self.server.is_up || self.rng.percent(self.conditions.refused) {
            let status = self.rng.pick(&[None, Some(429), Some(503)]);
            self.refuse(id, status);
            return;
        }
        let header = protocols.join(", ");
        let credentials = Credentials { authorization: None, protocols: Some(&header) };
        let access = &self.server.service.settings().access;
        match authorize(access, &credentials, self.wall()) {
            Ok(principal) => self.admit(id, principal, asked_protocols(&header)),
            Err(_) => self.refuse(id, Some(401)),
        }
    }

    fn admit(&mut self, id: LinkId, principal: Principal, protocols: Vec<String>) {
        let connection = self.links[id].connection.clone();
        let connect = Connect { connection, principal: Some(principal), protocols };
        self.event(id, GatewayEvent::Connect(connect));
    }

    fn refuse(&mut self, id: LinkId, status: Option<u16>) {
        self.links[id].server = End::Closed;
        let is_browser = self.clients[self.links[id].client].is_browser;
        let status = status.filter(|_| !is_browser);
        self.send_down(id, Down::Refused(Refusal { status, retry_after_ms: None, is_from_server: true }));
    }

    /// Handles the server's answer to the event `$connect`: accepts or refuses the handshake.
    pub(super) fn connected(&mut self, id: LinkId, reply: &Reply) {
        if reply.status != 200 {
            self.refuse(id, Some(reply.status));
            return;
        }
        let link = &mut self.links[id];
        if link.server == End::Closed {
            // The client has closed the socket while the function was running.
            self.send_disconnect(id);
            return;
        }
        link.server = End::Open;
        link.active_ms = self.now_ms;
        let line = Line { link: id, since_ms: self.now_ms, backlog: 0 };
        self.gateway.lock().lines.insert(link.connection.clone(), line);
        self.send_down(id, Down::Opened);
        let setting = &self.plan.setting;
        let (life_ms, idle_ms) = (setting.life_ms, setting.idle_ms);
        self.enter_in(life_ms, Due::Inspection(id));
        self.enter_in(idle_ms, Due::Inspection(id));
    }

    /// Closes a connection if it is too old or idle. Otherwise schedules the next inspection.
    pub(super) fn inspect(&mut self, id: LinkId) -> Result<(), Fault> {
        let setting = &self.plan.setting;
        let link = &self.links[id];
        let since_ms = self.gateway.lock().lines.get(&link.connection).map(|line| line.since_ms);
        let Some(since_ms) = since_ms else { return Ok(()) };
        let idle_at_ms = link.active_ms + setting.idle_ms;
        if since_ms + setting.life_ms <= self.now_ms || idle_at_ms <= self.now_ms {
            self.coverage.cut_by_gateway += 1;
            self.cut_by_server(id, GOING_AWAY);
        } else {
            self.enter(idle_at_ms, Due::Inspection(id));
        }
        Ok(())
    }

    pub(super) fn at_client(&mut self, id: LinkId) -> Result<(), Fault> {
        let client = self.links[id].client;
        let ready_ms = self.links[id].frozen_until_ms.max(self.clients[client].asleep_until_ms);
        if ready_ms > self.now_ms {
            self.enter(ready_ms, Due::AtClient(id));
            return Ok(());
        }
        let Some(what) = self.links[id].down.pop_front() else { return Ok(()) };
        let socket = self.links[id].socket;
        match what {
            Down::Opened => {
                self.links[id].client_end = End::Open;
                self.input(client, |session, now| session.socket_opened(socket, now))
            }
            Down::Text(bytes) => {
                self.clear_backlog(id);
                let text = String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string())?;
                self.input(client, |session, now| session.socket_message(socket, &text, now))
            }
            Down::Refused(refusal) => {
                self.ended(id);
                self.input(client, |session, now| session.socket_refused(socket, refusal, now))
            }
            Down::Closed(code) => {
                self.ended(id);
                self.input(client, |session, now| session.socket_closed(socket, code, "", now))
            }
        }
    }

    fn ended(&mut self, id: LinkId) {
        let link = &mut self.links[id];
        link.client_end = End::Closed;
        let (client, socket) = (link.client, link.socket);
        self.clients[client].observer.closed(socket);
    }

    /// Breaks a connection. An end that does not notice this continues to send, but its messages are lost.
    pub(super) fn cut(&mut self, id: LinkId, client_notices: bool, server_notices: bool) {
        self.links[id].drop_all();
        if client_notices {
            self.send_down(id, Down::Closed(BROKEN));
        }
        self.links[id].is_dead = true;
        if server_notices {
            self.hang_up(id);
        }
    }

    /// Closes a connection at the server's end, with this close code.
    pub(super) fn cut_by_server(&mut self, id: LinkId, code: u16) {
        self.send_down(id, Down::Closed(code));
        self.hang_up(id);
    }

    /// Closes the server's end of a socket, and passes the event `$disconnect` to the server.
    fn hang_up(&mut self, id: LinkId) {
        let was = std::mem::replace(&mut self.links[id].server, End::Closed);
        let connection = self.links[id].connection.clone();
        self.gateway.lock().lines.remove(&connection);
        self.send_down(id, Down::Closed(1000));
        if was == End::Open {
            self.send_disconnect(id);
        }
    }

    fn send_disconnect(&mut self, id: LinkId) {
        if self.rng.percent(self.conditions.lost_disconnect) {
            return;
        }
        let connection = self.links[id].connection.clone();
        let (status_code, reason) = (BROKEN, String::new());
        self.event(id, GatewayEvent::Disconnect(Disconnect { connection, status_code, reason }));
    }

    /// Passes an event of a connection to a function of the server. On the platform [`Platform::Laptop`], the function
    /// gets it only after the previous event of the connection was handled.
    fn event(&mut self, id: LinkId, event: GatewayEvent) {
        if !self.server.is_up {
            return;
        }
        let in_turn = self.plan.setting.platform == Platform::Laptop;
        let link = &mut self.links[id];
        if in_turn && link.is_busy {
            link.waiting.push_back(event);
        } else {
            link.is_busy = true;
            self.start_function(id, event);
        }
    }

    /// Records that the server has handled an event of a connection, and passes the next waiting event to it.
    pub(super) fn function_done(&mut self, id: LinkId) {
        self.links[id].is_busy = false;
        if let Some(event) = self.links[id].waiting.pop_front() {
            self.event(id, event);
        }
    }

    fn clear_backlog(&mut self, id: LinkId) {
        let connection = self.links[id].connection.clone();
        if let Some(line) = self.gateway.lock().lines.get_mut(&connection) {
            line.backlog = line.backlog.saturating_sub(1);
        }
    }

    fn latency_ms(&mut self) -> u64 {
        self.rng.between(self.conditions.fastest_ms, self.conditions.slowest_ms)
    }
}
