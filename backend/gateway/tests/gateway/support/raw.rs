use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::soon;

const MASK: [u8; 4] = [1, 2, 3, 4];

/// A WebSocket client that sends any bytes, whether they are valid or not.
pub struct RawSocket {
    pub stream: TcpStream,
    /// The status line and the headers of the answer to the handshake.
    pub head: String,
}

impl RawSocket {
    pub async fn connect(address: SocketAddr, path: &str) -> Self {
        Self::connect_with(TcpStream::connect(address).await.expect("the server listens"), path, "").await
    }

    /// Sends a handshake over an existing stream and reads the answer. `headers` contains further header lines.
    pub async fn connect_with(mut stream: TcpStream, path: &str, headers: &str) -> Self {
        let host = stream.peer_addr().expect("a peer");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("the handshake goes out");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(stream.read_u8()).await.expect("an answer"));
        }
        Self { stream, head: String::from_utf8(head).expect("text") }
    }

    /// Sends a masked frame. `first` is its first byte, which contains the FIN bit and the opcode.
    pub async fn send(&mut self, first: u8, payload: &[u8]) {
        self.stream.write_all(&frame(first, payload)).await.expect("the frame goes out");
    }

    /// Reads the next frame and returns its first byte and payload. Returns `None` if the server has closed the socket.
    pub async fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = soon(self.stream.read_u8()).await.ok()?;
        let length = match soon(self.stream.read_u8()).await.ok()? {
            126 => u64::from(soon(self.stream.read_u16()).await.ok()?),
            127 => soon(self.stream.read_u64()).await.ok()?,
            length => u64::from(length),
        };
        let mut payload = vec![0; length as usize];
        soon(self.stream.read_exact(&mut payload)).await.ok()?;
        Some((first, payload))
    }

    /// Reads the next frame, which must be a close frame, and returns its code.
    pub async fn close_code(&mut self) -> Option<u16> {
        let (first, payload) = self.read().await.expect("a frame");
        assert_eq!(first, 0x88, "a close frame");
        payload.first_chunk().map(|code| u16::from_be_bytes(*code))
    }
}

/// Encodes a masked frame, as a client sends it.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut wire = vec![first];
    match payload.len() {
        length @ 0..=125 => wire.push(0x80 | length as u8),
        length @ 126..=0xFFFF => {
            wire.push(0xFE);
            wire.extend((length as u16).to_be_bytes());
        }
        length => {
            wire.push(0xFF);
            wire.extend((length as u64).to_be_bytes());
        }
    }
    wire.extend(MASK);
    wire.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ MASK[at % 4]));
    wire
}
