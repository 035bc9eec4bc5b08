//! Makes the requests that post to connections: signs them, sends them, and reads their status.
//!
//! The SDK's client for this API spends most of its time on what a post does not need: it resolves the endpoint by rules,
//! runs two dozen interceptors and builds a chain of retries for each request. A broadcast makes thousands of posts, so
//! its requests are made here, with the SDK's signer, credentials and HTTP connections.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningError, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Limited};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::endpoint::ManagementEndpoint;
use super::keys::Keys;

/// Name of the service in signatures.
const SERVICE: &str = "execute-api";
/// Bytes that are encoded in the path of a request. The four others are unreserved (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Maximum size of an answer that is read, in bytes. API Gateway's errors have some hundred.
const MOST_ANSWER_BYTES: usize = 16 * 1024;

/// A message with its hash for signatures, which is computed once for all connections.
#[derive(Debug, Clone)]
pub struct Message {
    bytes: Bytes,
    hash: String,
}

impl Message {
    pub fn new(bytes: Bytes) -> Self {
        let hash = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, hash }
    }
}

/// A refusal by API Gateway, or the reason why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The status of the answer, and its body.
    Status(u16, String),
    /// The request could not be made or was not answered, for this reason.
    NotAnswered(String),
}

/// Posts to the connections of one stage.
#[derive(Debug)]
pub struct Poster {
    connector: SharedHttpConnector,
    keys: Keys,
    region: Option<String>,
    endpoint: ManagementEndpoint,
}

impl Poster {
    pub fn new(config: &SdkConfig, connector: SharedHttpConnector, endpoint: &ManagementEndpoint) -> Self {
        let region = config.region().map(ToString::to_string);
        Self { connector, keys: Keys::new(config), region, endpoint: endpoint.clone() }
    }

    /// Posts a message once. Every status other than 2xx is an error.
    pub async fn post(&self, to: &ConnectionId, message: &Message) -> Result<(), Refusal> {
        let now = SystemTime::now();
        let identity = self.keys.at(now).await.map_err(Refusal::NotAnswered)?;
        let request = self.request(to, message, &identity, now).map_err(Refusal::NotAnswered)?;
        let response = self.connector.call(request).await.map_err(|error| not_answered(&error))?;
        let status = response.status();
        // The whole answer is read, because the connection is used again only after that.
        let body = Limited::new(response.into_body(), MOST_ANSWER_BYTES).collect().await;
        if status.is_success() {
            return Ok(());
        }
        let words = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
        Err(Refusal::Status(status.as_u16(), words.unwrap_or_default()))
    }

    fn request(
        &self,
        to: &ConnectionId,
        message: &Message,
        identity: &Identity,
        now: SystemTime,
    ) -> Result<HttpRequest, String> {
        let region = self.region.as_deref().ok_or("no region is configured")?;
        let uri = uri(&self.endpoint, to).map_err(|error| error.to_string())?;
        let mut request = Request::new(SdkBody::from(message.bytes.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri;
        add_signature(&mut request, &message.hash, identity, region, now)
            .map_err(|error| format!("the post could not be signed: {error}"))?;
        HttpRequest::try_from(request).map_err(|error| error.to_string())
    }
}

/// Returns the address of a connection.
fn uri(endpoint: &ManagementEndpoint, to: &ConnectionId) -> Result<Uri, http::uri::InvalidUri> {
    let id = utf8_percent_encode(to.as_str(), ENCODED);
    format!("{}/@connections/{id}", endpoint.as_str()).parse()
}

/// Adds the headers of AWS Signature Version 4 to a request. `hash` is that of its body.
fn add_signature<B>(
    request: &mut Request<B>,
    hash: &str,
    identity: &Identity,
    region: &str,
    now: SystemTime,
) -> Result<(), SigningError> {
    let settings = SigningSettings::default();
    let params = SigningParams::builder().identity(identity).region(region).name(SERVICE).time(now);
    // This cannot fail, because all fields are set.
    let params = params.settings(settings).build().expect("all fields are set").into();
    let body = SignableBody::Precomputed(hash.to_owned());
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(request.method().as_str(), uri, std::iter::empty(), body)?;
    let (instructions, _signature) = sign(signable, &params)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// Describes an error with all its causes.
fn not_answered(error: &(dyn std::error::Error + 'static)) -> Refusal {
    let causes = std::iter::successors(Some(error), |error| error.source());
    Refusal::NotAnswered(causes.map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_credential_types::Credentials;

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// Returns the headers of a post at 7 o'clock on 30 November 2026.
    fn signed(token: Option<&str>) -> http::HeaderMap {
        let endpoint = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod".parse().unwrap();
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri(&endpoint, &ConnectionId::new("AbC-_1=")).unwrap();
        let message = Message::new(Bytes::from_static(b"{\"type\":\"pong\"}"));
        let credentials = Credentials::new("AKIDEXAMPLE", SECRET, token.map(Into::into), None, "test");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_022_000);
        add_signature(&mut request, &message.hash, &credentials.into(), "eu-central-1", now).unwrap();
        request.headers().clone()
    }

    #[test]
    fn a_post_is_signed_as_another_implementation_signs_it() {
        // These signatures were computed with botocore, AWS's SDK for Python.
        let expected = [
            (None, "host;x-amz-date", "3aaa44275cff056558e07cae9ecf5b84e863351b97c10679fe03e71c04b97bc9"),
            (
                Some("a session token"),
                "host;x-amz-date;x-amz-security-token",
                "a8ba9d880e53b2c3edcdf04518b50292e7556d97f102d973f8b7f2ef4cd8effb",
            ),
        ];
        for (token, headers, signature) in expected {
            let signed = signed(token);
            let scope = "AKIDEXAMPLE/20261130/eu-central-1/execute-api/aws4_request";
            let authorization = format!(
                "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, Signature={signature}"
            );
            assert_eq!(signed["authorization"], authorization.as_str());
            assert_eq!(signed["x-amz-date"], "20261130T070000Z");
            assert_eq!(signed.get("x-amz-security-token").map(|value| value.to_str().unwrap()), token);
        }
    }

    #[test]
    fn an_id_is_encoded_in_the_address() {
        let endpoint = "https://ws.example.com/board".parse().unwrap();
        let uri = uri(&endpoint, &ConnectionId::new("a/b?c#d=")).unwrap();
        assert_eq!(uri.to_string(), "https://ws.example.com/board/@connections/a%2Fb%3Fc%23d%3D");
    }

    #[tokio::test]
    async fn a_configuration_without_a_region_is_an_error() {
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        let config = SdkConfig::builder().credentials_provider(provider).build();
        let connector = SharedHttpConnector::new(
            aws_smithy_http_client::Connector::builder()
                .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
                    aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
                ))
                .build(),
        );
        let poster = Poster::new(&config, connector, &"http://127.0.0.1:9/prod".parse().unwrap());
        let posted = poster.post(&ConnectionId::new("a="), &Message::new(Bytes::new())).await;
        assert_eq!(posted, Err(Refusal::NotAnswered("no region is configured".into())));
    }
}
