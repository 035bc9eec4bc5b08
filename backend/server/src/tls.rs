//! TLS for a server without a reverse proxy. The certificate and its key are read from two files, and read again when
//! the files change. A change does not affect connections that are already open.
//!
//! Each connection has a task that decrypts its bytes and passes them to the server through a pair of connected
//! sockets. So the gateway always works with a plain socket, and the server still knows the address of the client.

mod pair;
mod places;
mod relay;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use apigw_websocket::Accept;
use backend_core::lock;
use shared::limits;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::limits::LimitsOf;
use crate::notify::Notify;
use crate::stamp::Stamp;
use places::Places;
use relay::{Leave, Relay};

/// Maximum time for the TLS handshake of a client.
const HANDSHAKE: Duration = Duration::from_millis(limits::TLS_HANDSHAKE_MS);
/// Time between two checks for a change of the files.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// Maximum time that a client has to receive what is left of an answer after the server has closed the connection. That is at most
/// a few hundred kilobytes, so a client that reads as fast as the server requires of every client needs less.
const LEAVE: Duration = Duration::from_secs(60);
/// Maximum number of connections whose handshake is complete and that the server has not accepted yet.
const READY: usize = 64;

/// The reason why the files of the certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificate or of its key cannot be read, or its content is malformed. Correct the file.
    #[error("the PEM file {} cannot be used: {reason}", path.display())]
    File {
        /// The file that cannot be used.
        path: PathBuf,
        /// Description of the fault.
        reason: String,
    },
    /// Users other than its owner can read or change the file of the key. Change its permissions.
    #[error("other users of this machine can read or change the private key in {} (its mode is {mode:04o}), but only its owner may", path.display())]
    OpenToOthers {
        /// The file of the key.
        path: PathBuf,
        /// The permissions of the file.
        mode: u32,
    },
    /// The key does not belong to the certificate, or the certificate is not one that a server can use.
    #[error("the certificate in {} and the key in {} cannot be used together: {reason}; use the key that belongs to the certificate", certificate.display(), key.display())]
    Unusable {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// Description of the fault.
        reason: String,
    },
}

/// A certificate and its key, read from two files in PEM format. The first file also contains the intermediate certificates.
#[derive(Debug)]
pub struct Tls {
    files: Files,
    stamps: Stamps,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

#[derive(Debug, Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

type Stamps = [Option<Stamp>; 2];

impl Tls {
    /// Reads the certificate and its key from the two files.
    ///
    /// # Errors
    ///
    /// [`TlsError`], if the files cannot be read or cannot be used together.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        // The stamps are taken before the content is read: if a file changes in between, both files are read again.
        let stamps = files.stamps();
        let config = Arc::new(RwLock::new(Arc::new(files.read()?)));
        Ok(Self { files, stamps, config })
    }

    /// Creates a listener that accepts TLS connections from `listener`, with as many handshakes at the same time as
    /// `limits` allow, and as many connections that the server has closed and whose clients have not. Until the
    /// listener is dropped, both files are read again when they change. Must be called in a tokio runtime.
    pub fn listen(self, listener: TcpListener, limits: LimitsOf, notify: Notify) -> TlsListener {
        let (sender, ready) = mpsc::channel(READY);
        let config = self.config.clone();
        let following = tokio::spawn(self.follow(notify)).abort_handle();
        TlsListener {
            listener,
            config,
            places: Places::new(limits.tls_handshakes()),
            leaving: Places::new(limits.tls_leaving()),
            sender,
            ready,
            following,
        }
    }

    async fn follow(mut self, notify: Notify) {
        let mut ticks = interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let files = self.files.clone();
            match self.check(files.stamps(), || files.read()) {
                Ok(false) => {}
                Ok(true) => notify.notify("TLS: the certificate was read again"),
                Err(error) => notify.notify(&format!("TLS: {error}; the former certificate stays in use")),
            }
        }
    }

    /// Reads both files if one of them has changed. Returns true if the new certificate is now in use. While only one
    /// of the two files is replaced, they do not match, and the result is an error. The files are read again after the
    /// other file is replaced.
    fn check(
        &mut self,
        stamps: Stamps,
        read: impl FnOnce() -> Result<ServerConfig, TlsError>,
    ) -> Result<bool, TlsError> {
        if stamps == self.stamps {
            return Ok(false);
        }
        self.stamps = stamps;
        *lock::write(&self.config) = Arc::new(read()?);
        Ok(true)
    }
}

impl Files {
    fn stamps(&self) -> Stamps {
        [&self.certificate, &self.key].map(|path| Stamp::of(path))
    }

    fn read(&self) -> Result<ServerConfig, TlsError> {
        let certificates = CertificateDer::pem_file_iter(&self.certificate).and_then(Iterator::collect);
        let certificates: Vec<_> = certificates.map_err(|error| unreadable(&self.certificate, error))?;
        if certificates.is_empty() {
            return Err(unreadable(&self.certificate, "the file contains no certificate"));
        }
        if let Some(mode) = open_to_others(&self.key).map_err(|error| unreadable(&self.key, error))? {
            return Err(TlsError::OpenToOthers { path: self.key.clone(), mode });
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| unreadable(&self.key, error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key));
        let mut config = config.map_err(|error| TlsError::Unusable {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            reason: error.to_string(),
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn unreadable(path: &Path, reason: impl ToString) -> TlsError {
    TlsError::File { path: path.to_owned(), reason: reason.to_string() }
}

fn open_to_others(path: &Path) -> io::Result<Option<u32>> {
    crate::permissions::open_to_others(&std::fs::File::open(path)?)
}

/// A listener that accepts TLS connections, for [`crate::Server::run`].
#[derive(Debug)]
pub struct TlsListener {
    listener: TcpListener,
    config: Arc<RwLock<Arc<ServerConfig>>>,
    /// The handshakes in progress.
    places: Places,
    /// The connections that the server has closed and whose clients have not.
    leaving: Places,
    sender: mpsc::Sender<(TcpStream, SocketAddr)>,
    ready: mpsc::Receiver<(TcpStream, SocketAddr)>,
    following: AbortHandle,
}

impl Accept for TlsListener {
    /// Returns the next client whose TLS handshake is complete. Each handshake runs in a task of its own, so that a slow client
    /// does not delay the others.
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        loop {
            tokio::select! {
                // The listener owns a sender, so that the channel is never closed.
                Some(ready) = self.ready.recv() => return Ok(ready),
                accepted = self.listener.accept() => {
                    let (stream, peer) = accepted?;
                    self.begin(stream, peer);
                }
            }
        }
    }
}

impl TlsListener {
    /// Begins the TLS handshake with a client. If too many handshakes are in progress, from its address or from all
    /// clients, closes the connection.
    fn begin(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(place) = self.places.take(peer.ip()) else {
            return tracing::debug!(%peer, "too many TLS handshakes in progress");
        };
        let (config, sender) = (lock::read(&self.config).clone(), self.sender.clone());
        let leave = Leave { places: self.leaving.clone(), address: peer.ip(), within: LEAVE };
        tokio::spawn(async move {
            let secured = secure(config, stream, leave).await;
            drop(place);
            match secured {
                Ok((inner, relay)) => {
                    if sender.send((inner, peer)).await.is_ok() {
                        relay.run().await;
                    }
                }
                Err(error) => tracing::debug!(%peer, %error, "no TLS handshake"),
            }
        });
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.following.abort();
    }
}

async fn secure(
    config: Arc<ServerConfig>,
    stream: TcpStream,
    leave: Leave,
) -> io::Result<(TcpStream, Relay<TlsStream<TcpStream>>)> {
    stream.set_nodelay(true)?;
    let outer = timeout(HANDSHAKE, TlsAcceptor::from(config).accept(stream)).await??;
    let (inner, other) = pair::connected().await?;
    Ok((inner, Relay::new(outer, other, leave)))
}

#[cfg(test)]
mod tests;
