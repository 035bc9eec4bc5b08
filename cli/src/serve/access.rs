//! Who may speak to this server.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use backend_core::Access;
use backend_core::token::{SECRET_BYTES, Verifier};

use crate::cli::ServeArgs;
use crate::failure::Failure;

/// Everybody on loopback, holders of tokens where there is a secret, and no start at all where the network
/// could reach a server without one.
///
/// # Errors
///
/// A usage failure with the flag to give.
pub fn of(args: &ServeArgs) -> Result<Access, Failure> {
    let Some(path) = &args.auth_secret_file else {
        return if args.listen.ip().is_loopback() { Ok(Access::Open) } else { Err(not_without_secret(args)) };
    };
    let secret = read_secret(path)?;
    Verifier::new(&secret).map(Access::Tokens).map_err(|weak| too_weak(path, weak))
}

/// The secret in a file, or with `-` in what is piped in, without the line break that editors and other programs
/// leave.
///
/// # Errors
///
/// A usage failure that names the file.
pub fn read_secret(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") { read_input() } else { std::fs::read(path) };
    let bytes =
        read.map_err(|error| Failure::usage(format!("--auth-secret-file {}: {error}", path.display())))?;
    Ok(bytes.trim_ascii().to_vec())
}

/// A secret typed at a terminal would stay on the screen.
fn read_input() -> io::Result<Vec<u8>> {
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(io::Error::other("nothing is piped in"));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A secret that can be guessed.
pub fn too_weak(path: &Path, why: impl std::fmt::Display) -> Failure {
    let file = if path == Path::new("-") { Path::new("secret.txt") } else { path };
    Failure::usage(format!("--auth-secret-file {}: {why}", path.display()))
        .hint(format!("make a good one: head -c {SECRET_BYTES} /dev/urandom | base64 > {}", file.display()))
}

fn not_without_secret(args: &ServeArgs) -> Failure {
    let what = format!(
        "--listen {} can be reached from other machines, and nobody would be asked who they are",
        args.listen
    );
    Failure::usage(what).hint("give --auth-secret-file as well, or listen on 127.0.0.1")
}
