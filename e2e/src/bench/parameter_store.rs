//! A server that takes the place of SSM's Parameter Store. It returns the same secret for every parameter name.

use serde_json::json;
use test_support::HttpMessage;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "a secret of forty letters, told to nobody";

/// Starts the server, which runs until this program ends. Returns its address.
///
/// # Panics
///
/// If the server cannot listen.
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

/// Answers the requests on one connection (AWS Systems Manager API Reference, "GetParameter").
async fn answer(mut socket: BufReader<TcpStream>) {
    let parameter = json!({"Name": "/tickertape/secret", "Type": "SecureString", "Value": SECRET});
    let head = vec!["HTTP/1.1 200 OK".to_owned(), "content-type: application/x-amz-json-1.1".to_owned()];
    let response = HttpMessage { head, body: json!({"Parameter": parameter}).to_string().into_bytes() };
    while HttpMessage::read(&mut socket).await.is_some() {
        if response.write(&mut socket).await.is_err() {
            return;
        }
    }
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
