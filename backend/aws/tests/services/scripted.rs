//! An HTTP server with scripted answers, which stands for a service of AWS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use backend_aws::{ApiGatewayManagement, Aws};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use test_support::HttpMessage;

/// A function that returns the answer to a request. Its argument is the number of the request, counted from 0.
pub type Script = fn(usize) -> Answer;

/// One scripted answer.
#[derive(Clone, Copy)]
pub enum Answer {
    Status(u16),
    /// Status 200 with this JSON body.
    Json(&'static str),
    /// An error with this HTTP status. The text is the error type, which is sent in the header that AWS uses.
    Error(u16, &'static str),
    After(Duration, u16),
    /// This status, after which the connection is closed.
    Last(u16),
    Never,
    HangUp,
}

/// A running HTTP server with scripted answers.
#[derive(Clone)]
pub struct Scripted {
    pub address: SocketAddr,
    script: Script,
    requests: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    under_way: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
}

impl Scripted {
    pub async fn open(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scripted = Self {
            address,
            script,
            requests: Arc::default(),
            connections: Arc::default(),
            under_way: Arc::default(),
            most_at_once: Arc::default(),
        };
        tokio::spawn(scripted.clone().listen(listener));
        scripted
    }

    pub fn management(&self) -> ApiGatewayManagement {
        let endpoint = format!("http://{}/prod", self.address).parse().unwrap();
        Aws::local("http://127.0.0.1:9").management(&endpoint)
    }

    /// Returns a configuration whose clients, except that of the management API, send their requests to this service.
    pub fn aws(&self) -> Aws {
        Aws::local(&format!("http://{}", self.address))
    }

    /// Returns the number of requests that were received.
    pub fn requests(&self) -> usize {
        self.requests.load(SeqCst)
    }

    /// Returns the number of connections that were opened.
    pub fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }

    /// Returns the largest number of requests that were open at the same time.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(SeqCst)
    }

    async fn listen(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            self.connections.fetch_add(1, SeqCst);
            tokio::spawn(self.clone().serve(BufReader::new(stream)));
        }
    }

    async fn serve(self, mut stream: BufReader<TcpStream>) {
        while HttpMessage::read(&mut stream).await.is_some() {
            let now = self.under_way.fetch_add(1, SeqCst) + 1;
            self.most_at_once.fetch_max(now, SeqCst);
            let answer = (self.script)(self.requests.fetch_add(1, SeqCst));
            let (status, error, body) = match answer {
                Answer::Status(status) | Answer::Last(status) => (status, "", ""),
                Answer::Json(body) => (200, "", body),
                Answer::Error(status, error) => (status, error, "{}"),
                Answer::After(delay, status) => {
                    tokio::time::sleep(delay).await;
                    (status, "", "")
                }
                Answer::Never => return std::future::pending().await,
                Answer::HangUp => return,
            };
            self.under_way.fetch_sub(1, SeqCst);
            let error =
                if error.is_empty() { String::new() } else { format!("x-amzn-errortype: {error}\r\n") };
            let length = body.len();
            let text = format!("HTTP/1.1 {status} Scripted\r\n{error}content-length: {length}\r\n\r\n{body}");
            if stream.write_all(text.as_bytes()).await.is_err() || matches!(answer, Answer::Last(_)) {
                return;
            }
        }
    }
}
