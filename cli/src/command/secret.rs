//! Runs `tickertape secret`, which creates the file of a secret.

use std::io;

use crate::cli::SecretArgs;
use crate::error::CliError;
use crate::term::say;

/// Creates a file with a random secret.
///
/// # Errors
///
/// An error if the file exists and `--replace` is missing, or if the file cannot be written.
pub fn run(args: &SecretArgs) -> Result<(), CliError> {
    let file = args.file.display();
    tickertape_server::create_secret(&args.file, args.replace).map_err(|error| {
        let cli_error = CliError::failed(format!("the secret cannot be written to {file}: {error}"));
        match error.kind() {
            io::ErrorKind::AlreadyExists => cli_error
                .hint("choose another name, or add --replace to overwrite the secret; tokens that were signed with it become invalid"),
            _ => cli_error,
        }
    })?;
    say(format_args!("wrote a new secret to {file}; only this user can read the file"));
    Ok(())
}
