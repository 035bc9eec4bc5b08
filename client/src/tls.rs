//! TLS connections, and the certificate authorities that are trusted.
//!
//! The authorities that the operating system trusts are trusted, so that the authority of a company's proxy is among
//! them. None are compiled in, because such a list would become outdated. The environment variables `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` replace the authorities of the system, as for OpenSSL. [`crate::ConnectOptions::ca_file`] adds to
//! them.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore};

use crate::{CertificateProblem, ClientError, ConnectError};

/// Configuration of TLS connections, which contains the certificate authorities to trust.
#[derive(Debug, Clone)]
pub(crate) struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Creates a configuration that trusts the certificate authorities of this machine and those in the PEM file
    /// `ca_file`. Both are read from the disk.
    ///
    /// # Errors
    ///
    /// [`ClientError::CaFile`] if the PEM file cannot be used, and [`ClientError::NoTrustedAuthorities`] if there are
    /// no authorities.
    pub fn of_this_machine(ca_file: Option<&Path>) -> Result<Self, ClientError> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        // Operating systems contain some certificates that rustls rejects. They are left out.
        let (mut trusted, _) = roots.add_parsable_certificates(native.certs);
        for certificate in ca_file.map(read).transpose()?.unwrap_or_default() {
            roots.add(certificate).map_err(|error| unusable(ca_file, error))?;
            trusted += 1;
        }
        if trusted == 0 {
            let reason = native.errors.first().map(ToString::to_string);
            return Err(ClientError::NoTrustedAuthorities { reason });
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ClientError::NoTrustedAuthorities { reason: Some(error.to_string()) })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Performs the TLS handshake on `stream` with the server named `host`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], with the problem of the server's certificate if that was rejected.
    pub async fn secure(&self, stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, ConnectError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| ConnectError::Tls { reason: format!("{host:?} is not a host name: {error}") })?;
        TlsConnector::from(self.0.clone()).connect(name, stream).await.map_err(|error| connect_error(&error))
    }
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(|error| unusable(Some(path), error))?;
    if certificates.is_empty() {
        return Err(unusable(Some(path), "the file contains no certificate"));
    }
    Ok(certificates)
}

fn unusable(ca_file: Option<&Path>, reason: impl std::fmt::Display) -> ClientError {
    let path = ca_file.unwrap_or(Path::new("")).to_owned();
    ClientError::CaFile { path, reason: reason.to_string() }
}

fn connect_error(error: &io::Error) -> ConnectError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(error)) => ConnectError::Certificate(problem(error)),
        // The first bytes were not a TLS record (RFC 8446, section 5.1).
        Some(Error::InvalidMessage(_)) => ConnectError::NotTls,
        Some(error) => ConnectError::Tls { reason: error.to_string() },
        None => ConnectError::Closed,
    }
}

fn problem(error: &CertificateError) -> CertificateProblem {
    match error {
        // A bad signature means that the certificate contains the name of a trusted authority but was signed with another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateProblem::UnknownAuthority
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        CertificateError::NotValidForName => CertificateProblem::WrongName { names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            CertificateProblem::WrongName { names: presented.iter().map(|name| plain(name)).collect() }
        }
        error => CertificateProblem::Other { reason: error.to_string() },
    }
}

/// Returns the plain host name, such as `board.example`, for a name in the form in which rustls prints the names of a
/// certificate, such as `DnsName("board.example")`.
fn plain(name: &str) -> String {
    name.split('"').nth(1).unwrap_or(name).to_owned()
}
