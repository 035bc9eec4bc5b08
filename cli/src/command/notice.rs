//! Messages about the connection, which long-running commands print to standard error.

use tickertape_session::{Event, words};

use crate::client::refused;
use crate::error::CliError;
use crate::term::{Look, Paint, say};

/// Prints a message if the event says that the connection was lost, that it is established again, or that a message was
/// invalid. Unlike the page, a terminal also shows short interruptions, because its lines may be read later.
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

/// Returns an error, which ends the command, if the event says that the server has refused its request.
///
/// # Errors
///
/// An error that gives the reason for the refusal.
pub fn refusal(event: &Event) -> Result<(), CliError> {
    match event {
        Event::SubscribeRefused { refused: why, .. } | Event::Error { refused: why } => Err(refused(why)),
        _ => Ok(()),
    }
}
