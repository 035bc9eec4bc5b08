//! Connects a command to its server: converts the options of the command line, and adds hints about what to type to
//! errors.

use std::net::IpAddr;

use shared::Advice;
use tickertape_client::{Address, CertificateProblem, ClientError, ConnectError, ConnectOptions, Target};
use tickertape_session::Refused;

use crate::cli::ClientArgs;
use crate::error::{CliError, Exit};

/// Finds the server that `--url` names.
///
/// # Errors
///
/// [`CliError`], with a hint about what to type.
pub async fn find(args: &ClientArgs) -> Result<Target, CliError> {
    let mut options = ConnectOptions::new(&args.url);
    options.token.clone_from(&args.token);
    options.ca_file.clone_from(&args.ca_file);
    Ok(Target::find(&options).await?)
}

/// Returns the error of a command whose request was refused by the server.
pub fn refused(refused: &Refused) -> CliError {
    ClientError::Refused(refused.clone()).into()
}

impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let cli_error = Self::new(exit(&error), flagged(&error));
        match hint(&error) {
            Some(hint) => cli_error.hint(hint),
            None => cli_error,
        }
    }
}

/// Returns the message of an error. If the value of a flag caused the error, the message begins with the name of the
/// flag.
fn flagged(error: &ClientError) -> String {
    match error {
        ClientError::InvalidUrl { .. } => format!("--url {error}"),
        ClientError::CaFile { .. } => format!("--ca-file: {error}"),
        _ => error.to_string(),
    }
}

fn exit(error: &ClientError) -> Exit {
    match error {
        ClientError::InvalidUrl { .. } | ClientError::CaFile { .. } | ClientError::NoHttp { .. } => {
            Exit::Usage
        }
        ClientError::Connect { error: ConnectError::InvalidToken, .. }
        | ClientError::SignInRequired { .. }
        | ClientError::Forbidden { .. }
        | ClientError::Removed { .. } => Exit::Refused,
        ClientError::Connect { .. }
        | ClientError::NoAnswer { .. }
        | ClientError::ConnectionLost { .. }
        | ClientError::NotTickertape { status: Some(_), .. }
        | ClientError::BoardMoved { .. } => Exit::Unreachable,
        ClientError::Refused(refused) => match refused.code.advice() {
            Advice::SignIn | Advice::GiveUp => Exit::Refused,
            Advice::Retry | Advice::Change | Advice::Reconnect => Exit::Failed,
        },
        _ => Exit::Failed,
    }
}

/// The hint for a token that does not permit what was requested.
pub const ANOTHER_TOKEN: &str = "give another token with --token, or ask the server's operator for access";
const GIVE_TOKEN: &str = "give a token with --token or TICKERTAPE_TOKEN (see `tickertape token --help`)";

fn hint(error: &ClientError) -> Option<String> {
    let hint = match error {
        ClientError::InvalidUrl { .. } => {
            "valid addresses are for example http://127.0.0.1:8080, https://board.example or ws://127.0.0.1:8080/ws"
        }
        ClientError::CaFile { .. } => {
            "the file must contain certificates in PEM, which begin with -----BEGIN CERTIFICATE-----"
        }
        ClientError::NoTrustedAuthorities { .. } => {
            "install the package ca-certificates of the operating system, or give a file of certificates with --ca-file or SSL_CERT_FILE"
        }
        ClientError::Connect { server, error, .. } => return connect_hint(server, error),
        ClientError::SignInRequired { with_token: false, .. } => GIVE_TOKEN,
        ClientError::SignInRequired { with_token: true, .. } => {
            "the token has expired, or is for another server: give a new one with --token or TICKERTAPE_TOKEN \
             (see `tickertape token --help`)"
        }
        ClientError::Refused(refused) if refused.code.advice() == Advice::SignIn => GIVE_TOKEN,
        ClientError::NotTickertape { .. } => {
            "give the address of the board, or of its WebSocket, with --url, such as ws://127.0.0.1:8080/ws"
        }
        ClientError::Gateway { .. } => {
            "try again in a moment; the reason is in the logs of the Lambda functions, in the lines with this request id"
        }
        ClientError::BoardMoved { location, .. } => return Some(format!("try --url {location}")),
        ClientError::NoHttp { .. } => {
            "give the address of the board with --url, such as https://board.example"
        }
        ClientError::OldServer { .. } => "update the server, or run the command without --step",
        ClientError::UnusableServer { .. } => {
            "give the address of the server's WebSocket with --url, such as wss://board.example/ws"
        }
        ClientError::NoAnswer { .. } | ClientError::ConnectionLost { .. } => {
            "run the command again in a moment; if it fails again, check that the server in --url is running"
        }
        ClientError::Forbidden { .. } | ClientError::Removed { .. } => ANOTHER_TOKEN,
        _ => return None,
    };
    Some(hint.to_owned())
}

fn connect_hint(server: &Address, error: &ConnectError) -> Option<String> {
    let hint = match error {
        ConnectError::Unreachable { .. } => unreachable_hint(server),
        ConnectError::Refused(refusal) if refusal.status.is_none() => unreachable_hint(server),
        ConnectError::Refused(_) => "try again in a moment",
        ConnectError::Closed | ConnectError::NotHttp => {
            return Some(format!("the right address may be {}", server.with_the_other_scheme()));
        }
        ConnectError::NotTls => {
            return Some(format!("on a network that you trust, try {}", server.with_the_other_scheme()));
        }
        ConnectError::Certificate(problem) => certificate_hint(problem),
        ConnectError::InvalidToken => GIVE_TOKEN,
        ConnectError::Tls { .. } => "ask the server's operator whether the server supports TLS 1.2 or 1.3",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn certificate_hint(problem: &CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::UnknownAuthority => {
            "if the authority is your own or your company's, give its certificate with --ca-file FILE"
        }
        CertificateProblem::WrongName { .. } => {
            "give a --url with a name from the certificate, or ask the server's operator for a certificate with the name in --url"
        }
        CertificateProblem::Expired => {
            "ask the server's operator for a new certificate, or check this machine's clock"
        }
        CertificateProblem::NotYetValid => "check this machine's clock",
        _ => "ask the server's operator for another certificate",
    }
}

fn unreachable_hint(server: &Address) -> &'static str {
    if is_this_machine(server) {
        "start a server with `tickertape serve`, or give the address of another one with --url"
    } else {
        "check the address in --url, and that this machine is online"
    }
}

fn is_this_machine(server: &Address) -> bool {
    let is_loopback = |ip: IpAddr| ip.is_loopback();
    server.host() == "localhost" || server.host().parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address {
        Address::read(url).unwrap()
    }

    fn unreachable(url: &str) -> CliError {
        let error = ConnectError::Unreachable { reason: "Connection refused".into() };
        ClientError::Connect { server: address(url), error, with_token: false }.into()
    }

    #[test]
    fn the_hint_for_a_rejected_token_is_not_to_give_one() {
        let server = address("wss://a1.execute-api.eu-central-1.amazonaws.com/prod");
        let missing: CliError =
            ClientError::SignInRequired { server: server.clone(), with_token: false }.into();
        assert!(missing.what.ends_with("asks for a token"));
        let wrong: CliError = ClientError::SignInRequired { server, with_token: true }.into();
        assert!(wrong.what.ends_with("does not accept this token"), "{}", wrong.what);
        assert!(wrong.hint.unwrap().contains("for another server"));
    }

    #[test]
    fn starting_a_server_is_suggested_only_for_this_machine() {
        for url in ["ws://127.0.0.1:8080/ws", "ws://localhost:8080/ws", "ws://[::1]:8080/ws"] {
            assert!(unreachable(url).hint.unwrap().contains("`tickertape serve`"), "{url}");
        }
        let elsewhere = unreachable("wss://live.example.org").hint.unwrap();
        assert!(!elsewhere.contains("serve") && elsewhere.contains("--url"), "{elsewhere}");
    }

    #[test]
    fn an_invalid_url_is_a_usage_error_that_shows_a_valid_one() {
        let cli_error: CliError = ClientError::InvalidUrl { url: "127.0.0.1:8080".into() }.into();
        assert_eq!(cli_error.exit, Exit::Usage);
        assert!(cli_error.hint.unwrap().contains("ws://127.0.0.1:8080/ws"));
    }
}
