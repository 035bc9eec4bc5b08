//! Runs the core's conformance tests for the management port with the port of this server, over real sockets.

use std::net::SocketAddr;
use std::path::Path;

use apigw_websocket::Connections;
use backend_core::testing::conformance::management::Harness;
use backend_core::{Access, Retention};
use futures_util::SinkExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::{WebSockets, soon, text};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::{Config, LimitsOf, Notify, PageConfig, Server};

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
    clients: WebSockets,
}

impl Clients {
    async fn open(data_dir: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let page = PageConfig {
            site: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            embedders: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: LimitsOf::Aws,
            chaos: None,
            notify: Notify::new(|_| {}),
        };
        let config = Config {
            secret_file: None,
            data_dir: data_dir.to_owned(),
            retention: Retention::default(),
            keep_bytes: None,
            access: Access::Open,
            frame_every: Duration::ZERO,
            publish_host: false,
            boards_dir: None,
            page,
        };
        let server = Server::open(config, address).await.unwrap();
        let connections = server.gateway.connections().clone();
        tokio::spawn(server.run(listener, std::future::pending()));
        Self { posts: Posts::new(connections.clone()), connections, address, clients: WebSockets::default() }
    }
}

impl Harness for Clients {
    type Port = Posts;

    fn port(&self) -> &Posts {
        &self.posts
    }

    /// Connects a client, and returns the id of its connection. The id is read from the reply to a subscription.
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
        self.clients.keep(id.as_str(), client).await;
        id
    }

    async fn vanish(&self, id: &ConnectionId) {
        let known = id.as_str().parse().unwrap();
        self.clients.vanish(id.as_str(), || self.connections.get(&known).is_ok()).await;
    }

    async fn receive(&self, id: &ConnectionId, count: usize) -> Vec<Bytes> {
        self.clients.receive(id.as_str(), count).await
    }
}
