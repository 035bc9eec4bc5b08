//! The routes of the WebSocket API: `$connect`, `$disconnect` and the messages in between.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use backend_core::event::GatewayEvent;
use backend_core::ports::{Connections, Management, TopicLog};
use backend_core::turns::HeadsInTurn;
use backend_core::{Service, Settings, message};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;
use shared::Millis;
use tracing::Instrument;

use crate::event::{diagnostic, read};
use crate::keys::{FetchKeys, Guard};
use crate::metrics::{FanOut, Meter};

/// Handler of the Lambda function `websocket`, which serves every route of the WebSocket API.
#[derive(Debug)]
pub struct Websocket<C, L, M, F> {
    service: Service<C, L, M>,
    guard: Guard<F>,
    meter: Meter,
}

/// Times that clients are told when they subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldTimes {
    /// Time after a subscription at which they replace their connection, in milliseconds.
    pub rotate_in_ms: u64,
    /// Minimum time between two broadcasts of publications, in milliseconds.
    pub frame_every_ms: u64,
}

impl<C: Connections, L: TopicLog, M: Management, F: FetchKeys> Websocket<C, L, M, F> {
    /// Creates the handler of the function `websocket`. Clients are told the times in `told` when they subscribe. Viewers are not counted on AWS: see ARCHITECTURE, "The functions".
    pub fn new(connections: C, log: L, management: M, guard: Guard<F>, told: ToldTimes) -> Self {
        let usual = Settings::new(guard.access(), rand::random::<u64>);
        let settings = Settings {
            counts_viewers: false,
            rotate_in_ms: told.rotate_in_ms,
            frame_every_ms: told.frame_every_ms,
            heads_in_turn: Some(HeadsInTurn::default()),
            ..usual
        };
        Self { service: Service::new(connections, log, management, settings), guard, meter: Meter::default() }
    }

    /// Handles one event of the WebSocket API.
    ///
    /// # Errors
    ///
    /// Only if `event` is not an event of a WebSocket API, or if the keys for checking a token cannot be fetched. A client's
    /// mistakes are not errors: they are answered with a message or a status.
    pub async fn handle(
        &self,
        event: LambdaEvent<Value>,
        now: Millis,
    ) -> Result<ApiGatewayProxyResponse, Diagnostic> {
        let (payload, context) = event.into_parts();
        let request: ApiGatewayWebsocketProxyRequest = read(payload)?;
        let event = backend_edge::event(request).map_err(|error| diagnostic("Event", error))?;
        let span = tracing::info_span!("connection", connection_id = %event.connection());
        let reply = self.serve(event, now).instrument(span).await?;
        let counts = self.service.stats().snapshot();
        let function = &context.env_config.function_name;
        self.meter.log(function, &context.request_id, now, counts, FanOut::default());
        Ok(backend_edge::response(reply))
    }

    async fn serve(&self, event: GatewayEvent, now: Millis) -> Result<backend_core::Reply, Diagnostic> {
        if let GatewayEvent::Message(message) = &event {
            let fetched = self.guard.fetch_if_unknown(message::token(&message.body).as_deref(), now).await;
            fetched.map_err(|error| diagnostic("Keys", error))?;
        }
        let reply = self.service.handle(event, now).await;
        tracing::debug!(status = reply.status, "answered");
        Ok(reply)
    }
}
