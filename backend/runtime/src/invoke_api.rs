//! Lambda's Invoke API ("API reference: Invoke"), so that the AWS SDKs and tools can invoke functions of the host.
//!
//! Signatures are not checked, because the host has no accounts to check them against. Instead, the API answers only
//! programs on the same machine, and refuses requests of web pages.

use std::error::Error;
use std::net::SocketAddr;

use apigw_websocket::OriginPolicy;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body as HttpBody;
use percent_encoding::percent_decode_str;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::environment::VERSION;
use crate::function_error::InvokeError;
use crate::host::Host;
use crate::invocation::{Invocation, random_uuid};

/// The header with the id of a request. For an invocation, it is the id that the function gets.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// The prefix of all paths of the Invoke API.
const FUNCTIONS: &str = "/2015-03-31/functions/";

type Answer = Response<Full<Bytes>>;

/// Lambda's Invoke API for the functions of one host. An HTTP server passes requests to it.
#[derive(Clone)]
pub struct InvokeApi {
    host: Host,
}

/// A parsed request to the Invoke API.
struct InvokeRequest {
    function: String,
    invocation_type: InvocationType,
    /// The decoded header `X-Amz-Client-Context`, which is JSON.
    client_context: Option<String>,
}

enum InvocationType {
    RequestResponse,
    Event,
    DryRun,
}

impl InvokeApi {
    /// Creates the Invoke API for the functions of `host`.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// Returns true if the path belongs to the Invoke API: `/2015-03-31/functions/…`.
    pub fn is_invoke_path(path: &str) -> bool {
        path.starts_with(FUNCTIONS)
    }

    /// Returns the function that a request invokes: its name and, after a colon, a version or an alias other than `$LATEST`. Returns
    /// `None` if the request is no Invoke.
    pub fn invoked_function<B>(request: &Request<B>) -> Option<String> {
        let name = request.uri().path().strip_prefix(FUNCTIONS)?.strip_suffix("/invocations")?;
        if request.method() != Method::POST {
            return None;
        }
        let name = function_name(&percent_decode_str(name).decode_utf8_lossy());
        Some(match qualifier(request.uri().query().unwrap_or_default()) {
            Some(qualifier) => format!("{name}:{qualifier}"),
            None => name,
        })
    }

    /// Answers the request `POST /2015-03-31/functions/{name}/invocations` of the client at `peer`.
    pub async fn handle<B>(&self, request: Request<B>, peer: SocketAddr) -> Answer
    where
        B: HttpBody<Data = Bytes> + Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut answer = handle(request, peer, &self.host).await;
        if !answer.headers().contains_key(REQUEST_ID) {
            set_request_id(&mut answer, &random_uuid());
        }
        answer
    }
}

async fn handle<B>(request: Request<B>, peer: SocketAddr, host: &Host) -> Answer
where
    B: HttpBody<Data = Bytes> + Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let is_near = peer.ip().to_canonical().is_loopback();
    if !is_near || OriginPolicy::default().check(request.headers()).is_err() {
        return error_answer(
            StatusCode::FORBIDDEN,
            "AccessDeniedException",
            "Only programs on this machine may invoke functions",
        );
    }
    let parsed = match parse(&request) {
        Ok(parsed) => parsed,
        Err(refusal) => return *refusal,
    };
    // This is the limit of a synchronous invocation. The host checks the smaller limit of an asynchronous one.
    match Limited::new(request.into_body(), host.limits().request_bytes).collect().await {
        Ok(body) => invoke(host, parsed, body.to_bytes()).await,
        Err(error) => not_read(error.as_ref(), host.limits().request_bytes),
    }
}

fn parse<B>(request: &Request<B>) -> Result<InvokeRequest, Box<Answer>> {
    let Some(function) = InvokeApi::invoked_function(request) else {
        return Err(Box::new(error_answer(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "The only operation is Invoke: POST /2015-03-31/functions/NAME/invocations",
        )));
    };
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let invocation_type = match header("x-amz-invocation-type") {
        None | Some("RequestResponse") => InvocationType::RequestResponse,
        Some("Event") => InvocationType::Event,
        Some("DryRun") => InvocationType::DryRun,
        Some(other) => {
            let message = format!("{other} is not an invocation type: use RequestResponse, Event or DryRun");
            return Err(Box::new(error_answer(
                StatusCode::BAD_REQUEST,
                "InvalidParameterValueException",
                &message,
            )));
        }
    };
    let client_context = header("x-amz-client-context").map(decode_client_context).transpose()?;
    Ok(InvokeRequest { function, invocation_type, client_context })
}

/// Returns the query parameter `Qualifier` (a version or an alias), or `None` if it is absent or `$LATEST`.
fn qualifier(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let qualifier = parameters.find(|(name, _)| name == "Qualifier").map(|(_, value)| value.into_owned());
    qualifier.filter(|qualifier| qualifier != VERSION)
}

/// Decodes the header `X-Amz-Client-Context`, which is JSON in base64. Returns an error response if it is invalid.
fn decode_client_context(header: &str) -> Result<String, Box<Answer>> {
    let decoded = STANDARD.decode(header).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok()).ok_or_else(|| {
        Box::new(error_answer(
            StatusCode::BAD_REQUEST,
            "InvalidRequestContentException",
            "Client context must be JSON in base64",
        ))
    })
}

/// Extracts the function's name from `name`, `function:name`, `account:function:name` or an ARN. A qualifier remains behind the name,
/// except for `$LATEST`.
fn function_name(text: &str) -> String {
    let text = text.strip_suffix(":$LATEST").unwrap_or(text);
    let is_account = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let name = match text.split_once(":function:") {
        Some((before, name))
            if before.starts_with("arn:") || before.rsplit(':').next().is_some_and(is_account) =>
        {
            name
        }
        _ => text.strip_prefix("function:").unwrap_or(text),
    };
    name.to_owned()
}

async fn invoke(host: &Host, request: InvokeRequest, payload: Bytes) -> Answer {
    let InvokeRequest { function, invocation_type, client_context } = request;
    // With an empty body, Lambda passes an empty object.
    let payload = if payload.is_empty() { Bytes::from_static(b"{}") } else { payload };
    // The text is checked for UTF-8 here, because `IgnoredAny` does not check it.
    let is_json = std::str::from_utf8(&payload)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string()));
    if let Err(error) = is_json {
        let message = format!("Could not parse request body into json: {error}");
        return error_answer(StatusCode::BAD_REQUEST, "InvalidRequestContentException", &message);
    }
    let invoked = match invocation_type {
        InvocationType::RequestResponse => {
            let invocation = Invocation { client_context, ..Invocation::new(payload) };
            let id = invocation.id.clone();
            let invoked = host.run(&function, invocation).await.map(|answer| ok(StatusCode::OK, answer));
            let mut answer = invoked.unwrap_or_else(refusal);
            set_request_id(&mut answer, &id);
            Ok(answer)
        }
        InvocationType::Event => host.invoke_event(&function, payload).map(|id| {
            let mut answer = ok(StatusCode::ACCEPTED, Bytes::new());
            set_request_id(&mut answer, &id);
            answer
        }),
        InvocationType::DryRun => {
            host.check(&function, &payload).map(|()| ok(StatusCode::NO_CONTENT, Bytes::new()))
        }
    };
    invoked.unwrap_or_else(refusal)
}

fn refusal(error: InvokeError) -> Answer {
    match error {
        InvokeError::Function(error) => {
            let mut answer = ok(StatusCode::OK, error.payload);
            set(&mut answer, "x-amz-function-error", "Unhandled");
            answer
        }
        InvokeError::NotFound { function } => {
            let message = format!("Function not found: {function}");
            error_answer(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message)
        }
        InvokeError::Throttled { .. } => {
            error_answer(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsException", "Rate Exceeded.")
        }
        InvokeError::TooLarge { limit_bytes, .. } => too_large(limit_bytes),
    }
}

fn not_read(cause: &(dyn Error + Send + Sync + 'static), limit_bytes: usize) -> Answer {
    if cause.is::<LengthLimitError>() {
        return too_large(limit_bytes);
    }
    error_answer(StatusCode::BAD_REQUEST, "InvalidRequestContentException", "The request's body ended early")
}

fn too_large(limit_bytes: usize) -> Answer {
    let message =
        format!("Request must be smaller than {limit_bytes} bytes for the InvokeFunction operation");
    error_answer(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &message)
}

fn ok(status: StatusCode, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    set(&mut answer, "content-type", "application/json");
    set(&mut answer, "x-amz-executed-version", VERSION);
    answer
}

fn error_answer(status: StatusCode, error_type: &'static str, message: &str) -> Answer {
    let body = json!({"Type": "User", "Message": message, "message": message});
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    set(&mut answer, "x-amzn-errortype", error_type);
    answer
}

fn set_request_id(answer: &mut Answer, id: &str) {
    // An id is a UUID, which is a valid value.
    if let Ok(id) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
}

fn set(answer: &mut Answer, name: &'static str, value: &'static str) {
    answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualifier_other_than_latest_is_part_of_the_name() {
        assert_eq!(qualifier("Qualifier=live"), Some("live".to_owned()));
        assert_eq!(qualifier("Qualifier=%24LATEST"), None);
        assert_eq!(qualifier(""), None);
    }

    #[test]
    fn a_request_of_the_invoke_api_names_a_function() {
        for (method, target, function) in [
            (Method::POST, "/2015-03-31/functions/billing/invocations", Some("billing")),
            (Method::POST, "/2015-03-31/functions/functions/invocations", Some("functions")),
            (
                Method::POST,
                "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Abilling/invocations",
                Some("billing"),
            ),
            (Method::POST, "/2015-03-31/functions/billing/invocations?Qualifier=live", Some("billing:live")),
            (Method::POST, "/2015-03-31/functions/billing%3Alive/invocations", Some("billing:live")),
            (Method::POST, "/2015-03-31/functions/billing/invocations?Qualifier=%24LATEST", Some("billing")),
            (Method::GET, "/2015-03-31/functions/billing/invocations", None),
            (Method::POST, "/2015-03-31/functions/billing/configuration", None),
            (Method::POST, "/2015-03-31/functions/", None),
            (Method::POST, "/", None),
        ] {
            let request = Request::builder().method(method).uri(target).body(()).expect("a request");
            assert_eq!(InvokeApi::invoked_function(&request).as_deref(), function, "{target}");
        }
    }

    #[test]
    fn a_function_is_named_by_name_partial_arn_or_arn() {
        for text in [
            "thumb",
            "thumb:$LATEST",
            "123456789012:function:thumb",
            "arn:aws:lambda:eu-west-1:123456789012:function:thumb",
        ] {
            assert_eq!(function_name(text), "thumb", "{text}");
        }
        assert_eq!(function_name("thumb:live"), "thumb:live");
    }

    #[test]
    fn a_name_that_ends_in_function_keeps_its_qualifier() {
        for name in
            ["thumb", "my-function", "my-function:live", "my-function:1", "function", "functions:live"]
        {
            for before in
                ["", "function:", "123456789012:function:", "arn:aws:lambda:eu-west-1:123456789012:function:"]
            {
                let text = format!("{before}{name}");
                assert_eq!(function_name(&text), name, "{text}");
                if !name.contains(':') {
                    assert_eq!(function_name(&format!("{text}:$LATEST")), name, "{text}");
                }
            }
        }
        assert_eq!(function_name("123456789012:function:function:live"), "function:live");
        assert_eq!(function_name("function:function:live"), "function:live");
    }
}
