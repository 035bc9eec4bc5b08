//! From a GET to a connection: limits, authorizer, `$connect`, and only then the 101.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha1::{Digest, Sha1};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::answer::{self, Body};
use crate::authorizer::{self, Decision};
use crate::connection::Connection;
use crate::event::{self, Caller, End, Handshake, Moment};
use crate::gateway::Shared;
use crate::invoke::{self, Outcome};
use crate::rate::RateLimit;
use crate::route::CONNECT;
use crate::{AuthorizeError, ConnectionId, Functions, HttpError, socket};

/// Appended to a client's key before hashing (RFC 6455 §4.2.2).
const ACCEPT_SALT: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// How many handshakes may come, and be under way.
pub(crate) struct Gate {
    pub rate: RateLimit,
    pub in_flight: Arc<Semaphore>,
}

/// Why a handshake gets no 101.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotAWebSocket,
    MalformedKey,
    UrlTooLong,
    TooManyRequests,
    ShuttingDown,
    OnPurpose(HttpError),
    Unauthorized,
    Forbidden,
    AuthorizerFailed,
    ByConnect(StatusCode),
    ConnectFailed,
    ConnectTimedOut,
}

impl Refusal {
    /// The refusal as HTTP. Its body is ours: nobody has shown AWS's, and browsers do not show any.
    pub(crate) fn answer(self) -> Response<Body> {
        let status = self.status();
        let message = match self {
            Self::NotAWebSocket => "This path answers WebSocket handshakes of version 13",
            Self::MalformedKey => "Sec-WebSocket-Key is not 16 bytes of base64",
            _ => status.canonical_reason().unwrap_or("Refused"),
        };
        let mut response = answer::error(status, self.error_type(), message);
        if self == Self::NotAWebSocket {
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }

    fn status(self) -> StatusCode {
        match self {
            Self::NotAWebSocket => StatusCode::UPGRADE_REQUIRED,
            Self::MalformedKey => StatusCode::BAD_REQUEST,
            Self::UrlTooLong => StatusCode::URI_TOO_LONG,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::AuthorizerFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::OnPurpose(error) => error.status(),
            Self::ByConnect(status) => status,
            Self::ConnectFailed => StatusCode::BAD_GATEWAY,
            Self::ConnectTimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    fn error_type(self) -> &'static str {
        match self {
            Self::NotAWebSocket | Self::MalformedKey | Self::UrlTooLong => "BadRequestException",
            Self::TooManyRequests => "LimitExceededException",
            Self::Unauthorized => "UnauthorizedException",
            Self::Forbidden | Self::ByConnect(_) => "ForbiddenException",
            Self::ShuttingDown
            | Self::OnPurpose(_)
            | Self::AuthorizerFailed
            | Self::ConnectFailed
            | Self::ConnectTimedOut => "InternalServerErrorException",
        }
    }
}

/// Answers a handshake with 101, and serves the connection from then on in a task of its own.
///
/// The functions are asked in a task too: once begun, they end, even if the client does not wait for the answer. A
/// connection that `$connect` accepted for a client that has left gets its `$disconnect`.
pub(crate) async fn handle<F: Functions, B>(
    shared: &Arc<Shared<F>>,
    gate: &Gate,
    mut request: Request<B>,
    peer: SocketAddr,
) -> Result<Response<Body>, Refusal> {
    let accept = accept_key(&request)?;
    let permit = admit(shared, gate, &request)?;
    let moment = shared.connections.moment();
    let caller = caller(&request, peer, moment);
    let handshake = read(&request, &caller, moment);
    let upgrade = hyper::upgrade::on(&mut request);
    let shared = shared.clone();
    let established = tokio::spawn(async move {
        let established = establish(&shared, caller, &handshake, moment, upgrade).await;
        drop(permit);
        established
    });
    let response = established.await.map_err(|_| Refusal::ConnectFailed)??;
    Ok(switching_protocols(&accept, subprotocol(&response)))
}

/// Asks the authorizer and `$connect`; if they accept, the connection begins.
async fn establish<F: Functions>(
    shared: &Arc<Shared<F>>,
    mut caller: Caller,
    handshake: &Handshake,
    moment: Moment,
    upgrade: OnUpgrade,
) -> Result<ApiGatewayProxyResponse, Refusal> {
    caller.authorizer = authorize(shared, &caller, handshake, moment).await?;
    let response = connect(shared, &caller, handshake, moment).await?;
    let connections = &shared.connections;
    let number = connections.faults().next_connection();
    let connection = Arc::new(Connection::new(caller, number, connections.monotonic_ms()));
    connections.insert(connection.clone());
    tokio::spawn(open(shared.clone(), connection, upgrade));
    Ok(response)
}

/// The value of `Sec-WebSocket-Accept`, if this is a handshake at all.
fn accept_key<B>(request: &Request<B>) -> Result<HeaderValue, Refusal> {
    let headers = request.headers();
    let version = headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let upgrade = has_token(headers, &header::CONNECTION, "upgrade")
        && has_token(headers, &header::UPGRADE, "websocket");
    if request.method() != Method::GET || !upgrade || !version {
        return Err(Refusal::NotAWebSocket);
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(Refusal::MalformedKey)?.as_bytes();
    if STANDARD.decode(key).map(|bytes| bytes.len()) != Ok(16) {
        return Err(Refusal::MalformedKey);
    }
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_SALT).finalize();
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

fn admit<F, B>(
    shared: &Shared<F>,
    gate: &Gate,
    request: &Request<B>,
) -> Result<tokio::sync::OwnedSemaphorePermit, Refusal> {
    let Shared { api, connections, .. } = shared;
    let url_bytes = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
    if url_bytes > api.limits.url_bytes {
        return Err(Refusal::UrlTooLong);
    }
    if connections.is_shutting_down() {
        return Err(Refusal::ShuttingDown);
    }
    if let Some(status) = connections.refuses_handshake() {
        return Err(Refusal::OnPurpose(status));
    }
    if connections.count() >= api.limits.connections || !gate.rate.take(connections.monotonic_ms()) {
        return Err(Refusal::TooManyRequests);
    }
    gate.in_flight.clone().try_acquire_owned().map_err(|_| Refusal::TooManyRequests)
}

fn caller<B>(request: &Request<B>, peer: SocketAddr, moment: Moment) -> Caller {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    Caller {
        id: ConnectionId::new(moment.now_ms, moment.random),
        connected_at_ms: moment.now_ms,
        source_ip: peer.ip().to_canonical(),
        domain_name: text(header::HOST).unwrap_or_default().into(),
        user_agent: text(header::USER_AGENT).map(Into::into),
        authorizer: HashMap::new(),
    }
}

/// The handshake as functions see it: what the client sent, as far as it is text, and what API Gateway adds.
fn read<B>(request: &Request<B>, caller: &Caller, moment: Moment) -> Handshake {
    let is_text = |value: &HeaderValue| str::from_utf8(value.as_bytes()).is_ok();
    let sent = request.headers().iter().filter(|(_, value)| is_text(value));
    let mut headers: HeaderMap = sent.map(|(name, value)| (name.clone(), value.clone())).collect();
    let port = caller.domain_name.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|port| port.parse::<u16>().is_ok()).unwrap_or("80");
    let trace = format!("Root=1-{:08x}-{:024x}", moment.now_ms / 1000, moment.random);
    add(&mut headers, "x-amzn-trace-id", &trace);
    add(&mut headers, "x-forwarded-for", &caller.source_ip.to_string());
    add(&mut headers, "x-forwarded-port", port);
    add(&mut headers, "x-forwarded-proto", "http");
    let mut query: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    Handshake { headers, query }
}

/// Sets a header that the gateway vouches for, whatever the client claims.
fn add(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

async fn authorize<F: Functions>(
    shared: &Shared<F>,
    caller: &Caller,
    handshake: &Handshake,
    moment: Moment,
) -> Result<HashMap<String, Value>, Refusal> {
    let Shared { api, functions, .. } = shared;
    let Some(authorizer) = &api.authorizer else { return Ok(HashMap::new()) };
    if !authorizer.identity_sources.iter().all(|source| source.is_in(&handshake.headers, &handshake.query)) {
        return Err(Refusal::Unauthorized);
    }
    let event = event::authorizer_event(api, caller, handshake, moment);
    let answer =
        invoke::authorize(functions, event, api.limits.integration).await.map_err(|error| match error {
            AuthorizeError::Unauthorized => Refusal::Unauthorized,
            AuthorizeError::Failed { message } => {
                tracing::warn!(message, "authorizer failed");
                Refusal::AuthorizerFailed
            }
        })?;
    match authorizer::decide(answer, &api.connect_arn()) {
        Decision::Allow(fields) => Ok(fields),
        Decision::Deny => Err(Refusal::Forbidden),
        Decision::Malformed => Err(Refusal::AuthorizerFailed),
    }
}

/// Asks `$connect`, if there is such a route; without it everyone may connect.
async fn connect<F: Functions>(
    shared: &Shared<F>,
    caller: &Caller,
    handshake: &Handshake,
    moment: Moment,
) -> Result<ApiGatewayProxyResponse, Refusal> {
    let Shared { api, functions, .. } = shared;
    if !api.routes.contains(CONNECT) {
        return Ok(ApiGatewayProxyResponse::default());
    }
    let event = event::connect_event(api, caller, handshake, moment);
    match invoke::invoke(functions, event, api.limits.integration).await {
        Outcome::Returned(response) => judge(*response),
        Outcome::Failed => Err(Refusal::ConnectFailed),
        Outcome::TimedOut => Err(Refusal::ConnectTimedOut),
    }
}

/// Any 2xx accepts; what is no final status is no answer.
fn judge(response: ApiGatewayProxyResponse) -> Result<ApiGatewayProxyResponse, Refusal> {
    match response.status_code {
        200..=299 => Ok(response),
        code @ 300..=999 => {
            let status = u16::try_from(code).ok().and_then(|code| StatusCode::from_u16(code).ok());
            Err(status.map_or(Refusal::ConnectFailed, Refusal::ByConnect))
        }
        _ => Err(Refusal::ConnectFailed),
    }
}

fn subprotocol(response: &ApiGatewayProxyResponse) -> Option<HeaderValue> {
    let name = header::SEC_WEBSOCKET_PROTOCOL;
    response.headers.get(&name).or_else(|| response.multi_value_headers.get(&name)).cloned()
}

fn switching_protocols(accept: &HeaderValue, subprotocol: Option<HeaderValue>) -> Response<Body> {
    let mut response = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept.clone());
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, subprotocol);
    }
    response
}

/// Gives the connection its socket once the 101 is out, or ends it if the client did not wait for that.
async fn open<F: Functions>(shared: Arc<Shared<F>>, connection: Arc<Connection>, upgrade: OnUpgrade) {
    let upgraded = match tokio::time::timeout(shared.api.limits.close, upgrade).await {
        Ok(Ok(upgraded)) => upgraded.downcast::<TokioIo<TcpStream>>().ok(),
        Ok(Err(_)) | Err(_) => None,
    };
    match upgraded {
        Some(parts) => {
            connection.attach(parts.io.into_inner());
            // A copy, since even an empty slice would keep hyper's read buffer of 8 KB alive; and a task of its own, so
            // that the connection does not keep the memory this one needed.
            let unread = Bytes::copy_from_slice(&parts.read_buf);
            tokio::spawn(socket::serve(shared, connection, unread));
        }
        None => socket::disconnect(shared, connection, End::abnormal()).await,
    }
}
