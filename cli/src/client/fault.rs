//! Why no conversation came about: what a session makes of it, and what a person should do.

use std::io;
use std::net::IpAddr;

use tickertape_session::Refusal;

use super::{Address, sign_in, signed_out};
use crate::failure::{Exit, Failure};

/// Why there is no socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answered the call.
    Unreachable {
        /// As the system says it; empty if it says nothing.
        why: String,
    },
    /// It ended, or broke, before it was one.
    Broken,
    /// TLS was spoken to something that does not speak it.
    NotTls,
    /// Something without TLS was spoken to whoever does not understand it, perhaps for that reason.
    NotHttp,
    /// The server could not prove who it is.
    Untrusted(Distrust),
    /// TLS came to nothing, in the library's words.
    Tls {
        /// What went wrong.
        why: String,
    },
    /// It was HTTP, and the answer no.
    Refused(Refusal),
    /// A token that cannot stand in a header.
    BadToken,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// Nobody this machine trusts has signed it.
    UnknownAuthority,
    /// It is for others.
    OtherName {
        /// For whom; empty if the library does not say.
        names: Vec<String>,
    },
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Anything else, in the library's words.
    Other {
        /// What it says.
        why: String,
    },
}

impl Fault {
    /// Nobody answered.
    pub fn unreachable(error: &io::Error) -> Self {
        Self::Unreachable { why: error.to_string() }
    }

    /// What a session is told. A certificate may be put right while it waits, so it goes on trying.
    pub fn to_refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => *refusal,
            Self::BadToken => Refusal { status: Some(401), retry_after_ms: None },
            Self::Unreachable { .. }
            | Self::Broken
            | Self::NotTls
            | Self::NotHttp
            | Self::Untrusted(_)
            | Self::Tls { .. } => Refusal::default(),
        }
    }

    /// What it means for a command that needs the server now, and has shown a token or not.
    pub fn to_failure(&self, server: &Address, shows_token: bool) -> Failure {
        let unreachable = |what: String| Failure::new(Exit::Unreachable, what);
        match self {
            Self::Unreachable { why } => nobody_there(server, why),
            Self::Broken => unreachable(format!("{server} ended the conversation before it began"))
                .hint(format!("perhaps it is {}", server.with_the_other_scheme())),
            Self::NotTls => unreachable(format!("{server} answers without TLS"))
                .hint(format!("try {}, on a network you trust", server.with_the_other_scheme())),
            Self::NotHttp => unreachable(format!("{server} answers, and not in HTTP"))
                .hint(format!("perhaps it wants TLS: try {}", server.with_the_other_scheme())),
            Self::Untrusted(distrust) => distrust.to_failure(server),
            Self::Tls { why } => unreachable(format!("no TLS with {server}: {why}")),
            Self::Refused(refusal) => refused(server, refusal.status, shows_token),
            Self::BadToken => sign_in("that token has characters no token has"),
        }
    }
}

impl Distrust {
    fn to_failure(&self, server: &Address) -> Failure {
        let (what, hint) = match self {
            Self::UnknownAuthority => (
                "nobody this machine trusts has signed its certificate".to_owned(),
                "if it is your own or your company's authority, name its certificate with --ca-file FILE",
            ),
            Self::OtherName { names } => (
                format!("its certificate is for {}", listed(names)),
                "use the name in the certificate, or ask whoever runs the server for one with this name",
            ),
            Self::Expired => (
                "its certificate has expired".to_owned(),
                "ask whoever runs the server for a new one, or look whether this machine's clock is right",
            ),
            Self::NotYetValid => {
                ("its certificate is not valid yet".to_owned(), "look whether this machine's clock is right")
            }
            Self::Other { why } => {
                (format!("its certificate is refused: {why}"), "ask whoever runs the server for another one")
            }
        };
        Failure::new(Exit::Unreachable, format!("{server} is not to be trusted: {what}")).hint(hint)
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "another name".to_owned() } else { names.join(", ") }
}

fn nobody_there(server: &Address, why: &str) -> Failure {
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let hint = if is_this_machine(server) {
        "start one with `tickertape serve`, or name another with --url"
    } else {
        "look whether --url names the right one, and whether this machine is online"
    };
    Failure::new(Exit::Unreachable, format!("no server at {server}{why}")).hint(hint)
}

fn is_this_machine(server: &Address) -> bool {
    let is_loopback = |ip: IpAddr| ip.is_loopback();
    server.host() == "localhost" || server.host().parse().is_ok_and(is_loopback)
}

fn refused(server: &Address, status: Option<u16>, shows_token: bool) -> Failure {
    match status {
        None => nobody_there(server, ""),
        Some(401) => signed_out(server, shows_token),
        Some(403) => Failure::new(Exit::Refused, format!("{server} does not let this program in")),
        Some(429 | 500..) => {
            Failure::new(Exit::Unreachable, format!("{server} is not taking connections right now"))
                .hint("try again in a moment")
        }
        Some(status) => super::not_tickertape(server, status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(url: &str, fault: &Fault, shows_token: bool) -> Failure {
        fault.to_failure(&Address::read(url).unwrap(), shows_token)
    }

    #[test]
    fn whoever_has_shown_a_token_is_not_told_to_show_one() {
        let refused = Fault::Refused(Refusal { status: Some(401), retry_after_ms: None });
        let url = "wss://a1.execute-api.eu-central-1.amazonaws.com/prod";
        assert!(failure(url, &refused, false).what.ends_with("asks for a token"));
        let wrong = failure(url, &refused, true);
        assert!(wrong.what.ends_with("does not take this token"), "{}", wrong.what);
        assert!(wrong.hint.unwrap().contains("another server's"));
    }

    #[test]
    fn a_server_is_to_be_started_only_where_that_can_be_done() {
        let nobody = Fault::Unreachable { why: "Connection refused".into() };
        for url in ["ws://127.0.0.1:8080/ws", "ws://localhost:8080/ws", "ws://[::1]:8080/ws"] {
            assert!(failure(url, &nobody, false).hint.unwrap().contains("`tickertape serve`"), "{url}");
        }
        let elsewhere = failure("wss://live.example.org", &nobody, false).hint.unwrap();
        assert!(!elsewhere.contains("serve") && elsewhere.contains("--url"), "{elsewhere}");
    }
}
