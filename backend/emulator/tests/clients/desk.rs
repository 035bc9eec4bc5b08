//! A server in the place of the emulator's desk. It answers every request, over TLS or not, with the names by which it was called.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

pub struct Desk {
    pub port: u16,
    folder: TempDir,
}

impl Desk {
    /// Starts the server with a certificate of its own authority for some names of AWS.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let (config, authority) = tls();
        std::fs::write(folder.path().join("authority.pem"), authority).expect("a new file");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone()));
            }
        });
        Self { port, folder }
    }

    /// Returns the file with the certificate of the authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }
}

fn tls() -> (ServerConfig, String) {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    // With the name of the certificate itself, the certificate would count as signed by itself.
    params.distinguished_name.push(DnType::CommonName, "an authority for tests");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let names = ["dynamodb.eu-west-1.amazonaws.com", "abc.execute-api.eu-west-1.amazonaws.com"];
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(names.map(String::from)).expect("valid names");
    // Python checks it since version 3.13.
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], key).expect("a certificate");
    (config, authority.pem())
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    let mut first = [0];
    let is_tls = matches!(stream.peek(&mut first).await, Ok(1)) && first[0] == 0x16;
    if !is_tls {
        return answer(stream, None).await;
    }
    // A client that does not trust the certificate closes the connection.
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let name = stream.get_ref().1.server_name().map(str::to_owned);
    answer(stream, name).await;
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, name: Option<String>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let host = head.lines().find_map(|line| line.to_lowercase().strip_prefix("host: ").map(str::to_owned));
    let body = json!({"host": host, "tls": name}).to_string();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    // A client may leave at any time.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Returns an address at which nothing listens.
pub fn nobody() -> SocketAddr {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
