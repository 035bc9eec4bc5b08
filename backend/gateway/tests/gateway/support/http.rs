use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::soon;

/// An HTTP client that sends exactly the bytes that a test passes to it. Each request uses a new connection.
pub struct HttpClient {
    pub address: SocketAddr,
}

/// A parsed HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl HttpClient {
    pub async fn request(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let length = body.len();
        self.send(&format!("{method} {path} HTTP/1.1\r\ncontent-length: {length}\r\n"), body).await
    }

    /// Sends a request and returns the answer. `head` must not contain the empty line at its end. The headers `host`
    /// and `connection` are added.
    pub async fn send(&self, head: &str, body: &[u8]) -> Answer {
        let host = self.address;
        let host = if head.to_ascii_lowercase().contains("\r\nhost:") {
            String::new()
        } else {
            format!("host: {host}\r\n")
        };
        let connection = if head.contains("Upgrade") { "" } else { "connection: close\r\n" };
        let mut wire = format!("{head}{host}{connection}\r\n").into_bytes();
        wire.extend_from_slice(body);
        soon(self.exchange(&wire)).await
    }

    /// Sends a handshake that asks for the end of the connection after a refusal.
    pub async fn handshake(&self, path: &str) -> Answer {
        let head = format!(
            "GET {path} HTTP/1.1\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        );
        self.send(&head, b"").await
    }

    /// Sends bytes, and reads the answer until the server closes the connection.
    pub async fn exchange(&self, wire: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        stream.write_all(wire).await.expect("the request goes out");
        let mut answer = Vec::new();
        soon(stream.read_to_end(&mut answer)).await.expect("the answer comes in");
        parse(&answer)
    }
}

fn parse(answer: &[u8]) -> Answer {
    let answer = String::from_utf8_lossy(answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    Answer { status: status.expect("a status"), headers, body: body.to_owned() }
}
