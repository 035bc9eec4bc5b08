use std::net::SocketAddr;
use std::sync::Arc;

use apigw_websocket::{Api, Connections, Gateway, HeaderNames, Routes, ServerSettings, serve};
use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequestTypeRequest;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite;

use super::functions::Recorded;
use super::{Client, Event, HttpClient, ManualEnvironment, RawSocket, Script, soon};

/// The configuration of a gateway under test.
pub struct Start {
    pub api: Api,
    pub server: ServerSettings,
    pub script: Script,
}

impl Start {
    /// Configures a gateway with the stage `ws` and the routes `$connect`, `$disconnect`, `$default` and `echo`.
    pub fn new(script: Script) -> Self {
        Self::with_routes(&["$connect", "$disconnect", "$default", "echo"], script)
    }

    pub fn with_routes(keys: &[&str], script: Script) -> Self {
        let routes = Routes::new(keys.iter().copied()).expect("route keys");
        Self { api: Api::new("ws", routes), server: ServerSettings::default(), script }
    }

    pub fn change(mut self, change: impl FnOnce(&mut Api)) -> Self {
        change(&mut self.api);
        self
    }

    pub async fn run(self) -> Harness {
        Harness::run(self).await
    }
}

/// A running gateway on a port of its own.
pub struct Harness {
    pub address: SocketAddr,
    pub gateway: Gateway<Recorded>,
    pub connections: Connections,
    pub clock: Arc<ManualEnvironment>,
    events: mpsc::UnboundedReceiver<Event>,
    authorizations: mpsc::UnboundedReceiver<ApiGatewayCustomAuthorizerRequestTypeRequest>,
    names: mpsc::UnboundedReceiver<HeaderNames>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Harness {
    async fn run(start: Start) -> Self {
        let clock = Arc::new(ManualEnvironment::default());
        let connections = Connections::new(&start.api.limits, clock.clone());
        let (event_sender, events) = mpsc::unbounded_channel();
        let (authorization_sender, authorizations) = mpsc::unbounded_channel();
        let (name_sender, names) = mpsc::unbounded_channel();
        let functions = Recorded {
            names: name_sender,
            script: start.script,
            connections: connections.clone(),
            events: event_sender,
            authorizations: authorization_sender,
        };
        let gateway = Gateway::new(start.api, functions, connections.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let stopped = async { drop(stopped.await) };
        let server = tokio::spawn(serve(listener, gateway.clone(), start.server, stopped));
        Self { address, gateway, connections, clock, events, authorizations, names, stop: Some(stop), server }
    }

    pub fn url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address)
    }

    pub async fn client(&self) -> Client {
        self.client_at("/ws").await
    }

    pub async fn client_at(&self, path: &str) -> Client {
        soon(tokio_tungstenite::connect_async(self.url(path))).await.expect("a handshake").0
    }

    /// Connects a client. Returns it with the connection id from its CONNECT event.
    pub async fn identified_client(&mut self) -> (Client, apigw_websocket::ConnectionId) {
        let client = self.client().await;
        let event = self.event("CONNECT").await;
        let id = event.request_context.connection_id.expect("a connection id");
        (client, id.parse().expect("a well-formed id"))
    }

    /// Returns the status of the answer to a handshake, which is 101 or the status of the refusal.
    pub async fn handshake_status(&self, path: &str) -> u16 {
        match soon(tokio_tungstenite::connect_async(self.url(path))).await {
            Ok(_) => 101,
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    pub async fn raw(&self) -> RawSocket {
        RawSocket::connect(self.address, "/ws").await
    }

    pub fn http(&self) -> HttpClient {
        HttpClient { address: self.address }
    }

    /// Waits for the next event of this type. Events of other types before it are discarded.
    pub async fn event(&mut self, event_type: &str) -> Event {
        loop {
            let event = soon(self.events.recv()).await.expect("the gateway runs");
            if event.request_context.event_type.as_deref() == Some(event_type) {
                return event;
            }
        }
    }

    /// Waits for the next CONNECT event, and returns it with the names of the client's headers.
    pub async fn connect_event(&mut self) -> (Event, HeaderNames) {
        let event = self.event("CONNECT").await;
        (event, soon(self.names.recv()).await.expect("the gateway runs"))
    }

    /// Waits for the next DISCONNECT event, and returns the texts of the MESSAGE events before it.
    pub async fn messages_until_disconnect(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        loop {
            let event = soon(self.events.recv()).await.expect("the gateway runs");
            match event.request_context.event_type.as_deref() {
                Some("MESSAGE") => messages.extend(event.body),
                Some("DISCONNECT") => return messages,
                _ => {}
            }
        }
    }

    /// Waits for the next DISCONNECT event and returns its code and reason.
    pub async fn disconnect(&mut self) -> (i64, String) {
        let context = self.event("DISCONNECT").await.request_context;
        (context.disconnect_status_code.expect("a code"), context.disconnect_reason.expect("a reason"))
    }

    /// Returns the number of recorded events that the test has not read yet.
    pub fn pending_events(&mut self) -> usize {
        self.events.len()
    }

    pub async fn authorization(&mut self) -> ApiGatewayCustomAuthorizerRequestTypeRequest {
        soon(self.authorizations.recv()).await.expect("the gateway runs")
    }

    pub fn pending_authorizations(&mut self) -> usize {
        self.authorizations.len()
    }

    /// Stops the server and waits until it has ended.
    pub async fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        soon(&mut self.server).await.expect("the server ends without a panic");
    }
}
