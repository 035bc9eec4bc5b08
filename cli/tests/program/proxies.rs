//! Tests of the configurations in `deploy/` with the real nginx, Caddy and systemd. If one of these programs is not
//! installed, its test prints this on standard error and succeeds.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::{Authority, Server, TIMEOUT, run, write_private};

const NAME: &str = "board.example";
const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy");

/// A running program, which is killed when this value is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that requires tokens, and the files of a certificate for [`NAME`].
struct Place {
    server: Server,
    bearer: String,
    authority: Authority,
    folder: TempDir,
    port: u16,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret.txt");
        write_private(&secret, "thirty-two bytes of pure secrecy, and a line break\n");
        let secret = secret.to_str().unwrap();
        let flags = ["--auth-secret-file", secret, "--allow-host", NAME, "--trust-proxy", "127.0.0.1"];
        let server = Server::start_with(&flags);
        let token = run("", &["token", "--auth-secret-file", secret, "--subscribe", "*", "--publish", "*"]);
        let bearer = format!("Bearer {}", String::from_utf8(token.stdout).unwrap().trim());
        let authority = Authority::new();
        let (certificate, key) = authority.certificate(NAME);
        fs::write(folder.path().join("fullchain.pem"), certificate).unwrap();
        write_private(&folder.path().join("privkey.pem"), &key);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { server, bearer, authority, folder, port }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a copy of a configuration in `deploy/` in which the first text of each change is replaced by the second.
    /// Panics if a text does not occur in the configuration. Returns the path of the copy.
    fn configuration(&self, name: &str, changes: &[(&str, String)]) -> PathBuf {
        let mut text = fs::read_to_string(Path::new(DEPLOY).join(name)).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{name} has {from:?}");
            text = text.replace(from, to);
        }
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn proxy(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Starts the proxy, and waits until it listens.
    fn start(&self, command: &mut Command) -> Running {
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut running = Running(child);
        let began = Instant::now();
        while TcpStream::connect(self.proxy()).is_err() {
            let ended = running.0.try_wait().unwrap();
            assert!(ended.is_none() && began.elapsed() < TIMEOUT, "the proxy does not listen: {ended:?}");
            thread::sleep(Duration::from_millis(20));
        }
        running
    }

    /// Checks that a browser could use the board through the proxy: loads the page, publishes and watches.
    async fn serves_a_board(&self) {
        let host = format!("{NAME}:{}", self.port);
        let origin = format!("https://{host}");
        let page =
            self.request(&format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        let nobody =
            self.request(&format!("GET /topics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(nobody.starts_with("HTTP/1.1 401"), "{nobody}");
        let mut request = format!("wss://{host}/ws").into_client_request().unwrap();
        request.headers_mut().insert("authorization", self.bearer.parse().unwrap());
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let (mut socket, _) = tokio_tungstenite::client_async(request, self.connect().await).await.unwrap();
        socket
            .send(Message::text(json!({"action": "subscribe", "id": 1, "filter": "*"}).to_string()))
            .await
            .unwrap();
        assert_eq!(next(&mut socket).await["type"], "subscribed");
        let bearer = &self.bearer;
        let publish = format!(
            "POST /topics/kitchen/temp HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nAuthorization: {bearer}\r\nContent-Length: 4\r\n\
             Connection: close\r\n\r\n21.5"
        );
        let published = self.request(&publish).await;
        assert!(published.starts_with("HTTP/1.1 200"), "{published}");
        let received = loop {
            let message = next(&mut socket).await;
            if message["type"] == "publications" {
                break message;
            }
        };
        assert_eq!(received["items"][0]["data"], 21.5);
        let evil = publish.replace(&origin, "https://evil.example");
        assert!(self.request(&evil).await.starts_with("HTTP/1.1 403"), "another site's page is refused");
        // nginx refuses the body because of its length, Caddy after it has read too much of it.
        let body = "1".repeat(1_500_000);
        let large = format!(
            "POST /topics/a HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        // Depending on how much of the body was passed on, the proxy refuses it or reports that the server refused it.
        let refused = self.request(&large).await;
        let is_refused = ["HTTP/1.1 413", "HTTP/1.1 502"].iter().any(|status| refused.starts_with(status));
        assert!(is_refused, "a large body is refused: {refused}");
        let topic = format!(
            "GET /topics/a HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bearer}\r\nConnection: close\r\n\r\n"
        );
        let topic = self.request(&topic).await;
        assert!(topic.starts_with("HTTP/1.1 404"), "nothing of it was published: {topic}");
    }

    async fn connect(&self) -> TlsStream<tokio::net::TcpStream> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(self.authority.file()).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let config = ClientConfig::builder_with_provider(std::sync::Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = tokio::net::TcpStream::connect(self.proxy()).await.unwrap();
        let name = ServerName::try_from(NAME).unwrap();
        TlsConnector::from(std::sync::Arc::new(config)).connect(name, stream).await.unwrap()
    }

    async fn request(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        // A proxy may answer and close the connection before it has read the whole body, if that is too large.
        let _ = stream.write_all(text.as_bytes()).await;
        let mut answer = Vec::new();
        // A proxy may close a connection without the close message of TLS.
        let _ = tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

async fn next<S>(socket: &mut S) -> Value
where
    S: StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    loop {
        let message = tokio::time::timeout(TIMEOUT, socket.next()).await.unwrap().unwrap().unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Returns the path of a program, or `None` if it is not installed. Also looks in the `sbin` directories, because
/// Debian installs nginx there.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("NOT TESTED: deploy/ with {name}, which is not installed");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_served_behind_nginx() {
    let Some(nginx) = installed("nginx") else { return };
    let place = Place::new();
    let file = |name: &str| place.path(name).display().to_string();
    let site = place.configuration(
        "nginx.conf",
        &[
            ("listen 443 ssl http2;", format!("listen {} ssl http2;", place.proxy())),
            ("/etc/letsencrypt/live/board.example/fullchain.pem", file("fullchain.pem")),
            ("/etc/letsencrypt/live/board.example/privkey.pem", file("privkey.pem")),
            ("http://127.0.0.1:8080", format!("http://{}", place.server.address)),
        ],
    );
    let main = format!(
        "daemon off; worker_processes 1; pid {pid}; error_log {log}; events {{}}\n\
         http {{ access_log off; client_body_temp_path {temp}; proxy_temp_path {temp}; fastcgi_temp_path {temp};\n\
         uwsgi_temp_path {temp}; scgi_temp_path {temp}; include {site}; }}\n",
        pid = file("nginx.pid"),
        log = file("error.log"),
        temp = file("temp"),
        site = site.display(),
    );
    fs::write(place.path("main.conf"), main).unwrap();
    let mut command = Command::new(nginx);
    command.arg("-e").arg(place.path("error.log")).arg("-c").arg(place.path("main.conf"));
    if Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" {
        // The files of the test belong to root.
        command.args(["-g", "user root;"]);
    }
    let _proxy = place.start(&mut command);
    place.serves_a_board().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_served_behind_caddy() {
    let Some(caddy) = installed("caddy") else { return };
    let place = Place::new();
    let file = |name: &str| place.path(name).display().to_string();
    // Switch off automatic certificates, redirections on port 80, and the API that changes a running Caddy.
    let site = format!(
        "https://{NAME}:{} {{\n\ttls {} {}\n",
        place.port,
        file("fullchain.pem"),
        file("privkey.pem")
    );
    let site = place.configuration(
        "Caddyfile",
        &[
            ("\nboard.example {\n", format!("\n{site}")),
            ("reverse_proxy 127.0.0.1:8080", format!("reverse_proxy {}", place.server.address)),
        ],
    );
    let text = fs::read_to_string(&site).unwrap();
    fs::write(&site, format!("{{\n\tadmin off\n\tauto_https off\n}}\n{text}")).unwrap();
    let mut command = Command::new(caddy);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&site);
    command
        .env("HOME", place.folder.path())
        .env("XDG_DATA_HOME", place.folder.path())
        .env("XDG_CONFIG_HOME", place.folder.path());
    let _proxy = place.start(&mut command);
    place.serves_a_board().await;
}

#[test]
fn the_unit_of_systemd_has_no_more_rights_than_it_needs() {
    let Some(systemd) = installed("systemd-analyze") else { return };
    let unit = Path::new(DEPLOY).join("tickertape.service");
    let security = ["security", "--offline=true", "--threshold=15", "--no-pager"];
    let rated = Command::new(systemd).args(security).arg(&unit).output().unwrap();
    assert!(rated.status.success(), "{}", String::from_utf8_lossy(&rated.stdout));
}

/// Checks that the program accepts every flag of the command line in the unit.
#[test]
fn the_unit_of_systemd_starts_the_server_with_flags_that_it_has() {
    let unit = fs::read_to_string(Path::new(DEPLOY).join("tickertape.service")).unwrap();
    let (_, rest) = unit.split_once("ExecStart=/usr/local/bin/tickertape ").unwrap();
    let mut words = Vec::new();
    for line in rest.lines() {
        words.extend(line.trim_end_matches('\\').split_whitespace());
        if !line.ends_with('\\') {
            break;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    assert!(run("", &["secret", secret.to_str().unwrap()]).status.success());
    let replaced: Vec<String> = words
        .iter()
        .map(|word| {
            word.replace("${STATE_DIRECTORY}", folder.path().to_str().unwrap())
                .replace("${CREDENTIALS_DIRECTORY}/secret", secret.to_str().unwrap())
        })
        .map(|word| word.replace("127.0.0.1:8080", "192.0.2.1:1"))
        .collect();
    let replaced: Vec<&str> = replaced.iter().map(String::as_str).collect();
    let output = run("", &replaced);
    let words = String::from_utf8(output.stderr).unwrap();
    // All flags are accepted. The only error is the address, which does not belong to this machine.
    assert!(words.contains("cannot listen on 192.0.2.1:1"), "{words}");
}
