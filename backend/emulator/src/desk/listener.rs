//! The port to which the connections of functions to AWS are redirected. It is also a proxy.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::desk::authority::Authority;
use crate::desk::proxy::ConnectRequest;
use crate::desk::service::{Service, Targets};

/// Maximum time for a TLS handshake, and for the first byte of a connection.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Maximum number of connections at the same time. Further ones wait.
const CONNECTIONS: usize = 4_096;
/// Maximum number of host names with a certificate. If there are more, all are made anew.
const NAMES: usize = 1_024;
/// First byte of a TLS connection: the content type of a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// The port to which the connections of functions to AWS are redirected.
pub struct DeskListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    targets: Targets,
    /// Host names of AWS, and all below them, to which connections through the proxy end here.
    suffixes: Arc<[String]>,
}

/// Receives the name of the function, if it is known, and of a host outside of AWS to which it connects through the proxy.
pub type OtherHost = dyn Fn(Option<&str>, &str) + Send + Sync;

impl DeskListener {
    /// Binds a free port of 127.0.0.1. Connections are passed on to `targets`, and those through the proxy to other hosts than
    /// `suffixes` and all below them to these hosts.
    ///
    /// # Errors
    ///
    /// If there is no free port, or TLS cannot be used.
    pub async fn bind(
        authority: Arc<Authority>,
        targets: Targets,
        suffixes: Arc<[String]>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let resolver = Arc::new(Certificates { authority, made: Mutex::default() });
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?;
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)), targets, suffixes })
    }

    /// Returns the port.
    ///
    /// # Errors
    ///
    /// If the operating system does not report it.
    pub fn port(&self) -> io::Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// Passes on connections until it is aborted. `other` receives the hosts outside of AWS.
    pub async fn run(self, other: Arc<OtherHost>) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let Ok((stream, _)) = self.listener.accept().await else {
                // The process has most likely no file descriptors left.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (acceptor, targets) = (self.acceptor.clone(), self.targets);
            let (suffixes, other) = (self.suffixes.clone(), other.clone());
            tokio::spawn(async move {
                if let Err(error) = pass_on(stream, acceptor, &targets, &suffixes, &*other).await {
                    tracing::debug!(%error, "a connection to AWS ended");
                }
                drop(place);
            });
        }
    }
}

/// Passes on a connection, which may begin with a request to the proxy.
async fn pass_on(
    mut stream: TcpStream,
    acceptor: TlsAcceptor,
    targets: &Targets,
    suffixes: &[String],
    other: &OtherHost,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if !begins_with_connect(&stream).await? {
        return answer(stream, acceptor, targets).await;
    }
    let request = timeout(HANDSHAKE, ConnectRequest::read(&mut stream)).await??;
    if request.is_below(suffixes) {
        ConnectRequest::accept(&mut stream).await?;
        return answer(stream, acceptor, targets).await;
    }
    other(request.user.as_deref(), &request.host);
    let mut host = TcpStream::connect((request.host.as_str(), request.port)).await?;
    ConnectRequest::accept(&mut stream).await?;
    copy_bidirectional(&mut stream, &mut host).await.map(drop)
}

/// Returns true if a connection begins with a request to the proxy. No other request begins with this letter.
async fn begins_with_connect(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    let read = timeout(HANDSHAKE, stream.peek(&mut first)).await??;
    Ok(read == 1 && first == *b"C")
}

/// Answers a connection to AWS, with or without TLS.
async fn answer(stream: TcpStream, acceptor: TlsAcceptor, targets: &Targets) -> io::Result<()> {
    let mut first = [0];
    if timeout(HANDSHAKE, stream.peek(&mut first)).await?? == 0 {
        return Ok(());
    }
    if first != [TLS_HANDSHAKE] {
        return relay(stream, targets.http).await;
    }
    let stream = timeout(HANDSHAKE, acceptor.accept(stream)).await??;
    let name = stream.get_ref().1.server_name().unwrap_or_default().to_owned();
    relay(stream, targets.of(Service::of_host(&name))).await
}

async fn relay(mut stream: impl AsyncRead + AsyncWrite + Unpin, to: SocketAddr) -> io::Result<()> {
    let mut target = TcpStream::connect(to).await?;
    target.set_nodelay(true)?;
    copy_bidirectional(&mut stream, &mut target).await.map(drop)
}

/// The certificates for the names that were asked for.
struct Certificates {
    authority: Arc<Authority>,
    made: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Certificates")
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(name) {
            return Some(known.clone());
        }
        if made.len() >= NAMES {
            made.clear();
        }
        match self.authority.certify(name) {
            Ok(certified) => Some(made.entry(name.to_owned()).or_insert(Arc::new(certified)).clone()),
            Err(error) => {
                tracing::warn!(name, error, "no certificate can be made for this name");
                None
            }
        }
    }
}
