//! The functions behind the gateway, called in process.

use std::sync::Arc;

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use backend_core::GatewayEvent;
use backend_core::authorize::split_protocols;
use backend_core::event::{Connect, Disconnect, Message};
use backend_core::ports::ConnectionId;
use backend_gateway::{FunctionError, Functions};
use http::HeaderValue;
use http::header::SEC_WEBSOCKET_PROTOCOL;

use super::App;
use crate::client::clock::wall_ms;

/// Hands events to the service.
pub struct Handlers {
    app: Arc<App>,
}

impl Handlers {
    /// Of this service.
    pub fn new(app: Arc<App>) -> Self {
        Self { app }
    }
}

impl Functions for Handlers {
    async fn invoke(
        &self,
        event: ApiGatewayWebsocketProxyRequest,
    ) -> Result<ApiGatewayProxyResponse, FunctionError> {
        let reply = self.app.handle(read(event)?, wall_ms()).await;
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = i64::from(reply.status);
        if let Some(protocol) = reply.protocol.and_then(|protocol| HeaderValue::try_from(protocol).ok()) {
            response.headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        Ok(response)
    }
}

fn read(event: ApiGatewayWebsocketProxyRequest) -> Result<GatewayEvent, FunctionError> {
    let context = event.request_context;
    let missing = |what: &str| FunctionError { message: format!("the event has no {what}") };
    let connection = ConnectionId::new(&context.connection_id.ok_or_else(|| missing("connectionId"))?);
    match context.event_type.as_deref() {
        Some("CONNECT") => {
            let offered = event.headers.get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
            let protocols = split_protocols(offered.unwrap_or_default()).map(str::to_owned).collect();
            Ok(GatewayEvent::Connect(Connect { connection, principal: None, protocols }))
        }
        Some("MESSAGE") => {
            let body = event.body.ok_or_else(|| missing("body"))?;
            Ok(GatewayEvent::Message(Message { connection, body }))
        }
        Some("DISCONNECT") => Ok(GatewayEvent::Disconnect(Disconnect {
            connection,
            status_code: context.disconnect_status_code.and_then(|code| code.try_into().ok()).unwrap_or(1006),
            reason: context.disconnect_reason.unwrap_or_default(),
        })),
        _ => Err(missing("eventType")),
    }
}
