//! The flags that say who may connect.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use backend_core::Access;
use backend_core::token::{SECRET_BYTES, Verifier};
use tickertape_server::ServerError;

use crate::cli::ServeArgs;
use crate::error::CliError;

/// Everybody on loopback, or holders of tokens where there is a secret. A server that other machines can reach needs a
/// secret.
///
/// # Errors
///
/// A usage error with the flag to give.
pub fn of(args: &ServeArgs) -> Result<Access, CliError> {
    let Some(path) = &args.auth_secret_file else {
        return if args.listen.ip().is_loopback() {
            Ok(Access::Open)
        } else {
            Err(ServerError::OpenToTheNetwork { address: args.listen }.into())
        };
    };
    let secret = read_secret(path)?;
    Verifier::new(&secret).map(Access::Tokens).map_err(|weak| too_weak(path, weak))
}

/// Reads the secret from a file, or from standard input for `-`, without white space at its ends.
///
/// # Errors
///
/// A usage error that names the file.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, CliError> {
    let read = if path == Path::new("-") { read_input() } else { std::fs::read(path) };
    let bytes =
        read.map_err(|error| CliError::usage(format!("--auth-secret-file {}: {error}", path.display())))?;
    Ok(bytes.trim_ascii().to_vec())
}

/// Refuses a terminal, where the secret would stay on the screen.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(io::Error::other("nothing is piped in"));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The error for a secret that can be guessed.
pub fn too_weak(path: &Path, why: impl std::fmt::Display) -> CliError {
    let file = if path == Path::new("-") { Path::new("secret.txt") } else { path };
    CliError::usage(format!("--auth-secret-file {}: {why}", path.display())).hint(format!(
        "create a strong secret: head -c {SECRET_BYTES} /dev/urandom | base64 > {}",
        file.display()
    ))
}

pub fn not_without_secret(error: &ServerError) -> CliError {
    CliError::usage(format!("--listen {error}")).hint("add --auth-secret-file FILE, or listen on 127.0.0.1")
}
