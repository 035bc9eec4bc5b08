//! The types of an HTTP request to a function URL and of the answer to it.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

/// An HTTP request to a function URL, with its whole body.
#[derive(Clone, Debug)]
pub struct UrlRequest {
    /// HTTP method.
    pub method: Method,
    /// Path and query of the request.
    pub uri: Uri,
    /// Headers of the request.
    pub headers: HeaderMap,
    /// The whole body of the request. It is empty if the request has none.
    pub body: Bytes,
    /// Address of the client that sent the request.
    pub source_ip: IpAddr,
}

/// The answer to a [`UrlRequest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlResponse {
    /// Status that the function returned, or 404, 413, 429 or 502 if the invocation failed.
    pub status: StatusCode,
    /// Headers that the function returned, with its cookies as `Set-Cookie`.
    pub headers: HeaderMap,
    /// Body that the function returned, decoded if it was in base64.
    pub body: Bytes,
}
