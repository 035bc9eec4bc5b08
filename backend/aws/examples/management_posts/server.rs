//! A server that answers every request with status 200, without and with TLS.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 0\r\n\r\n";

/// A running server.
pub struct Server {
    /// Address of the port without TLS.
    pub plain: String,
    /// Address of the port with TLS.
    pub tls: String,
    /// File with the certificate, which clients have to trust.
    pub certificate: PathBuf,
}

impl Server {
    /// Starts the server, and writes its certificate into `folder`.
    pub async fn start(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let certificate = folder.join("certificate.pem");
        fs::write(&certificate, certified.cert.pem())?;
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key.into())?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (plain, tls) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let address = |scheme: &str, listener: &TcpListener| {
            listener.local_addr().map(|address| format!("{scheme}://localhost:{}/prod", address.port()))
        };
        let addresses = (address("http", &plain)?, address("https", &tls)?);
        tokio::spawn(listen(plain, None));
        tokio::spawn(listen(tls, Some(acceptor)));
        Ok(Self { plain: addresses.0, tls: addresses.1, certificate })
    }
}

async fn listen(listener: TcpListener, acceptor: Option<TlsAcceptor>) {
    while let Ok((stream, _)) = listener.accept().await {
        // This only affects the speed.
        let _ = stream.set_nodelay(true);
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            match acceptor {
                None => serve(stream).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => serve(stream).await,
                    Err(error) => eprintln!("no TLS: {error}"),
                },
            }
        });
    }
}

/// Answers requests until the connection ends.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        while let Some(length) = first_request(&buffer) {
            buffer.drain(..length);
            if stream.write_all(ANSWER).await.is_err() {
                return;
            }
        }
        if stream.read_buf(&mut buffer).await.ok().is_none_or(|read| read == 0) {
            return;
        }
    }
}

/// Returns the length of the first request in `bytes` with its body, if all of it is there.
fn first_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = str::from_utf8(&bytes[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then_some(value)
    });
    let all = head + length?.parse::<usize>().ok()?;
    (bytes.len() >= all).then_some(all)
}
