//! Takes over the requests that `start.js` has made while the page's code was being loaded: for `config.json`, and the first WebSocket. Each
//! can be taken over once. On a page without `start.js`, there is nothing to take over.

use std::future::Future;

use js_sys::{Array, Promise, Reflect};
use tickertape_session::Now;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::WebSocket;

/// Name of the object in which `start.js` keeps what it has requested.
const EARLY: &str = "early";

/// Takes over the request for `config.json`. Its result is the status and the text of the answer; `None` if there was none. Returns `None`
/// if there is no such request.
pub fn config() -> Option<impl Future<Output = Option<(u16, String)>>> {
    let promise: Promise = take("config")?.dyn_into().ok()?;
    Some(async move {
        let answer: Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        Some((answer.get(0).as_f64()? as u16, answer.get(1).as_string()?))
    })
}

/// A WebSocket that was opened early. Its handshake may be over.
pub struct Early {
    /// The socket.
    pub web: WebSocket,
    /// The message that was sent on it; `None` if none was.
    pub hello: Option<Hello>,
}

/// The first message, which was sent early, and the messages of the server since then.
pub struct Hello {
    /// The message, with the time at which it was sent.
    pub sent: (String, Now),
    /// The server's messages, with the times at which they arrived.
    pub frames: Vec<(String, Now)>,
}

/// Takes over the WebSocket that `start.js` has opened, if it has this address and offers these sub-protocols; any other one is closed. Its
/// handshake may be over. Returns `None` if there is no such socket, or if it was open and has been closed.
pub fn socket(url: &str, protocols: &[String]) -> Option<Early> {
    let web: WebSocket = take("socket")?.dyn_into().ok()?;
    web.set_onopen(None);
    web.set_onmessage(None);
    let was_lost = take("hasOpened").is_some() && web.ready_state() > WebSocket::OPEN;
    if !was_lost && take("key")?.as_string()? == key(url, protocols) {
        return Some(Early { web, hello: hello() });
    }
    let _closed_already = web.close();
    None
}

fn hello() -> Option<Hello> {
    let sent = message(&take("hello")?)?;
    let frames: Array = take("frames")?.dyn_into().ok()?;
    Some(Hello { sent, frames: frames.iter().filter_map(|frame| message(&frame)).collect() })
}

/// Reads a message and its time. A binary message is an empty text, which the session counts as a protocol error.
fn message(parts: &JsValue) -> Option<(String, Now)> {
    let parts: &Array = parts.dyn_ref()?;
    let (mono_ms, wall_ms) = (parts.get(1).as_f64()? as u64, parts.get(2).as_f64()? as i64);
    Some((parts.get(0).as_string().unwrap_or_default(), Now { mono_ms, wall_ms }))
}

/// Returns the text by which `start.js` describes a socket.
fn key(url: &str, protocols: &[String]) -> String {
    protocols.iter().fold(url.to_owned(), |key, protocol| [&key, " ", protocol].concat())
}

/// Takes a value out of the object of `start.js`; `None` if it is not there.
fn take(name: &str) -> Option<JsValue> {
    let window = web_sys::window()?;
    let early = Reflect::get(&window, &EARLY.into()).ok()?;
    let (name, nothing) = (JsValue::from(name), JsValue::UNDEFINED);
    let value = Reflect::get(&early, &name).ok().filter(|value| !value.is_undefined())?;
    let _refused = Reflect::set(&early, &name, &nothing);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use board_model::window::Window;
    use shared::board_config::BoardConfig;
    use shared::{Filter, handshake};
    use tickertape_session::{Effect, Session, Settings};

    const START: &str = include_str!("../start.js");

    #[test]
    fn the_script_asks_for_the_same_as_the_code() {
        let offered = handshake::offer(Some("${kept}"));
        assert!(START.contains(&format!("[\"{}\", `{}`]", offered[0], offered[1])), "{offered:?}");
        let server = BoardConfig::default().addresses("http${rest}");
        assert_eq!((server.ws.as_str(), "/ws"), ("ws${rest}/ws", "/ws"));
        assert!(START.contains("`${location.origin.replace(\"http\", \"ws\")}/ws`"));
        assert!(START.contains("[url, ...protocols].join(\" \")"));
        assert_eq!(key("ws://a/ws", &offered), "ws://a/ws tickertape.v1 bearer.${kept}");
        assert_eq!(key("ws://a/ws", &[]), "ws://a/ws");
    }

    #[test]
    fn the_script_says_what_the_session_says_first() {
        let now = Now { mono_ms: 5_000, wall_ms: 1_800_000_000_000 };
        let mut session = Session::new(Settings::default(), 1);
        session.subscribe(Filter::All, Some(Window::default().rewind()), now);
        session.open(now);
        let Some(Effect::OpenSocket { socket, .. }) = session.poll_effect() else { panic!("no socket") };
        // The time of the opening is earlier than that of the start.
        session.socket_opened(socket, Now { mono_ms: 4_900, ..now });
        let Some(Effect::Send { text, .. }) = session.poll_effect() else { panic!("nothing is sent") };
        assert!(START.contains(&format!("const HELLO = '{text}';")), "{text}");
        assert!(session.poll_effect().is_none());
    }

    #[test]
    fn the_script_reads_the_same_storage_as_the_code() {
        assert!(START.contains(&format!("sessionStorage.getItem(\"{}\") ?? token", crate::token::KEY)));
        assert!(START.contains(&format!("localStorage.getItem(\"{}\")", crate::prefs::WINDOW_KEY)));
    }
}
