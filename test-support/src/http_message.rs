//! Reads and writes HTTP/1.1 messages on a TCP socket. Tests and benchmarks use it for servers that take the place of
//! AWS.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A request or a response of HTTP/1.1.
pub struct HttpMessage {
    /// The first line and then the headers, one string for each. `Content-Length` and `Transfer-Encoding` are left
    /// out.
    pub head: Vec<String>,
    /// The body of the message, which is empty if there is none.
    pub body: Vec<u8>,
}

impl HttpMessage {
    /// Reads one message. Returns `None` if the connection is closed before the message is complete.
    pub async fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let (mut head, mut length, mut is_chunked) = (Vec::new(), 0, false);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok()?;
                }
                Some((name, _)) if name.eq_ignore_ascii_case("transfer-encoding") => is_chunked = true,
                None if line == "\r\n" => break,
                Some(_) | None => head.push(line.trim_end().to_owned()),
            }
        }
        if is_chunked {
            return Some(Self { head, body: read_chunks(stream).await? });
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(Self { head, body })
    }

    /// Returns the value of the header `wanted`, or `None` if the message does not have it. Upper and lower case do not
    /// matter.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let headers = self.head.iter().filter_map(|line| line.split_once(": "));
        headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value).next()
    }

    /// Writes the message to the socket, with a header for the length of the body.
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

/// Reads a body in the transfer encoding `chunked`, without trailers (RFC 9112, section 7.1).
async fn read_chunks(stream: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let length = usize::from_str_radix(line.trim_end(), 16).ok()?;
        // Each chunk is followed by a line break, also the last one, which is empty.
        let mut chunk = vec![0; length + 2];
        stream.read_exact(&mut chunk).await.ok()?;
        if length == 0 {
            return Some(body);
        }
        chunk.truncate(length);
        body.append(&mut chunk);
    }
}
