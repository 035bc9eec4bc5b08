//! A plain WebSocket client for tests. It sends and receives JSON, without the session that the clients of the product
//! use.

use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::HandshakeError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket, client};

use super::TIMEOUT;

/// Connects to a server from the given address of this machine.
pub fn stream_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

/// A connected WebSocket.
pub struct Socket(pub WebSocket<TcpStream>);

impl Socket {
    /// Connects to the server at `address`.
    pub fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, &[]).unwrap()
    }

    /// Connects with further headers. If the handshake is refused, the error is the HTTP status.
    pub fn connect_with(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        Self::over(TcpStream::connect(address).unwrap(), address, headers)
    }

    /// Connects over an open TCP stream, with further headers. If the handshake is refused, the error is the HTTP
    /// status.
    pub fn over(
        stream: TcpStream,
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        match client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(response.status().as_u16()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// Sends a message as JSON.
    pub fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string());
    }

    /// Sends a text message.
    pub fn say_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).unwrap();
    }

    /// Returns the next text message.
    pub fn hear(&mut self) -> Value {
        loop {
            match self.0.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// Returns the next text message, or the code with which the server has closed the connection; `None` if it was closed without
    /// one.
    pub fn hear_or_close(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => return Ok(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(frame)) => return Err(frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(_) => return Err(None),
            }
        }
    }

    /// Waits for the next message of the type `kind`. Other messages are discarded.
    pub fn hear_type(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear();
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Waits for the next message with publications, and returns their topics and data. Other messages are discarded.
    pub fn hear_data(&mut self) -> Vec<(String, Value)> {
        loop {
            let message = self.hear();
            let parts = match message["type"].as_str() {
                Some("publications") => vec![message],
                Some("batch") => message["parts"].as_array().unwrap().clone(),
                _ => continue,
            };
            return parts.iter().flat_map(data).collect();
        }
    }

    /// Waits until the server closes the connection, and returns its close frame.
    pub fn hear_close(&mut self) -> Option<CloseFrame> {
        loop {
            match self.0.read() {
                Ok(Message::Close(frame)) => return frame,
                Ok(_) => {}
                Err(error) => panic!("broken: {error}"),
            }
        }
    }

    /// Checks that the connection still works: sends a ping, and waits for the reply of the server.
    pub fn is_alive(&mut self) {
        self.say(&json!({"action": "ping", "t": 77}));
        assert_eq!(self.hear_type("pong")["t"], 77);
    }
}

fn data(part: &Value) -> Vec<(String, Value)> {
    let topic = part["topic"].as_str().unwrap();
    let items = part["items"].as_array().unwrap().iter();
    items.map(|item| (topic.to_owned(), item["data"].clone())).collect()
}
