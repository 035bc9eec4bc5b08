//! Reads the flags that decide who may connect.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use backend_core::Access;
use backend_core::token::{SECRET_BYTES, Verifier};
use tickertape_server::ServerError;

use crate::cli::ServeArgs;
use crate::error::CliError;

/// Returns who may connect: with a secret, clients that have a token; without one, all clients, but only if the server
/// listens on loopback. A server that other machines can reach needs a secret.
///
/// # Errors
///
/// A usage error that names the flag to add.
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

/// Reads the secret from a file, or from standard input if the path is `-`. White space at both ends is removed.
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

/// Reads standard input, unless it is a terminal, on whose screen the secret would stay visible.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(io::Error::other("nothing is piped in"));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Creates the error for a secret that is too short.
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
