//! The programs that perform one recorded conversation: a server, the proxy in front of it that records, and clients.
//! The messages of one kind of client are written by hand.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use compatibility::Line;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::proxy::Proxy;

/// Maximum time for a step of a conversation. A step that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(60);

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The server, proxy and files with which one conversation is recorded.
pub struct Stage {
    program: PathBuf,
    directory: TempDir,
    proxy: Proxy,
    server: Option<Child>,
    direct: Option<SocketAddr>,
}

impl Stage {
    /// Creates the proxy and the folder for a conversation. `program` is the `tickertape` of the release that is
    /// recorded.
    pub fn new(program: &Path) -> Result<Self> {
        Ok(Self {
            program: program.to_owned(),
            directory: tempfile::tempdir()?,
            proxy: Proxy::start()?,
            server: None,
            direct: None,
        })
    }

    /// Returns the path of a file or folder that only this conversation uses.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a secret to a file that only this user can read, and returns the path of the file.
    pub fn secret(&self, content: &str) -> Result<String> {
        let path = self.path("secret.txt");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?.write_all(content.as_bytes())?;
        Ok(path.display().to_string())
    }

    /// Returns the WebSocket address of the recording proxy. Clients that use this address are recorded.
    pub fn url(&self) -> String {
        format!("ws://{}/ws", self.proxy.address())
    }

    /// Returns the WebSocket address of the server itself. Clients that use this address are not recorded.
    pub fn direct_url(&self) -> Result<String> {
        Ok(format!("ws://{}/ws", self.direct.ok_or("no server")?))
    }

    /// Starts a server with the store in `data`. The proxy does not forward to it before [`Stage::open`] is called.
    pub fn serve_apart(&mut self, data: &str, arguments: &[&str]) -> Result<()> {
        let mut child = Command::new(&self.program)
            .args(["serve", "--json", "--no-host", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(self.path(data))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no stdout")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().ok_or("no url")?;
        self.direct = Some(url.trim_start_matches("http://").trim_end_matches('/').parse()?);
        self.server = Some(child);
        Ok(())
    }

    /// Starts a server with the store in `data`, and makes the proxy forward to it.
    pub fn serve(&mut self, data: &str, arguments: &[&str]) -> Result<()> {
        self.serve_apart(data, arguments)?;
        self.open();
        Ok(())
    }

    /// Makes the proxy forward new connections to the server.
    pub fn open(&self) {
        self.proxy.point_to(self.direct);
    }

    /// Closes every connection of the proxy, and makes the proxy refuse new ones.
    pub fn cut(&self) {
        self.proxy.point_to(None);
    }

    /// Ends the server with SIGTERM, as an operator would, and waits until it has exited. The proxy then refuses
    /// connections.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            signal("TERM", server.id())?;
            server.wait()?;
        }
        self.cut();
        Ok(())
    }

    /// Runs the program `tickertape` as a client of `url` until it exits, with `input` on its standard input. Returns
    /// its standard output.
    pub fn run(&self, url: &str, arguments: &[&str], input: &str) -> Result<String> {
        let mut child = self.start(url, arguments)?;
        child.0.stdin.take().ok_or("no stdin")?.write_all(input.as_bytes())?;
        let mut printed = String::new();
        child.0.stdout.take().ok_or("no stdout")?.read_to_string(&mut printed)?;
        child.0.wait()?;
        Ok(printed)
    }

    /// Starts the program `tickertape` as a client of `url`. It runs until the returned value is dropped.
    pub fn start(&self, url: &str, arguments: &[&str]) -> Result<Client> {
        let child = Command::new(&self.program)
            .args(arguments)
            .env("TICKERTAPE_URL", url)
            .env_remove("TICKERTAPE_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Client(child))
    }

    /// Sends an HTTP request through the proxy and waits for the end of the answer.
    pub fn http(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<()> {
        let mut stream = TcpStream::connect(self.proxy.address())?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        write!(stream, "{request}\r\n{body}")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(())
    }

    /// Opens a WebSocket through the proxy. `protocols` is the value of the header `Sec-WebSocket-Protocol`.
    pub fn connect(&self, protocols: Option<&str>) -> Result<ManualClient> {
        let mut request = format!("ws://{}/ws", self.proxy.address()).into_client_request()?;
        if let Some(protocols) = protocols {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse()?);
        }
        let stream = TcpStream::connect(self.proxy.address())?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let (socket, _) = client(request, stream).map_err(|error| error.to_string())?;
        Ok(ManualClient(socket))
    }

    /// Waits until `is_there` returns true for the lines recorded so far. Returns an error if this takes longer than
    /// `TIMEOUT`.
    pub fn wait_until(&self, is_there: impl Fn(&[Line]) -> bool) -> Result<()> {
        let until = Instant::now() + TIMEOUT;
        while !is_there(&self.proxy.lines()) {
            if Instant::now() > until {
                return Err(format!("did not happen: {:#?}", self.proxy.lines().last()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Waits until at least `times` recorded messages contain the text `part`.
    pub fn wait_for(&self, part: &str, times: usize) -> Result<()> {
        let has = |line: &Line| line.text().is_some_and(|text| text.contains(part));
        self.wait_until(|lines| lines.iter().filter(|line| has(line)).count() >= times)
            .map_err(|error| format!("{part:?}, {times} times, {error}").into())
    }

    /// Ends the server, and returns all lines that were recorded.
    pub fn finish(mut self) -> Result<Vec<Line>> {
        self.stop()?;
        // Messages that were sent when the server ended have arrived after this time.
        thread::sleep(Duration::from_millis(100));
        Ok(self.proxy.lines())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
        }
    }
}

/// A running `tickertape` that is a client of the server. It is ended when this value is dropped.
pub struct Client(Child);

impl Client {
    /// Interrupts the client as Ctrl-C does, and waits for its end.
    pub fn interrupt(mut self) -> io::Result<()> {
        signal("INT", self.0.id())?;
        self.0.wait().map(|_| ())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn signal(name: &str, pid: u32) -> io::Result<()> {
    Command::new("kill").args(["-s", name, &pid.to_string()]).status().map(|_| ())
}

/// A client whose WebSocket messages are written by hand, so that it can also send what no session sends.
pub struct ManualClient(WebSocket<TcpStream>);

impl ManualClient {
    /// Sends a message, then waits for the next message whose `type` is `kind`, and returns it.
    pub fn ask(&mut self, message: &Value, kind: &str) -> Result<Value> {
        self.ask_text(&message.to_string(), kind)
    }

    /// Sends a text that need not be JSON, then waits for the next message whose `type` is `kind`, and returns it.
    pub fn ask_text(&mut self, text: &str, kind: &str) -> Result<Value> {
        self.0.send(Message::text(text))?;
        self.hear(kind)
    }

    /// Waits for the next message whose `type` is `kind`, and returns it. Other messages are skipped, except that a
    /// message of type `error` or a closed connection is returned as an error.
    pub fn hear(&mut self, kind: &str) -> Result<Value> {
        loop {
            match self.0.read()? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    if message["type"] == kind {
                        return Ok(message);
                    }
                    if message["type"] == "error" {
                        return Err(format!("{kind} expected: {text}").into());
                    }
                }
                Message::Close(frame) => return Err(format!("closed: {frame:?}").into()),
                _ => {}
            }
        }
    }

    /// Publishes `data` to `topic`, waits for the acknowledgement, and returns it.
    pub fn publish(&mut self, id: u64, topic: &str, data: &Value) -> Result<Value> {
        self.ask(&json!({"action": "publish", "id": id, "topic": topic, "data": data}), "published")
    }

    /// Waits until the server closes the socket.
    pub fn hear_close(&mut self) {
        while let Ok(message) = self.0.read() {
            if message.is_close() {
                break;
            }
        }
    }

    /// Closes the WebSocket.
    pub fn close(mut self) {
        let _ = self.0.close(None);
        self.hear_close();
    }
}
