//! Reads the flags that decide which clients may connect.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use backend_core::Access;
use backend_core::token::Verifier;
use tickertape_server::{SecretError, SecretFile, ServerError};

use crate::cli::ServeArgs;
use crate::error::CliError;

/// The rule that decides which clients may connect. Also contains the file of the secret if the server has to watch it
/// for changes.
#[derive(Debug)]
pub struct Admission {
    /// The clients that may connect: all clients, or only those with a token.
    pub access: Access,
    /// The file of the secret. `None` if there is no secret, or if it was read from standard input.
    pub secret_file: Option<SecretFile>,
}

/// Returns which clients may connect according to the flags. With a secret, these are clients with a token. Without a
/// secret, all clients may connect, but the server must listen on a loopback address, which other machines cannot
/// reach.
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

/// Reads the secret from standard input. If that is a terminal, returns an error, because a typed secret would stay
/// visible on the screen.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(io::Error::other(
            "standard input is a terminal, but the secret has to be piped in from a file or a program",
        ));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes.trim_ascii().to_vec())
}

/// Returns the error for a secret that cannot be used. Its hint contains the command to run.
pub fn unusable(path: &Path, error: &SecretError) -> CliError {
    let file = if path == Path::new("-") { Path::new("secret.txt") } else { path }.display();
    let cli_error = CliError::usage(format!("--auth-secret-file {} cannot be used: {error}", path.display()));
    match error {
        SecretError::Io(error) if error.kind() == io::ErrorKind::NotFound => {
            cli_error.hint(format!("create a secret with: tickertape secret {file}"))
        }
        SecretError::Io(_) => cli_error,
        SecretError::OpenToOthers { .. } => cli_error.hint(format!(
            "type: chmod 600 {file}  (if others may have read the secret, replace it: tickertape secret --replace {file})"
        )),
        SecretError::Weak(_) => {
            cli_error.hint(format!("create a strong secret with: tickertape secret --replace {file}"))
        }
    }
}

pub fn not_without_secret(error: &ServerError) -> CliError {
    CliError::usage(format!("--listen {error}")).hint("add --auth-secret-file FILE to require tokens, or listen on this machine only: --listen 127.0.0.1:8080")
}
