//! Reads and writes HTTP/1.1 messages over a plain socket, for the servers with which tests and measurements replace AWS.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A request or a response of HTTP/1.1.
pub struct HttpMessage {
    /// The first line and the headers, without `Content-Length`.
    pub head: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpMessage {
    /// Reads one message. Returns `None` if the other side has closed the connection.
    pub async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let (mut head, mut length) = (Vec::new(), 0);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok()?;
                }
                None if line == "\r\n" => break,
                Some(_) | None => head.push(line.trim_end().to_owned()),
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { head, body })
    }

    /// Returns the value of the header `wanted`.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let headers = self.head.iter().filter_map(|line| line.split_once(": "));
        headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value).next()
    }

    /// Writes the message with the length of its body.
    ///
    /// # Errors
    ///
    /// If the connection is lost.
    pub async fn write(&self, stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let head = self.head.join("\r\n");
        let head = format!("{head}\r\ncontent-length: {}\r\n\r\n", self.body.len());
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&self.body).await
    }
}
