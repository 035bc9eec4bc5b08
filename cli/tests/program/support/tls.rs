//! TLS for tests: a certificate authority, and a proxy that adds TLS to a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate authority that only the test trusts.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    directory: TempDir,
}

impl Authority {
    /// Creates a certificate authority.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let name = directory.path().file_name().unwrap().to_str().unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        std::fs::write(directory.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), directory }
    }

    /// Returns the path of the file with the authority's certificate.
    pub fn file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// Returns a TLS acceptor with a certificate for this name.
    pub fn server(&self, name: &str) -> TlsAcceptor {
        self.sign(CertificateParams::new([name.to_owned()]).unwrap())
    }

    /// Returns a TLS acceptor with an expired certificate for this name.
    pub fn expired_server(&self, name: &str) -> TlsAcceptor {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        self.sign(params)
    }

    /// Returns a certificate for this name and its key, both as PEM.
    pub fn certificate(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn sign(&self, params: CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A listener that accepts TLS connections. It is closed when this value is dropped.
pub struct TlsFront {
    /// Address of the listener.
    pub address: SocketAddr,
    _runtime: Runtime,
}

impl TlsFront {
    /// Starts a listener that forwards every connection to `server`, without TLS.
    pub fn before(server: SocketAddr, acceptor: TlsAcceptor) -> Self {
        Self::serve(acceptor, move |mut inner| async move {
            let mut outer = TcpStream::connect(server).await.unwrap();
            // An error is ignored, because either side may close the connection at any time.
            let _ = copy_bidirectional(&mut inner, &mut outer).await;
        })
    }

    /// Starts a listener that sends the same response to every request.
    pub fn answering(answer: &'static str, acceptor: TlsAcceptor) -> Self {
        Self::serve(acceptor, move |mut inner| async move {
            // One read is enough for a request without a body.
            let _ = inner.read(&mut [0; 4096]).await;
            let _ = inner.write_all(answer.as_bytes()).await;
            let _ = inner.shutdown().await;
        })
    }

    fn serve<F: Future<Output = ()> + Send>(
        acceptor: TlsAcceptor,
        talk: impl Fn(tokio_rustls::server::TlsStream<TcpStream>) -> F + Clone + Send + 'static,
    ) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, talk) = (acceptor.clone(), talk.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        talk(stream).await;
                    }
                });
            }
        });
        Self { address, _runtime: runtime }
    }
}
