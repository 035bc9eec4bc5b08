//! Reads the flags that decide who may connect.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use backend_core::Access;
use backend_core::token::Verifier;
use tickertape_server::{SecretError, SecretFile, ServerError};

use crate::cli::ServeArgs;
use crate::error::CliError;

/// The rule that decides who may connect, and the file of the secret if the server has to read it again after changes.
#[derive(Debug)]
pub struct Admission {
    /// The clients that may connect: everybody, or holders of tokens.
    pub access: Access,
    /// The file of the secret. `None` if there is no secret, or if it was read from standard input.
    pub secret_file: Option<SecretFile>,
}

/// Returns the rule that the flags ask for: with a secret, holders of tokens may connect; without one, everybody may, if the
/// server listens on loopback. A server that other machines can reach needs a secret.
///
/// # Errors
///
/// A usage error that names the flag to add.
pub fn of(args: &ServeArgs) -> Result<Admission, CliError> {
    let Some(path) = &args.auth_secret_file else {
        return if args.listen.ip().is_loopback() {
            Ok(Admission { access: Access::Open, secret_file: None })
        } else {
            Err(ServerError::OpenToTheNetwork { address: args.listen }.into())
        };
    };
    let admission = if path == Path::new("-") { from_input() } else { from_file(path) };
    admission.map_err(|error| unusable(path, &error))
}

fn from_input() -> Result<Admission, SecretError> {
    let verifier = Verifier::new(&read_input()?)?;
    Ok(Admission { access: Access::Tokens(verifier), secret_file: None })
}

fn from_file(path: &Path) -> Result<Admission, SecretError> {
    let file = SecretFile::open(path)?;
    Ok(Admission { access: Access::Tokens(file.verifier()), secret_file: Some(file) })
}

/// Reads the secret from a file, or from standard input if the path is `-`. White space at both ends is removed.
///
/// # Errors
///
/// A usage error that names the file.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, CliError> {
    let read = if path == Path::new("-") {
        read_input().map_err(SecretError::from)
    } else {
        tickertape_server::read_secret(path)
    };
    read.map_err(|error| unusable(path, &error))
}

/// Reads standard input, unless it is a terminal, on whose screen the secret would stay visible.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(io::Error::other("nothing is piped in"));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes.trim_ascii().to_vec())
}

/// Returns the error for a secret that cannot be used, with a hint that contains the command to run.
pub fn unusable(path: &Path, error: &SecretError) -> CliError {
    let file = if path == Path::new("-") { Path::new("secret.txt") } else { path }.display();
    let cli_error = CliError::usage(format!("--auth-secret-file {}: {error}", path.display()));
    match error {
        SecretError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            cli_error.hint(format!("create a secret: tickertape secret {file}"))
        }
        SecretError::Io(_) => cli_error,
        SecretError::OpenToOthers { .. } => cli_error.hint(format!(
            "chmod 600 {file}  (if others may have read it, also: tickertape secret --replace {file})"
        )),
        SecretError::Weak(_) => {
            cli_error.hint(format!("create a strong secret: tickertape secret --replace {file}"))
        }
    }
}

pub fn not_without_secret(error: &ServerError) -> CliError {
    CliError::usage(format!("--listen {error}")).hint("add --auth-secret-file FILE, or listen on 127.0.0.1")
}
