//! Makes the requests that post to connections: signs them, sends them, and reads their status.
//!
//! The SDK's client for this API spends most of its time on what a post does not need: it resolves the endpoint by rules,
//! runs two dozen interceptors and builds a chain of retries for each request. A broadcast makes thousands of posts, so
//! its requests are made here, with the SDK's credentials.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_config::SdkConfig;
use backend_core::ports::ConnectionId;
use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{Method, Request, Uri};
use http_body_util::Full;

use super::endpoint::ManagementEndpoint;
use super::keys::Keys;
use super::pool::Pool;
use super::signer::{self, Post, Signer, Stamp};

/// A message with its hash for signatures, which is computed once for all connections.
#[derive(Debug, Clone)]
pub struct Message {
    bytes: Bytes,
    hash: String,
}

impl Message {
    pub fn new(bytes: Bytes) -> Self {
        Self { hash: signer::hash(&bytes), bytes }
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
    pool: Pool,
    keys: Keys,
    region: Option<String>,
    /// The host of the endpoint, with its port unless that is the usual one.
    host: String,
    /// The path of the endpoint, without a slash at the end.
    path: String,
    signer: Mutex<Option<Arc<Signer>>>,
}

impl Poster {
    pub fn new(config: &SdkConfig, endpoint: &ManagementEndpoint) -> Self {
        let region = config.region().map(ToString::to_string);
        let (host, path) = endpoint.host_and_path();
        let (host, path) = (host.to_owned(), path.to_owned());
        Self {
            pool: Pool::new(endpoint),
            keys: Keys::new(config),
            region,
            host,
            path,
            signer: Mutex::default(),
        }
    }

    /// Opens a connection, unless there is an idle one.
    pub async fn connect(&self) -> Result<(), String> {
        self.pool.open().await
    }

    /// Posts a message once. Every status other than 2xx is an error.
    pub async fn post(&self, to: &ConnectionId, message: &Message) -> Result<(), Refusal> {
        let now = SystemTime::now();
        let stamp = Stamp::new(now);
        let signer = self.signer(now, &stamp).await.map_err(Refusal::NotAnswered)?;
        let request = self.request(to, message, &signer, &stamp).map_err(Refusal::NotAnswered)?;
        let answer = self.pool.send(request).await.map_err(Refusal::NotAnswered)?;
        match answer.status.is_success() {
            true => Ok(()),
            false => Err(Refusal::Status(
                answer.status.as_u16(),
                String::from_utf8_lossy(&answer.body).into_owned(),
            )),
        }
    }

    /// Returns a signer with the current credentials, which is made once a day.
    async fn signer(&self, now: SystemTime, stamp: &Stamp) -> Result<Arc<Signer>, String> {
        let credentials = self.keys.at(now).await?;
        let mut held = self.signer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = held.as_ref().filter(|signer| signer.is_for(&credentials, stamp)) {
            return Ok(Arc::clone(signer));
        }
        let region = self.region.as_deref().ok_or("no region is configured")?;
        let signer = Signer::new(credentials, region, stamp);
        let signer = signer.map_err(|error| format!("the credentials cannot be sent: {error}"))?;
        Ok(Arc::clone(held.insert(Arc::new(signer))))
    }

    fn request(
        &self,
        to: &ConnectionId,
        message: &Message,
        signer: &Signer,
        stamp: &Stamp,
    ) -> Result<Request<Full<Bytes>>, String> {
        let path = format!("{}/@connections/{}", self.path, signer::segment(to.as_str()));
        let mut request = Request::new(Full::new(message.bytes.clone()));
        *request.method_mut() = Method::POST;
        let host = HeaderValue::try_from(self.host.as_str()).map_err(|error| error.to_string())?;
        request.headers_mut().insert(HOST, host);
        let post = Post { host: &self.host, path: &path, body_hash: &message.hash };
        let signed = signer.sign(post, stamp, request.headers_mut());
        signed.map_err(|error| format!("the post could not be signed: {error}"))?;
        *request.uri_mut() = Uri::try_from(path).map_err(|error| error.to_string())?;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_config::Region;
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::*;

    fn poster(region: Option<&'static str>) -> Poster {
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(region.map(Region::new));
        Poster::new(&config.build(), &"http://127.0.0.1:9/board".parse().unwrap())
    }

    async fn request(to: &str) -> Request<Full<Bytes>> {
        let (poster, stamp) = (poster(Some("eu-central-1")), Stamp::new(UNIX_EPOCH));
        let signer = poster.signer(UNIX_EPOCH, &stamp).await.unwrap();
        poster.request(&ConnectionId::new(to), &Message::new(Bytes::new()), &signer, &stamp).unwrap()
    }

    #[tokio::test]
    async fn an_id_is_encoded_in_the_path() {
        let request = request("a/b?c#d=").await;
        assert_eq!(request.uri(), "/board/@connections/a%2Fb%3Fc%23d%3D");
        assert_eq!(
            (request.method(), &request.headers()["host"]),
            (&Method::POST, &HeaderValue::from_static("127.0.0.1:9"))
        );
    }

    #[tokio::test]
    async fn a_signer_is_made_once_a_day() {
        let poster = poster(Some("eu-central-1"));
        let mut signers = Vec::new();
        for seconds in [0, 86_399, 86_400] {
            let now = UNIX_EPOCH + Duration::from_secs(seconds);
            signers.push(poster.signer(now, &Stamp::new(now)).await.unwrap());
        }
        assert!(Arc::ptr_eq(&signers[0], &signers[1]));
        assert!(!Arc::ptr_eq(&signers[1], &signers[2]));
    }

    #[tokio::test]
    async fn a_configuration_without_a_region_is_an_error() {
        let posted = poster(None).post(&ConnectionId::new("a="), &Message::new(Bytes::new())).await;
        assert_eq!(posted, Err(Refusal::NotAnswered("no region is configured".into())));
    }
}
