//! What commands that run for long say about the connection, on standard error.

use tickertape_session::{Event, words};

use crate::client::refused;
use crate::failure::Failure;
use crate::term::{Look, Paint, say};

/// Says that the connection was lost and when it is back. Blinks are not news to a person, but in a terminal
/// every line stays, and whoever looks later wants to know.
pub fn about(event: &Event) {
    let paint = Paint::stderr();
    match event {
        Event::Disconnected { cause } => {
            say(paint.paint(Look::Yellow, format_args!("{}; reconnecting", cause.words())));
        }
        Event::StateChanged { from, to } if to.is_connected() && !from.is_connected() => {
            say(paint.paint(Look::Dim, words::state_words(*to)));
        }
        Event::ProtocolError { message } => say(paint.paint(Look::Yellow, message)),
        _ => {}
    }
}

/// What the server refused outright is the end of a command.
///
/// # Errors
///
/// The refusal.
pub fn refusal(event: &Event) -> Result<(), Failure> {
    match event {
        Event::SubscribeRefused { refused: why, .. } | Event::Error { refused: why } => Err(refused(why)),
        _ => Ok(()),
    }
}
