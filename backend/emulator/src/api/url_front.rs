//! Answers HTTP requests for a function URL.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use lambda_host::{FunctionUrl, UrlRequest};
use serverless_app::Cors;

use crate::api::cors;

/// Maximum size of the body of a request for a function URL, in bytes ("Lambda quotas").
const BODY_BYTES: usize = 6 * 1024 * 1024;
const TOO_LARGE: &str = r#"{"message":"Request Entity Too Large"}"#;

/// Answers HTTP requests for a function URL.
#[derive(Clone)]
pub struct UrlFront {
    url: FunctionUrl,
    cors: Option<Cors>,
}

impl UrlFront {
    /// Creates a front for a function URL with these settings for pages of other origins.
    pub fn new(url: FunctionUrl, cors: Option<Cors>) -> Self {
        Self { url, cors }
    }

    /// Answers a request of the client with the address `peer`.
    pub async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        if let Some(cors) = &self.cors
            && cors::is_preflight(&parts.method, &parts.headers)
        {
            return answer(StatusCode::OK, cors::preflight(cors, &parts.headers), Bytes::new());
        }
        let asked = parts.headers.clone();
        let mut response = match Limited::new(body, BODY_BYTES).collect().await {
            Err(_) => too_large(),
            Ok(body) => {
                let request = UrlRequest {
                    method: parts.method,
                    uri: parts.uri,
                    headers: parts.headers,
                    body: body.to_bytes(),
                    source_ip: peer.ip(),
                };
                let invoked = self.url.answer(&request).await;
                answer(invoked.status, invoked.headers, invoked.body)
            }
        };
        if let Some(cors) = &self.cors {
            cors::add(cors, &asked, response.headers_mut());
        }
        response
    }
}

fn too_large() -> Response<Full<Bytes>> {
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer(
        StatusCode::PAYLOAD_TOO_LARGE,
        HeaderMap::from_iter([json]),
        Bytes::from_static(TOO_LARGE.as_bytes()),
    )
}

fn answer(status: StatusCode, headers: HeaderMap, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
