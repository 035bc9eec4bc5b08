//! The connections to the management API. They are used again for further posts.
//!
//! The SDK's HTTP client converts each request twice, and starts a task and makes some boxes for each. Its work for a post is more
//! than that of the connection itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::endpoint::ManagementEndpoint;

/// Maximum time that a connection without requests is kept. A load balancer of AWS closes it after a minute or more.
const IDLE: Duration = Duration::from_secs(50);
/// Maximum size of an answer that is read, in bytes. API Gateway's errors have some hundred.
const MOST_ANSWER_BYTES: usize = 16 * 1024;

type Body = Full<Bytes>;

/// The connections to the server of one management API.
#[derive(Debug)]
pub struct Pool {
    host: String,
    port: u16,
    is_tls: bool,
    /// Trusted certificates, which are read when the first connection is made.
    tls: OnceCell<Arc<ClientConfig>>,
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<Body>,
    since: Instant,
}

/// An answer. Its body is empty if it could not be read.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Bytes,
}

impl Pool {
    pub fn new(endpoint: &ManagementEndpoint) -> Self {
        let uri: Uri = endpoint.as_str().parse().unwrap_or_default();
        let is_tls = uri.scheme_str() == Some("https");
        Self {
            host: uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            is_tls,
            tls: OnceCell::new(),
            idle: Mutex::default(),
        }
    }

    /// Sends a request over an idle connection or a new one, and reads the answer. The error is a description of the reason why
    /// there is none.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Answer, String> {
        while let Some(mut sender) = self.take() {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(response) => return Ok(self.answer(response, sender).await),
                Err(mut error) => match error.take_message() {
                    // The connection was closed before anything was sent.
                    Some(unsent) => request = unsent,
                    None => return Err(causes(&error.into_error())),
                },
            }
        }
        let mut sender = self.connect().await?;
        let response = sender.send_request(request).await.map_err(|error| causes(&error))?;
        Ok(self.answer(response, sender).await)
    }

    /// Opens a connection, unless there is an idle one.
    pub async fn open(&self) -> Result<(), String> {
        if self.idle().is_empty() {
            let sender = self.connect().await?;
            self.put(sender);
        }
        Ok(())
    }

    /// Reads the whole answer, because the connection can be used again only after that.
    async fn answer(
        &self,
        response: http::Response<hyper::body::Incoming>,
        sender: SendRequest<Body>,
    ) -> Answer {
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST_ANSWER_BYTES).collect().await;
        if body.is_ok() {
            self.put(sender);
        }
        Answer { status, body: body.map(|body| body.to_bytes()).unwrap_or_default() }
    }

    fn put(&self, sender: SendRequest<Body>) {
        self.idle().push(Idle { sender, since: Instant::now() });
    }

    /// Takes the connection that was used last, so that those that are not needed become too old.
    fn take(&self) -> Option<SendRequest<Body>> {
        let mut idle = self.idle();
        let newest = idle.pop()?;
        if newest.since.elapsed() < IDLE {
            return Some(newest.sender);
        }
        // The others are older.
        idle.clear();
        None
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<SendRequest<Body>, String> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
        let stream = stream.map_err(|error| format!("no connection: {}", causes(&error)))?;
        // Without it a request may wait for the acknowledgement of the one before.
        stream.set_nodelay(true).map_err(|error| causes(&error))?;
        if !self.is_tls {
            return start(TokioIo::new(stream)).await;
        }
        let name = ServerName::try_from(self.host.clone()).map_err(|error| causes(&error))?;
        let config = self.tls.get_or_try_init(trusting_this_machine).await?;
        let stream = TlsConnector::from(config.clone()).connect(name, stream).await;
        start(TokioIo::new(stream.map_err(|error| format!("no TLS: {}", causes(&error)))?)).await
    }
}

/// Starts HTTP/1.1 on a connection.
async fn start(stream: impl Read + Write + Unpin + Send + 'static) -> Result<SendRequest<Body>, String> {
    let (sender, connection) = handshake(stream).await.map_err(|error| causes(&error))?;
    // The request whose connection fails gets the error, too.
    tokio::spawn(connection);
    Ok(sender)
}

/// Returns a configuration of TLS that trusts the certificate authorities of this machine. The files are read by another thread.
async fn trusting_this_machine() -> Result<Arc<ClientConfig>, String> {
    let read = tokio::task::spawn_blocking(|| {
        let mut roots = RootCertStore::empty();
        // Operating systems contain some certificates that rustls rejects. They are left out.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        trusting(roots).map(Arc::new)
    });
    read.await.map_err(|error| causes(&error))?
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, String> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(|error| causes(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Describes an error with all its causes.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use rcgen::CertifiedKey;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

    use super::*;

    /// Starts a server with TLS that answers one request of each connection, and returns a pool for it and its certificate.
    async fn serve() -> (Pool, CertifiedKey<rcgen::KeyPair>) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(vec![certified.cert.der().clone()], key.into()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The client may refuse the certificate.
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let read = stream.read(&mut [0; 1024]).await.unwrap();
                assert!(read > 0);
                stream.write_all(b"HTTP/1.1 410 Gone\r\ncontent-length: 4\r\n\r\ngone").await.unwrap();
            }
        });
        (Pool::new(&format!("https://localhost:{port}/prod").parse().unwrap()), certified)
    }

    fn request() -> Request<Body> {
        Request::get("/").header("host", "localhost").body(Body::default()).unwrap()
    }

    #[tokio::test]
    async fn an_answer_arrives_over_tls() {
        let (pool, certified) = serve().await;
        let mut roots = RootCertStore::empty();
        roots.add(certified.cert.der().clone()).unwrap();
        pool.tls.set(Arc::new(trusting(roots).unwrap())).unwrap();
        let answer = pool.send(request()).await.unwrap();
        assert_eq!((answer.status, answer.body.as_ref()), (StatusCode::GONE, &b"gone"[..]));
    }

    #[tokio::test]
    async fn a_certificate_of_an_unknown_authority_is_refused() {
        let (pool, _) = serve().await;
        let error = pool.send(request()).await.unwrap_err();
        assert!(error.starts_with("no TLS: invalid peer certificate: "), "{error}");
    }

    #[test]
    fn host_and_port_are_those_of_the_endpoint() {
        for (endpoint, host, port, is_tls) in [
            ("https://ws.example.com/prod", "ws.example.com", 443, true),
            ("https://ws.example.com:8443", "ws.example.com", 8443, true),
            ("http://[::1]:8080/ws", "::1", 8080, false),
            ("http://localhost/ws", "localhost", 80, false),
        ] {
            let pool = Pool::new(&endpoint.parse().unwrap());
            assert_eq!((pool.host.as_str(), pool.port, pool.is_tls), (host, port, is_tls));
        }
    }
}
