//! Messages about the connection, which commands that run for long print to standard error.

use tickertape_session::{Event, words};

use crate::client::refused;
use crate::error::CliError;
use crate::term::{Look, Paint, say};

/// Prints that the connection was lost, and that it is back. Unlike the page, a terminal also prints short
/// interruptions, because its lines stay for someone who reads them later.
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

/// Ends a command if the server has refused its request.
///
/// # Errors
///
/// The refusal.
pub fn refusal(event: &Event) -> Result<(), CliError> {
    match event {
        Event::SubscribeRefused { refused: why, .. } | Event::Error { refused: why } => Err(refused(why)),
        _ => Ok(()),
    }
}
