//! TLS: whom to trust, and what is wrong where that is nobody.
//!
//! What this machine trusts is trusted: the system's own authorities, and with them the one that a company's proxy
//! signs with. They are not built in, because a list in a program is never newer than the program.
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` name others in their place, as they do for OpenSSL; `--ca-file` names more.

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

use super::fault::{Distrust, Fault};
use crate::failure::Failure;

/// Whose certificates are good.
#[derive(Debug, Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Whom the machine trusts, and whom this file adds.
    ///
    /// # Errors
    ///
    /// Usage, if the file cannot be read; failed, if that leaves nobody.
    pub fn of_this_machine(ca_file: Option<&Path>) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        // Systems keep some that no TLS library takes; the others do.
        let (mut trusted, _) = roots.add_parsable_certificates(native.certs);
        for certificate in ca_file.map(read).transpose()?.unwrap_or_default() {
            roots.add(certificate).map_err(|error| unusable(ca_file, error))?;
            trusted += 1;
        }
        if trusted == 0 {
            return Err(nobody(native.errors.first()));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Failure::failed(format!("no TLS: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Speaks TLS from here on.
    ///
    /// # Errors
    ///
    /// [`Fault`], with what is wrong about the server's certificate if it is that.
    pub async fn secure(&self, stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, Fault> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| Fault::Tls { why: format!("{host:?}: {error}") })?;
        TlsConnector::from(self.0.clone()).connect(name, stream).await.map_err(|error| fault(&error))
    }
}

fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(|error| unusable(Some(path), error))?;
    if certificates.is_empty() {
        return Err(unusable(Some(path), "there is no certificate in it"));
    }
    Ok(certificates)
}

fn unusable(ca_file: Option<&Path>, why: impl std::fmt::Display) -> Failure {
    let file = ca_file.unwrap_or(Path::new("")).display();
    Failure::usage(format!("--ca-file {file}: {why}"))
        .hint("it should hold certificates in PEM, such as -----BEGIN CERTIFICATE-----")
}

fn nobody(error: Option<&rustls_native_certs::Error>) -> Failure {
    let why = error.map(|error| format!(": {error}")).unwrap_or_default();
    Failure::failed(format!("this machine trusts no certificate authority at all{why}"))
        .hint("install its ca-certificates, or name some with --ca-file or SSL_CERT_FILE")
}

fn fault(error: &io::Error) -> Fault {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(error)) => Fault::Untrusted(distrust(error)),
        // What came first was no TLS record (RFC 8446, section 5.1).
        Some(Error::InvalidMessage(_)) => Fault::NotTls,
        Some(error) => Fault::Tls { why: error.to_string() },
        None => Fault::Broken,
    }
}

fn distrust(error: &CertificateError) -> Distrust {
    match error {
        // Signed in a trusted name, with a key that is not that authority's.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Distrust::UnknownAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Distrust::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Distrust::NotYetValid,
        CertificateError::NotValidForName => Distrust::OtherName { names: Vec::new() },
        CertificateError::NotValidForNameContext { presented, .. } => {
            Distrust::OtherName { names: presented.iter().map(|name| plain(name)).collect() }
        }
        error => Distrust::Other { why: error.to_string() },
    }
}

/// `board.example` of `DnsName("board.example")`, as rustls writes what it was presented.
fn plain(name: &str) -> String {
    name.split('"').nth(1).unwrap_or(name).to_owned()
}
