//! Builds the events of functions: CONNECT, MESSAGE and DISCONNECT ("Input format of a Lambda function for proxy
//! integration for WebSocket APIs"), and the event of the authorizer ("API Gateway Lambda authorizer function input").

use std::collections::HashMap;

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerRequestTypeRequest, ApiGatewayWebsocketProxyRequest,
    ApiGatewayWebsocketProxyRequestContext,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::api::Api;
use crate::caller::Caller;
use crate::close_status::CloseStatus;
use crate::environment::Moment;
use crate::functions::AuthorizerEvent;
use crate::header_names::HeaderNames;
use crate::route::{CONNECT, DISCONNECT};
use crate::{date, id};

mod json;

pub(crate) use json::context_json;
pub use json::{authorizer_event_json, connect_event_json, event_json};

/// The headers and query parameters of a handshake, as the functions receive them.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub headers: HeaderMap,
    pub query: HashMap<String, Vec<String>>,
    /// Names of the headers as the client wrote them.
    pub names: HeaderNames,
}

pub(crate) fn connect_event(
    api: &Api,
    caller: &Caller,
    handshake: Handshake,
    moment: Moment,
) -> ApiGatewayWebsocketProxyRequest {
    let Handshake { mut headers, query, names: _ } = handshake;
    for hop in [header::CONNECTION, header::UPGRADE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(hop);
    }
    let mut event = ApiGatewayWebsocketProxyRequest::default();
    event.headers = last_values(&headers);
    event.multi_value_headers = headers;
    event.query_string_parameters = last_of_each(&query).into();
    event.multi_value_query_string_parameters = query.into();
    event.request_context = context(api, caller, moment, CONNECT, "CONNECT");
    event.stage_variables = stage_variables(api);
    event
}

pub(crate) fn message_event(
    api: &Api,
    caller: &Caller,
    route_key: &str,
    body: String,
    moment: Moment,
) -> ApiGatewayWebsocketProxyRequest {
    let mut event = ApiGatewayWebsocketProxyRequest::default();
    event.request_context = context(api, caller, moment, route_key, "MESSAGE");
    event.request_context.message_id = Some(id::message_id(moment.now_ms, moment.random >> 16, &caller.id));
    event.body = Some(body);
    event.stage_variables = stage_variables(api);
    event
}

pub(crate) fn disconnect_event(
    api: &Api,
    caller: &Caller,
    status: CloseStatus,
    moment: Moment,
) -> ApiGatewayWebsocketProxyRequest {
    let mut event = ApiGatewayWebsocketProxyRequest::default();
    event.headers = disconnect_headers(&caller.host);
    event.multi_value_headers = event.headers.clone();
    event.request_context = context(api, caller, moment, DISCONNECT, "DISCONNECT");
    event.request_context.disconnect_status_code = Some(i64::from(status.code));
    event.request_context.disconnect_reason = Some(status.reason);
    event
}

pub(crate) fn authorizer_event(
    api: &Api,
    caller: &Caller,
    handshake: &Handshake,
    moment: Moment,
) -> AuthorizerEvent {
    let mut event = ApiGatewayCustomAuthorizerRequestTypeRequest::default();
    event.type_ = Some("REQUEST".into());
    event.method_arn = Some(api.connect_arn());
    event.headers = last_values(&handshake.headers);
    event.multi_value_headers = handshake.headers.clone();
    event.query_string_parameters = last_of_each(&handshake.query).into();
    event.multi_value_query_string_parameters = handshake.query.clone().into();
    event.stage_variables = stage_variables(api);
    event.request_context.stage = Some(api.stage.clone());
    event.request_context.request_id = Some(id::request_id(moment.now_ms, moment.random));
    event.request_context.apiid = Some(api.id.clone());
    event.request_context.identity = Some(Default::default());
    if let Some(identity) = &mut event.request_context.identity {
        identity.source_ip = Some(caller.source_ip.to_string());
    }
    AuthorizerEvent {
        request: event,
        context: context(api, caller, moment, CONNECT, "CONNECT"),
        header_names: handshake.names.clone(),
    }
}

fn context(
    api: &Api,
    caller: &Caller,
    moment: Moment,
    route_key: &str,
    event_type: &str,
) -> ApiGatewayWebsocketProxyRequestContext {
    let request_id = id::request_id(moment.now_ms, moment.random);
    let mut context = ApiGatewayWebsocketProxyRequestContext::default();
    context.route_key = Some(route_key.to_owned());
    context.event_type = Some(event_type.to_owned());
    context.extended_request_id = Some(request_id.clone());
    context.request_id = Some(request_id);
    context.request_time = Some(date::common_log(moment.now_ms));
    context.request_time_epoch = moment.now_ms as i64;
    context.message_direction = Some("IN".to_owned());
    context.stage = Some(api.stage.clone());
    context.apiid = Some(api.id.clone());
    context.connected_at = caller.connected_at_ms as i64;
    context.connection_id = Some(caller.id.to_string());
    context.domain_name = Some(caller.host.to_string());
    context.identity.source_ip = Some(caller.source_ip.to_string());
    context.identity.user_agent = caller.user_agent.as_deref().map(str::to_owned);
    context.authorizer.fields = caller.authorizer.as_ref().clone();
    context
}

fn stage_variables(api: &Api) -> HashMap<String, String> {
    api.stage_variables.clone().into_iter().collect()
}

/// Reduces each header to its last value, as API Gateway does in the field `headers` of an event. The field
/// `multiValueHeaders` contains all values.
fn last_values(headers: &HeaderMap) -> HeaderMap {
    headers
        .keys()
        .filter_map(|name| Some((name.clone(), headers.get_all(name).iter().next_back()?.clone())))
        .collect()
}

fn last_of_each(query: &HashMap<String, Vec<String>>) -> HashMap<String, String> {
    query.iter().filter_map(|(name, values)| Some((name.clone(), values.last()?.clone()))).collect()
}

/// Builds the four headers of a DISCONNECT event. AWS sends three of them with an empty value, as events recorded on
/// AWS show.
fn disconnect_headers(domain_name: &str) -> HeaderMap {
    let host = HeaderValue::from_str(domain_name).unwrap_or_else(|_| HeaderValue::from_static(""));
    let empty = |name| (HeaderName::from_static(name), HeaderValue::from_static(""));
    [(header::HOST, host), empty("x-api-key"), empty("x-forwarded-for"), empty("x-restapi")]
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests;
