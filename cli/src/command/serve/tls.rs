//! Reads the certificate and the key from the files that `--tls-cert` and `--tls-key` name.

use std::path::Path;

use tickertape_server::{Tls, TlsError};

use crate::cli::ServeArgs;
use crate::error::CliError;

/// Returns the certificate and its key, or `None` if the flags do not name them.
///
/// # Errors
///
/// A usage error that names the file to correct.
pub fn of(args: &ServeArgs) -> Result<Option<Tls>, CliError> {
    match (&args.tls_cert, &args.tls_key) {
        (Some(certificate), Some(key)) => open(certificate, key).map(Some),
        _ => Ok(None),
    }
}

fn open(certificate: &Path, key: &Path) -> Result<Tls, CliError> {
    Tls::open(certificate, key).map_err(|error| {
        let cli_error = CliError::usage(format!("TLS: {error}"));
        match error {
            TlsError::OpenToOthers { path, .. } => cli_error.hint(format!("type: chmod 600 {}", path.display())),
            TlsError::File { .. } | TlsError::Unusable { .. } => cli_error.hint(
                "give PEM files that belong together, such as fullchain.pem (--tls-cert) and privkey.pem (--tls-key) of certbot",
            ),
        }
    })
}
