//! Answers the WebSocket handshake of a connection. It checks the limits of the address, invokes the authorizer, checks
//! the limits of the principal and of all clients together, and invokes `$connect`. Only then it answers 101.
//!
//! Every reason for a refusal is checked before the 101. If a connection were closed after the 101, the client could
//! not tell that from a network error, and would connect again at once.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha1::{Digest, Sha1};

use crate::address::network_of;
use crate::admission::{Admission, Permit};
use crate::answer::{self, Body};
use crate::api::Api;
use crate::authorizer::Sources;
use crate::caller::Caller;
use crate::close_status::CloseStatus;
use crate::condition::Facts;
use crate::connection::Connection;
use crate::connections::Connections;
use crate::environment::Moment;
use crate::event::{self, Handshake};
use crate::functions::{AuthorizeError, Functions};
use crate::header_names::RecordedHead;
use crate::id::{self, ConnectionId};
use crate::invoke::{self, Outcome};
use crate::observer::ObservedHandshake;
use crate::patient::PatientStream;
use crate::refusal::Refusal;
use crate::route::CONNECT;
use crate::server::PlainTcp;
use crate::shares::{Holder, Membership};
use crate::socket;
use crate::state::GatewayState;

/// The GUID that is appended to a client's key before the key is hashed (RFC 6455 §4.2.2).
const ACCEPT_GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Answers a handshake with 101, and then serves the connection in a separate task. If the handshake is refused, the
/// response says why. The error is a refusal of a request for which no connection id was made yet.
///
/// The functions are also invoked in a separate task, so that an invocation runs to its end even if the client does not
/// wait for the answer. A connection that `$connect` accepted always gets its `$disconnect`, even if no 101 was sent.
pub(crate) async fn handle<F: Functions, B: hyper::body::Body>(
    state: &Arc<GatewayState<F>>,
    admission: &Arc<Admission>,
    mut request: Request<B>,
    peer: SocketAddr,
) -> Result<Response<Body>, Refusal> {
    let accept = accept_key(&request)?;
    let permit = admit(state, admission, &request, peer)?;
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, _) = request.into_parts();
    let (moment, began_ms) = (state.connections.moment(), state.connections.monotonic_ms());
    let caller = caller(&state.api, &parts, peer, moment);
    let handshake = read(&state.api, parts, &caller, moment);
    let (id, request_id) = (caller.id, id::request_id(moment.now_ms, moment.random));
    let (state, admission, told_request_id) = (state.clone(), admission.clone(), request_id.clone());
    let established = tokio::spawn(async move {
        let established = establish(&state, &admission, caller, handshake, moment).await;
        observe(&state.connections, &id, &told_request_id, status_of(&established), began_ms);
        let response = established.map(|(connection, response)| {
            tokio::spawn(open(state, connection, upgrade));
            response
        });
        // The permit is held until here, so that a shutdown waits for handshakes in progress.
        drop(permit);
        response
    });
    let mut response = match established.await.unwrap_or(Err(Refusal::ConnectFailed)) {
        Ok(response) => switching_protocols(accept, subprotocol(response)),
        Err(refusal) => refusal.answer_to(&id, &request_id),
    };
    answer::set_request_id(&mut response, request_id);
    Ok(response)
}

/// Tells the observer how a handshake is answered. The task that invokes the functions calls this before it opens the
/// connection. So the observer is told about each connection before it is told about its end, also if the client has
/// left and gets no answer.
fn observe(
    connections: &Connections,
    connection: &ConnectionId,
    request_id: &str,
    status: StatusCode,
    began_ms: u64,
) {
    let Some(observer) = connections.observer() else { return };
    observer.handshake(&ObservedHandshake {
        connection,
        request_id,
        status: status.as_u16(),
        duration: Duration::from_millis(connections.monotonic_ms().saturating_sub(began_ms)),
    });
}

fn status_of<T>(established: &Result<T, Refusal>) -> StatusCode {
    match established {
        Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
        Err(refusal) => refusal.status(),
    }
}

/// Invokes the authorizer and `$connect`. If both accept the handshake, adds the connection to the registry.
async fn establish<F: Functions>(
    state: &Arc<GatewayState<F>>,
    admission: &Admission,
    mut caller: Caller,
    handshake: Handshake,
    moment: Moment,
) -> Result<(Arc<Connection>, ApiGatewayProxyResponse), Refusal> {
    caller.authorizer = authorize(state, &caller, &handshake, moment).await?.into();
    let membership = charge(state, admission, &caller)?;
    let response = connect(state, &caller, handshake, moment).await?;
    let connections = &state.connections;
    connections.share(&mut caller);
    let number = connections.faults().next_connection();
    let connection = Arc::new(Connection::new(caller, membership, number, connections.monotonic_ms()));
    connections.insert(connection.clone());
    // The flag is read after the insertion. If a shutdown begins after that, it finds the connection in the registry
    // and closes it.
    if connections.is_shutting_down() {
        socket::deliver_disconnect(state, &connection, CloseStatus::going_away()).await;
        return Err(Refusal::ShuttingDown);
    }
    Ok((connection, response))
}

/// Computes the value of the header `Sec-WebSocket-Accept` for the response. Returns a refusal if the request is not a
/// WebSocket handshake or its TCP connection cannot be upgraded.
fn accept_key<B: hyper::body::Body>(request: &Request<B>) -> Result<HeaderValue, Refusal> {
    let headers = request.headers();
    let version = headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let upgrade = has_token(headers, &header::CONNECTION, "upgrade")
        && has_token(headers, &header::UPGRADE, "websocket");
    // HTTP/1.0 has no upgrade: an HTTP server would send the 101 and then close the connection.
    let is_http_1_1 = request.version() == Version::HTTP_11;
    if request.method() != Method::GET || !is_http_1_1 || !upgrade || !version {
        return Err(Refusal::NotAWebSocket);
    }
    if !request.body().is_end_stream() {
        return Err(Refusal::HasBody);
    }
    let can_upgrade =
        request.extensions().get::<PlainTcp>().is_some() && request.extensions().get::<OnUpgrade>().is_some();
    if !can_upgrade {
        tracing::error!(
            "a handshake cannot be upgraded to a WebSocket, because it was not received by apigw_websocket::serve"
        );
        return Err(Refusal::CannotUpgrade);
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(Refusal::MalformedKey)?.as_bytes();
    if STANDARD.decode(key).map(|bytes| bytes.len()) != Ok(16) {
        return Err(Refusal::MalformedKey);
    }
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_GUID).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|_| Refusal::MalformedKey)
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(token))
}

/// Checks everything about a handshake that does not depend on who the client is, before the authorizer is invoked. The
/// handshake is counted only against the limits of its address.
fn admit<F, B>(
    state: &GatewayState<F>,
    admission: &Arc<Admission>,
    request: &Request<B>,
    peer: SocketAddr,
) -> Result<Permit, Refusal> {
    let GatewayState { api, connections, .. } = state;
    let url_bytes = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
    if url_bytes > api.limits.url_bytes {
        return Err(Refusal::UrlTooLong);
    }
    let refuse_if_shutting_down = || {
        if connections.is_shutting_down() { Err(Refusal::ShuttingDown) } else { Ok(()) }
    };
    refuse_if_shutting_down()?;
    let network = network_of(peer.ip());
    if !admission.is_within_rate_of_address(network, connections.monotonic_ms()) {
        return Err(Refusal::TooManyRequests);
    }
    let permit = admission.begin(network).ok_or(Refusal::TooManyRequests)?;
    // The flag is read again now that there is a permit. `Gateway::shut_down` sets the flag and then waits for all
    // permits, so that a handshake is either refused here or waited for.
    refuse_if_shutting_down()?;
    if let Some(status) = connections.injected_refusal() {
        return Err(Refusal::InjectedFault(status));
    }
    Ok(permit)
}

/// Counts a handshake that the authorizer has accepted against the limits of its client, and then against those of all
/// clients together. The returned membership counts the connection until it is dropped.
fn charge<F>(state: &GatewayState<F>, admission: &Admission, caller: &Caller) -> Result<Membership, Refusal> {
    let GatewayState { api, connections, .. } = state;
    let principal = caller.authorizer.get("principalId").and_then(Value::as_str).unwrap_or_default();
    let holder = Holder::new(principal, caller.source_ip);
    let membership = connections.shares().join(holder.clone(), &api.limits);
    let membership = membership.ok_or(Refusal::TooManyRequests)?;
    if !admission.is_within_rate(holder, connections.monotonic_ms()) {
        return Err(Refusal::TooManyRequests);
    }
    Ok(membership)
}

fn caller(api: &Api, parts: &Parts, peer: SocketAddr, moment: Moment) -> Caller {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    Caller {
        id: ConnectionId::new(moment.now_ms, moment.random),
        connected_at_ms: moment.now_ms,
        source_ip: peer.ip().to_canonical(),
        host: api.domain_name.as_deref().or(text(header::HOST)).unwrap_or_default().into(),
        user_agent: text(header::USER_AGENT).map(Into::into),
        authorizer: Arc::default(),
    }
}

/// Converts a handshake request to the form that functions receive. This form contains those of the client's headers
/// that are valid text, and the headers that API Gateway adds.
fn read(api: &Api, mut parts: Parts, caller: &Caller, moment: Moment) -> Handshake {
    let mut headers = only_text(std::mem::take(&mut parts.headers));
    let trace = format!("Root=1-{:08x}-{:024x}", moment.now_ms / 1000, moment.random);
    set(&mut headers, "x-amzn-trace-id", &trace);
    set(&mut headers, "x-forwarded-for", &caller.source_ip.to_string());
    set(&mut headers, "x-forwarded-port", &api.forwarded_port.to_string());
    set(&mut headers, "x-forwarded-proto", &api.forwarded_proto);
    if api.domain_name.is_some() {
        set(&mut headers, "host", &caller.host);
    }
    let mut query: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let names = parts.extensions.get::<RecordedHead>().map(RecordedHead::take).unwrap_or_default();
    Handshake { headers, query, names }
}

/// Removes header values that are not UTF-8, because JSON cannot contain them.
fn only_text(headers: HeaderMap) -> HeaderMap {
    let is_text = |value: &HeaderValue| str::from_utf8(value.as_bytes()).is_ok();
    if headers.values().all(is_text) {
        return headers;
    }
    let text = headers.iter().filter(|(_, value)| is_text(value));
    text.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Sets a header to a value that the gateway determines. It replaces a value that the client sent.
fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

async fn authorize<F: Functions>(
    state: &GatewayState<F>,
    caller: &Caller,
    handshake: &Handshake,
    moment: Moment,
) -> Result<HashMap<String, Value>, Refusal> {
    let GatewayState { api, functions, .. } = state;
    let Some(authorizer) = &api.authorizer else { return Ok(HashMap::new()) };
    let event = event::authorizer_event(api, caller, handshake, moment);
    let Handshake { headers, query, .. } = handshake;
    let context = event::context_json(&event.context);
    let sources = Sources { headers, query, stage_variables: &api.stage_variables, context: &context };
    if !authorizer.identity_sources.iter().all(|source| source.is_in(sources)) {
        return Err(Refusal::Unauthorized);
    }
    let answer =
        invoke::authorize(functions, event, api.limits.integration).await.map_err(|error| match error {
            AuthorizeError::Unauthorized => Refusal::Unauthorized,
            AuthorizeError::Failed { message } => {
                tracing::warn!(message, "the authorizer failed");
                Refusal::AuthorizerFailed
            }
        })?;
    let referer = handshake.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let facts = Facts {
        source_ip: caller.source_ip,
        now_ms: moment.now_ms,
        user_agent: caller.user_agent.as_deref(),
        referer,
    };
    answer.allowed(&api.connect_arn(), facts).ok_or(Refusal::Forbidden)
}

/// Invokes `$connect` if the API has this route. Without the route, every client may connect.
async fn connect<F: Functions>(
    state: &GatewayState<F>,
    caller: &Caller,
    handshake: Handshake,
    moment: Moment,
) -> Result<ApiGatewayProxyResponse, Refusal> {
    let GatewayState { api, functions, .. } = state;
    let Some(route) = api.routes.get(CONNECT) else { return Ok(ApiGatewayProxyResponse::default()) };
    let names = handshake.names.clone();
    let event = event::connect_event(api, caller, handshake, moment);
    match invoke::connect(functions, event, names, route.timeout(api.limits.integration)).await {
        Outcome::Returned(response) => check_status(*response),
        Outcome::Failed => Err(Refusal::ConnectFailed),
        Outcome::TimedOut => Err(Refusal::ConnectTimedOut),
    }
}

/// Returns the response of `$connect` if its status is 2xx, and a refusal otherwise. A status below 200 or above 999 is
/// not valid in a response.
fn check_status(response: ApiGatewayProxyResponse) -> Result<ApiGatewayProxyResponse, Refusal> {
    match response.status_code {
        200..=299 => Ok(response),
        code @ 300..=999 => {
            let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
            Err(status.map_or(Refusal::ConnectFailed, Refusal::ByConnect))
        }
        _ => Err(Refusal::ConnectFailed),
    }
}

fn subprotocol(mut response: ApiGatewayProxyResponse) -> Option<HeaderValue> {
    let name = header::SEC_WEBSOCKET_PROTOCOL;
    response.headers.remove(&name).or_else(|| response.multi_value_headers.remove(&name))
}

fn switching_protocols(accept: HeaderValue, subprotocol: Option<HeaderValue>) -> Response<Body> {
    let mut response = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    response
}

/// Passes the TCP socket to the connection as soon as the 101 was sent. Ends the connection if the client has left
/// before that.
async fn open<F: Functions>(state: Arc<GatewayState<F>>, connection: Arc<Connection>, upgrade: OnUpgrade) {
    let upgraded = match tokio::time::timeout(state.api.limits.close, upgrade).await {
        Ok(Ok(upgraded)) => upgraded.downcast::<TokioIo<PatientStream>>().ok(),
        Ok(Err(_)) | Err(_) => None,
    };
    match upgraded {
        Some(parts) => {
            connection.attach(parts.io.into_inner().into_inner());
            // The unread bytes are copied, since even an empty slice would keep hyper's read buffer of 8 KB alive. The
            // connection runs in a task of its own, so that it does not keep the memory that this task needed.
            let unread = Bytes::copy_from_slice(&parts.read_buf);
            tokio::spawn(socket::serve(state, connection, unread));
        }
        None => socket::disconnect(&state, &connection, CloseStatus::abnormal()).await,
    }
}
