//! An embedded gateway with clients, and the adapter that posts to it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use apigw_websocket::{
    Api, Connections, FunctionError, Functions, Gateway, Limits, Peer, Routes, ServerSettings,
    SystemEnvironment, serve,
};
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use backend_aws::{ApiGatewayManagement, Aws, ManagementEndpoint};
use backend_core::ports::ConnectionId;
use backend_core::testing::conformance::management::Harness;
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A gateway and the clients that are connected to it.
pub struct Clients {
    port: ApiGatewayManagement,
    address: SocketAddr,
    connections: Connections,
    connected: Mutex<mpsc::UnboundedReceiver<String>>,
    clients: Mutex<HashMap<ConnectionId, Client>>,
}

impl Clients {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, connected) = mpsc::unbounded_channel();
        let connections = Connections::new(&Limits::default(), Arc::new(SystemEnvironment::default()));
        let api = Api::new("ws", Routes::new(["$connect", "$disconnect", "$default"]).unwrap());
        let gateway = Gateway::new(api, Ids(sender), connections.clone());
        tokio::spawn(listen(listener, gateway));
        let endpoint: ManagementEndpoint = format!("http://{address}/ws").parse().unwrap();
        let port = Aws::local("http://127.0.0.1:9").management(&endpoint);
        Self { port, address, connections, connected: Mutex::new(connected), clients: Mutex::default() }
    }
}

impl Harness for Clients {
    type Port = ApiGatewayManagement;

    fn port(&self) -> &ApiGatewayManagement {
        &self.port
    }

    async fn connect(&self) -> ConnectionId {
        let mut connected = self.connected.lock().await;
        let url = format!("ws://{}/ws", self.address);
        let (client, _) = soon(tokio_tungstenite::connect_async(url)).await.unwrap();
        let id = ConnectionId::new(&soon(connected.recv()).await.unwrap());
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
            match soon(client.next()).await.unwrap().unwrap() {
                Message::Text(text) => received.push(text.into()),
                other => panic!("expected text, got {other:?}"),
            }
        }
        received
    }
}

/// Functions that send the id of each new connection.
struct Ids(mpsc::UnboundedSender<String>);

impl Functions for Ids {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let context = event.request_context;
        if context.event_type.as_deref() == Some("CONNECT") {
            self.0.send(context.connection_id.unwrap()).unwrap();
        }
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = 200;
        Ok(response)
    }
}

/// Waits for `what`, and fails if it takes longer than 30 s.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what).await.expect("it happens within 30 s")
}

async fn listen(listener: TcpListener, gateway: Gateway<Ids>) {
    let service = tower::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let gateway = gateway.clone();
        async move {
            let Peer(peer) = *request.extensions().get().unwrap();
            Ok::<_, Infallible>(gateway.handle(request, peer).await)
        }
    });
    serve(listener, service, ServerSettings::default(), std::future::pending()).await;
}
