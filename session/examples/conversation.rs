//! Prints the operations that a new session requests from the program around it: open a socket, then send a `subscribe`
//! on it.

use tickertape_session::{Effect, Now, Session, Settings};

fn main() {
    let now = Now { mono_ms: 0, wall_ms: 1_800_000_000_000 };
    let mut session = Session::new(Settings::default(), 7);
    session.subscribe("host/*".parse().expect("a filter"), None, now);
    session.open(now);
    while let Some(effect) = session.poll_effect() {
        println!("{effect:?}");
        // A real program calls this method when its socket has opened.
        if let Effect::OpenSocket { socket, .. } = effect {
            session.socket_opened(socket, now);
        }
    }
}
