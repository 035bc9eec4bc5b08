//! An embedded gateway with connected clients, and the adapter under test, which posts to them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use apigw_websocket::{
    Api, Connections, FunctionError, Functions, Gateway, Limits, Peer, Routes, ServerSettings,
    SystemEnvironment, serve,
};
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use backend_aws::{ApiGatewayManagement, Aws, ManagementEndpoint};
use backend_core::ports::ConnectionId;
use backend_core::testing::conformance::management::Harness;
use bytes::Bytes;
use test_support::{WebSockets, soon};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// A gateway and the clients that are connected to it.
pub struct Clients {
    port: ApiGatewayManagement,
    address: SocketAddr,
    connections: Connections,
    connected: Mutex<mpsc::UnboundedReceiver<String>>,
    clients: WebSockets,
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
        Self { port, address, connections, connected: Mutex::new(connected), clients: WebSockets::default() }
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

/// The gateway's functions. They send the id of each new connection to a channel.
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
