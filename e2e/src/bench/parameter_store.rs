//! A stand-in for SSM's Parameter Store, which returns the same secret for every name.

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "a secret of forty letters, told to nobody";

/// Starts to answer, until this program ends. Returns the address.
///
/// # Panics
///
/// If it cannot listen.
pub async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer(BufReader::new(socket)));
        }
    });
    format!("http://{address}")
}

/// Answers the requests of one connection (AWS Systems Manager API Reference, "GetParameter").
async fn answer(mut socket: BufReader<TcpStream>) {
    let body = json!({"Parameter": {"Name": "/tickertape/secret", "Type": "SecureString", "Value": SECRET}});
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {length}\r\n\r\n"
    );
    while read_request(&mut socket).await.is_some() {
        if socket.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Reads a request; `None` at the end of the connection.
async fn read_request(socket: &mut BufReader<TcpStream>) -> Option<()> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok().map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn it_has_a_secret_for_whoever_asks_and_asks_again() {
        let url = start().await;
        let client = reqwest::Client::new();
        for _ in 0..2 {
            let request = client.post(&url).body(r#"{"Name": "/tickertape/secret"}"#);
            let answer = request.send().await.expect("an answer").text().await.expect("all of it");
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            assert_eq!(answer["Parameter"]["Value"], SECRET);
        }
    }
}
