//! Runs the session (the client's side of the protocol) in a browser. Every `WebSocket` of the page is opened here,
//! except the first one, which `start.js` opens while the code is being loaded.
//!
//! This file makes no decisions. It passes events of sockets, page and clock to the session, performs the session's
//! effects, and sets a timer for the time at which the session has to be called again.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use shared::board_config::Addresses;
use shared::handshake;
use shared::recording::Entry;
use tickertape_session::{Effect, Event, Now, Refusal, Session, SocketId};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, EventTarget, MessageEvent, WebSocket};

use crate::early::{self, Hello};
use crate::now::now;
use crate::refusal;

/// WebSocket close code for a connection that is no longer needed (RFC 6455, section 7.4.1).
const NORMAL_CLOSURE: u16 = 1000;

/// A session (the client's side of the protocol) together with its WebSockets.
#[derive(Clone)]
pub struct Connection(Rc<Wiring>);

struct Wiring {
    url: String,
    http: String,
    session: RefCell<Session>,
    /// The open sockets: one, or two while the session replaces a connection. A list is fast enough for so few.
    sockets: RefCell<Vec<(SocketId, Socket)>>,
    /// The messages on the socket that was taken over, until the session learns that it is open.
    hello: RefCell<Option<Hello>>,
    /// The first message of the session, if it was sent before the session was there.
    said: RefCell<Option<String>>,
    tell: Box<dyn Fn(Event)>,
    tap: Box<dyn Fn(Entry)>,
    wake: Closure<dyn FnMut()>,
    alarm: Cell<Option<Alarm>>,
}

/// A timer that has been set in the browser: its time and its handle.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Alarm {
    due_ms: u64,
    handle: i32,
}

impl Connection {
    /// Connects `session` to the clock, to the page's events and to a server. No socket is opened yet. The session's
    /// events are passed to `tell`, which may use the connection.
    pub fn new(server: Addresses, session: Session, tell: impl Fn(Event) + 'static) -> Self {
        Self::tapped(server, session, tell, |_| ())
    }

    /// Creates a connection as [`Self::new`] does. Everything that its sockets receive is also passed to `tap`, before the
    /// session handles it.
    pub fn tapped(
        server: Addresses,
        session: Session,
        tell: impl Fn(Event) + 'static,
        tap: impl Fn(Entry) + 'static,
    ) -> Self {
        let wiring = Rc::new_cyclic(|wiring| Wiring {
            url: server.ws,
            http: server.http,
            session: RefCell::new(session),
            sockets: RefCell::default(),
            hello: RefCell::default(),
            said: RefCell::default(),
            tell: Box::new(tell),
            tap: Box::new(tap),
            wake: on_wake(Weak::clone(wiring)),
            alarm: Cell::new(None),
        });
        watch_page(&wiring);
        Self(wiring)
    }

    /// Calls `act` with the session and the present time. Then performs the session's effects and passes on its
    /// events. Returns the result of `act`.
    pub fn act<T>(&self, act: impl FnOnce(&mut Session, Now) -> T) -> T {
        self.0.act(act)
    }

    /// Calls `view` with the session and the present time, and returns its result.
    pub fn view<T>(&self, view: impl FnOnce(&Session, Now) -> T) -> T {
        view(&self.0.session.borrow(), now())
    }
}

impl Wiring {
    fn act<T>(self: &Rc<Self>, act: impl FnOnce(&mut Session, Now) -> T) -> T {
        self.act_at(now(), act)
    }

    /// Calls `act` with the time of something that has happened before.
    fn act_at<T>(self: &Rc<Self>, at: Now, act: impl FnOnce(&mut Session, Now) -> T) -> T {
        let answer = act(&mut self.session.borrow_mut(), at);
        self.drain();
        answer
    }

    fn feed<T>(&self, act: impl FnOnce(&mut Session, Now) -> T) -> T {
        act(&mut self.session.borrow_mut(), now())
    }

    fn drain(self: &Rc<Self>) {
        loop {
            // The session must not be borrowed while an effect is performed or an event is handled, because both may use it.
            let effect = self.session.borrow_mut().poll_effect();
            if let Some(effect) = effect {
                self.perform(effect);
                continue;
            }
            let event = self.session.borrow_mut().poll_event();
            let Some(event) = event else { break };
            (self.tell)(event);
        }
        self.set_alarm();
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::OpenSocket { socket, protocols } => self.open(socket, &protocols),
            Effect::Send { socket, text } => match self.said.take() {
                None => self.with(socket, |web| web.send_with_str(&text)),
                Some(said) if said == text => {}
                // The answer would be taken for one to this message. The session connects again.
                Some(_) => self.with(socket, |web| web.close_with_code(NORMAL_CLOSURE)),
            },
            Effect::CloseSocket { socket } => self.with(socket, |web| web.close_with_code(NORMAL_CLOSURE)),
        }
    }

    fn open(self: &Rc<Self>, id: SocketId, protocols: &[String]) {
        let early = early::socket(&self.url, protocols);
        let (early, hello) = early.map_or((None, None), |early| (Some(early.web), early.hello));
        self.hello.replace(hello);
        match Socket::open(early, &self.url, protocols, id, self) {
            Ok(socket) => {
                self.sockets.borrow_mut().push((id, socket));
            }
            // The address is not valid, or the page's content security policy forbids the connection.
            Err(_) => self.feed(|session, now| session.socket_refused(id, Refusal::default(), now)),
        }
    }

    /// Tells the session that a socket is open, and what was said and heard on it before it was taken over.
    fn opened(self: &Rc<Self>, id: SocketId) {
        let hello = self.hello.take();
        let at = hello.as_ref().map_or_else(now, |hello| hello.sent.1);
        let frames = hello.map_or_else(Vec::new, |hello| {
            self.said.replace(Some(hello.sent.0));
            hello.frames
        });
        (self.tap)(Entry::Opened);
        self.act_at(at, |session, now| session.socket_opened(id, now));
        frames.iter().for_each(|(text, at)| self.heard(id, text, *at));
    }

    fn heard(self: &Rc<Self>, id: SocketId, text: &str, at: Now) {
        (self.tap)(Entry::Frame(text.into()));
        self.act_at(at, |session, now| session.socket_message(id, text, now));
    }

    /// Calls `act` with the WebSocket that has this id. An error is ignored, because it means that the socket is
    /// closing or closed, which its `close` event reports.
    fn with(&self, id: SocketId, act: impl FnOnce(&WebSocket) -> Result<(), JsValue>) {
        if let Some((_, socket)) = self.sockets.borrow().iter().find(|(open, _)| *open == id) {
            let _refused_by_a_closing_socket = act(&socket.web);
        }
    }

    fn set_alarm(&self) {
        let due_ms = self.session.borrow().poll_timeout();
        // An alarm that is too early does no harm: it sets the next one. With every message, the session is due a little later.
        let is_in_time = |alarm: Alarm| due_ms.is_none_or(|due_ms| alarm.due_ms <= due_ms);
        if self.alarm.get().is_some_and(is_in_time) {
            return;
        }
        let Some(window) = web_sys::window() else { return };
        if let Some(alarm) = self.alarm.take() {
            window.clear_timeout_with_handle(alarm.handle);
        }
        let Some(due_ms) = due_ms else { return };
        let delay_ms = i32::try_from(due_ms.saturating_sub(now().mono_ms)).unwrap_or(i32::MAX);
        let handle = window.set_timeout_with_callback_and_timeout_and_arguments_0(
            self.wake.as_ref().unchecked_ref(),
            delay_ms,
        );
        self.alarm.set(handle.ok().map(|handle| Alarm { due_ms, handle }));
    }
}

fn on_wake(wiring: Weak<Wiring>) -> Closure<dyn FnMut()> {
    Closure::new(move || {
        if let Some(wiring) = wiring.upgrade() {
            wiring.alarm.set(None);
            wiring.act(|session, now| session.handle_timeout(now));
        }
    })
}

/// A WebSocket with its event handlers. Dropping this value removes the handlers and closes the socket.
struct Socket {
    web: WebSocket,
    _open: Closure<dyn FnMut(JsValue)>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(JsValue)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Opens a socket, or takes over one that was opened before.
    fn open(
        early: Option<WebSocket>,
        url: &str,
        protocols: &[String],
        id: SocketId,
        wiring: &Rc<Wiring>,
    ) -> Result<Self, JsValue> {
        let token = protocols.iter().find_map(|name| handshake::token_in(name)).map(str::to_owned);
        let web = match early {
            Some(web) => web,
            None => {
                let protocols: js_sys::Array = protocols.iter().map(|name| JsValue::from_str(name)).collect();
                WebSocket::new_with_str_sequence(url, &protocols)?
            }
        };
        let has_opened = Rc::new(Cell::new(false));
        let (opened, failed) = (Rc::clone(&has_opened), Rc::clone(&has_opened));
        let socket = Self {
            _open: listener(wiring, move |wiring, _| {
                opened.set(true);
                wiring.opened(id);
            }),
            _message: listener(wiring, move |wiring, event: MessageEvent| {
                // A binary message is passed on as an empty text, which the session counts as a protocol error.
                let text = event.data().as_string().unwrap_or_default();
                wiring.heard(id, &text, now());
            }),
            _error: listener(wiring, move |wiring, _| errored(&wiring, id, failed.get(), token.clone())),
            _close: listener(wiring, move |wiring, event| closed(&wiring, id, &event, has_opened.get())),
            web,
        };
        socket.web.set_onopen(Some(socket._open.as_ref().unchecked_ref()));
        socket.web.set_onmessage(Some(socket._message.as_ref().unchecked_ref()));
        socket.web.set_onerror(Some(socket._error.as_ref().unchecked_ref()));
        socket.web.set_onclose(Some(socket._close.as_ref().unchecked_ref()));
        repeat_events(&socket.web);
        Ok(socket)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.web.set_onopen(None);
        self.web.set_onmessage(None);
        self.web.set_onerror(None);
        self.web.set_onclose(None);
        let _closed_already = self.web.close();
    }
}

/// Repeats the events of a socket that was taken over. If its handshake is over, they came before there were handlers.
fn repeat_events(web: &WebSocket) {
    let names: &[&str] = match web.ready_state() {
        WebSocket::CONNECTING => return,
        WebSocket::OPEN => &["open"],
        _ => &["error", "close"],
    };
    let web = web.clone();
    crate::task::spawn(async move {
        for name in names {
            let event = web_sys::Event::new(name);
            let _handled = event.and_then(|event| web.dispatch_event(&event));
        }
    });
}

/// Handles the `error` event of a WebSocket, which contains no reason. If the socket has never been open, the server
/// has refused the handshake or cannot be reached. An HTTP request with the same token then shows which of the two
/// happened. If the socket was open, nothing is done, because a `close` event always follows.
fn errored(wiring: &Rc<Wiring>, id: SocketId, has_opened: bool, token: Option<String>) {
    if has_opened {
        return;
    }
    let wiring = Rc::clone(wiring);
    crate::task::spawn(async move {
        let refusal = refusal::ask(&wiring.http, token.as_deref()).await;
        wiring.act(|session, now| session.socket_refused(id, refusal, now));
    });
}

fn closed(wiring: &Rc<Wiring>, id: SocketId, event: &CloseEvent, has_opened: bool) {
    if has_opened {
        (wiring.tap)(Entry::Closed { code: event.code(), reason: event.reason() });
        wiring.act(|session, now| session.socket_closed(id, event.code(), &event.reason(), now));
    }
    wiring.sockets.borrow_mut().retain(|(open, _)| *open != id);
}

fn listener<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    wiring: &Rc<Wiring>,
    handle: impl Fn(Rc<Wiring>, E) + 'static,
) -> Closure<dyn FnMut(E)> {
    let wiring = Rc::downgrade(wiring);
    Closure::new(move |event| {
        if let Some(wiring) = wiring.upgrade() {
            handle(wiring, event);
        }
    })
}

/// Passes events of the page to the session: the network is lost or available again, the tab is hidden or shown, the
/// page is closed or restored.
fn watch_page(wiring: &Rc<Wiring>) {
    let Some(window) = web_sys::window() else { return };
    listen(&window, "online", wiring, |session, now| session.network(true, now));
    listen(&window, "offline", wiring, |session, now| session.network(false, now));
    listen(&window, "pagehide", wiring, |session, now| session.close(now));
    listen_for_page_shown(&window, wiring);
    if let Some(document) = window.document() {
        let page = document.clone();
        listen(&document, "visibilitychange", wiring, move |session, now| {
            session.visibility(!page.hidden(), now);
        });
    }
}

/// Connects again when the browser restores the page from its back/forward cache.
fn listen_for_page_shown(window: &web_sys::Window, wiring: &Rc<Wiring>) {
    let shown = listener(wiring, |wiring, event: web_sys::PageTransitionEvent| {
        if event.persisted() {
            wiring.act(|session, now| session.open(now));
        }
    });
    let _listening = window.add_event_listener_with_callback("pageshow", shown.as_ref().unchecked_ref());
    shown.forget();
}

fn listen(target: &EventTarget, name: &str, wiring: &Rc<Wiring>, tell: impl Fn(&mut Session, Now) + 'static) {
    let heard = listener(wiring, move |wiring, _: JsValue| wiring.act(&tell));
    let _listening = target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    heard.forget();
}
