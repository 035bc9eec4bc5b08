//! Runs the conformance suite of the management port over this server's own port, with real sockets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use apigw_websocket::Connections;
use backend_core::testing::conformance::management::Harness;
use backend_core::{Access, Retention};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::*;
use crate::{Config, Notify, PageConfig, Server};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

backend_core::conformance!(management, crate::management::tests::open);

async fn open() -> (Clients, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Clients::open(directory.path()).await, directory)
}

/// A running server, its management port, and the clients that are connected to it.
struct Clients {
    posts: Posts,
    connections: Connections,
    address: SocketAddr,
    clients: Mutex<HashMap<ConnectionId, Client>>,
}

impl Clients {
    async fn open(data_dir: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let page = PageConfig {
            site: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            chaos: None,
            notify: Notify::new(|_| {}),
        };
        let config = Config {
            data_dir: data_dir.to_owned(),
            retention: Retention::default(),
            access: Access::Open,
            publish_host: false,
            page,
        };
        let server = Server::open(config, address).await.unwrap();
        let connections = server.gateway.connections().clone();
        tokio::spawn(server.run(listener, std::future::pending()));
        Self { posts: Posts::new(connections.clone()), connections, address, clients: Mutex::default() }
    }
}

impl Harness for Clients {
    type Port = Posts;

    fn port(&self) -> &Posts {
        &self.posts
    }

    /// The reply to a subscription of a topic that does not exist contains the connection's id.
    async fn connect(&self) -> ConnectionId {
        let url = format!("ws://{}/ws", self.address);
        let (mut client, _) = soon(tokio_tungstenite::connect_async(url)).await.unwrap();
        let subscribe = json!({"action": "subscribe", "id": 1, "filter": "nothing/here"});
        soon(client.send(Message::text(subscribe.to_string()))).await.unwrap();
        let subscribed: Value = serde_json::from_slice(&text(&mut client).await).unwrap();
        let id = ConnectionId::new(subscribed["connection_id"].as_str().unwrap());
        let unsubscribe = json!({"action": "unsubscribe", "id": 2, "filter": "nothing/here"});
        soon(client.send(Message::text(unsubscribe.to_string()))).await.unwrap();
        while !text(&mut client).await.windows(14).any(|part| part == b"\"unsubscribed\"") {}
        self.clients.lock().await.insert(id.clone(), client);
        id
    }

    async fn vanish(&self, id: &ConnectionId) {
        drop(self.clients.lock().await.remove(id));
        let known = id.as_str().parse().unwrap();
        soon(async {
            while self.connections.get(&known).is_ok() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    async fn receive(&self, id: &ConnectionId, count: usize) -> Vec<Bytes> {
        let mut clients = self.clients.lock().await;
        let client = clients.get_mut(id).unwrap();
        let mut received = Vec::new();
        while received.len() < count {
            received.push(text(client).await);
        }
        received
    }
}

async fn text(client: &mut Client) -> Bytes {
    match soon(client.next()).await.unwrap().unwrap() {
        Message::Text(text) => text.into(),
        other => panic!("expected text, got {other:?}"),
    }
}

/// Waits for `what`, and fails if it takes longer than 30 s.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it happens within 30 s")
}
