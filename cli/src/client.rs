//! The client's shell: sockets, clocks and randomness for `tickertape_session`, and for commands that ask once.

pub mod address;
pub mod board;
pub mod clock;
pub mod conversation;
pub mod driver;
pub mod fault;
pub mod history;
pub mod socket;
pub mod target;
pub mod tls;
pub mod wire;

pub use address::Address;
pub use conversation::Conversation;
pub use driver::Driver;
pub use target::Target;

use shared::Advice;
use tickertape_session::Failure as SessionFailure;
use tickertape_session::Refused;

use crate::failure::{Exit, Failure};

/// What a refused request means for the command that sent it.
pub fn refused(refused: &Refused) -> Failure {
    let what = format!("{} ({})", refused.message, refused.code);
    match refused.code.advice() {
        Advice::SignIn => sign_in(what),
        Advice::GiveUp => Failure::new(Exit::Refused, what),
        Advice::Retry | Advice::Change | Advice::Reconnect => Failure::failed(what),
    }
}

/// What it means for a command that the session gave up.
pub fn given_up(failure: SessionFailure, target: &Target) -> Failure {
    let server = target.ws();
    match failure {
        SessionFailure::SignIn => signed_out(server, target.token.is_some()),
        SessionFailure::Forbidden => {
            Failure::new(Exit::Refused, format!("{server} does not let this token in"))
        }
        SessionFailure::Removed => {
            Failure::new(Exit::Refused, format!("{server} has ended this connection for good"))
        }
        SessionFailure::NotTickertape { status } => not_tickertape(server, status),
    }
}

/// Something listens, and is not ours.
pub fn not_tickertape(server: &Address, status: u16) -> Failure {
    Failure::new(Exit::Unreachable, format!("{server} answered {status}: there is no Tickertape WebSocket"))
        .hint("--url names the board, or the WebSocket itself, such as ws://127.0.0.1:8080/ws")
}

/// The server lets nobody in without a token, or not with the one it was shown. It does not say why, and to nobody.
pub fn signed_out(server: &Address, shows_token: bool) -> Failure {
    if !shows_token {
        return sign_in(format!("{server} asks for a token"));
    }
    Failure::new(Exit::Refused, format!("{server} does not take this token")).hint(
        "it has run out, or is another server's: give a new one with --token or TICKERTAPE_TOKEN; `tickertape token` makes them",
    )
}

/// A token is missing, wrong or over.
pub fn sign_in(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Refused, what)
        .hint("give one with --token or TICKERTAPE_TOKEN; `tickertape token` makes them")
}
