//! Signs posts with AWS Signature Version 4 (AWS IAM User Guide, "Create a signed AWS API request").
//!
//! The SDK's signer derives the key for each request, and sorts and encodes all headers that a request has. All posts of a process
//! have the same method, host and headers, and the key is the same for a day.

use std::fmt;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue, InvalidHeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Name of the service in signatures.
const SERVICE: &str = "execute-api";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
/// Bytes that are encoded in a path segment. The four others are unreserved (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Bytes that are encoded in a whole path.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// The date and time of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// For example `20261130T070000Z`.
    time: String,
}

impl Stamp {
    pub fn new(now: SystemTime) -> Self {
        let seconds = DateTime::from_secs(DateTime::from(now).secs());
        // This cannot fail: the clock of a machine is within the years that have four digits.
        let mut time = seconds.fmt(Format::DateTime).unwrap_or_default();
        time.retain(|character| !matches!(character, '-' | ':'));
        Self { time }
    }

    /// Returns the day, for example `20261130`.
    fn day(&self) -> &str {
        self.time.split_once('T').map_or("", |(day, _)| day)
    }
}

/// The parts of a post that its signature covers, except the headers of the signature. The method is the same for all posts.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    pub host: &'a str,
    /// The path as it is sent.
    pub path: &'a str,
    /// SHA-256 of the body, as hexadecimal digits.
    pub body_hash: &'a str,
}

/// Signs with the same credentials for a day.
#[derive(Clone)]
pub struct Signer {
    credentials: Credentials,
    token: Option<HeaderValue>,
    /// Day, region and service.
    scope: String,
    key: Hmac<Sha256>,
}

impl Signer {
    pub fn new(credentials: Credentials, region: &str, stamp: &Stamp) -> Result<Self, InvalidHeaderValue> {
        let token = credentials.session_token().map(HeaderValue::try_from).transpose()?;
        let scope = format!("{}/{region}/{SERVICE}/aws4_request", stamp.day());
        let secret = format!("AWS4{}", credentials.secret_access_key()).into_bytes();
        let key = scope.split('/').fold(secret, |key, part| mac(&keyed(&key), part.as_bytes()));
        Ok(Self { token, key: keyed(&key), scope, credentials })
    }

    /// Returns true if signatures at this time with these credentials can be made with this signer.
    pub fn is_for(&self, credentials: &Credentials, stamp: &Stamp) -> bool {
        self.scope.split_once('/').is_some_and(|(day, _)| day == stamp.day())
            && self.credentials.access_key_id() == credentials.access_key_id()
            && self.credentials.session_token() == credentials.session_token()
    }

    /// Adds the headers of a signature to a post. The header `host` must have been added.
    pub fn sign(
        &self,
        post: Post<'_>,
        stamp: &Stamp,
        headers: &mut HeaderMap,
    ) -> Result<(), InvalidHeaderValue> {
        let signed = match self.token {
            Some(_) => "host;x-amz-date;x-amz-security-token",
            None => "host;x-amz-date",
        };
        let (id, scope, signature) =
            (self.credentials.access_key_id(), &self.scope, self.signature(post, stamp, signed));
        let authorization =
            format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}");
        headers.insert(DATE, HeaderValue::try_from(stamp.time.as_str())?);
        headers.insert(AUTHORIZATION, HeaderValue::try_from(authorization)?);
        if let Some(token) = &self.token {
            headers.insert(TOKEN, token.clone());
        }
        Ok(())
    }

    fn signature(&self, post: Post<'_>, stamp: &Stamp, signed: &str) -> String {
        // Services other than S3 sign the path encoded twice.
        let path = utf8_percent_encode(post.path, PATH);
        let token = self.credentials.session_token();
        let token = token.map(|token| format!("{TOKEN}:{token}\n")).unwrap_or_default();
        let (Post { host, body_hash, .. }, Stamp { time }) = (post, stamp);
        let request = format!("POST\n{path}\n\nhost:{host}\n{DATE}:{time}\n{token}\n{signed}\n{body_hash}");
        let text = format!("{ALGORITHM}\n{time}\n{}\n{}", self.scope, hash(request.as_bytes()));
        hex(&mac(&self.key, text.as_bytes()))
    }
}

impl fmt::Debug for Signer {
    /// Shows neither key nor token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("scope", &self.scope).finish_non_exhaustive()
    }
}

/// Encodes one segment of a path.
pub fn segment(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, SEGMENT)
}

/// Returns the SHA-256 of some bytes as hexadecimal digits.
pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    // This cannot fail, because a key may have any length.
    Hmac::new_from_slice(key).expect("a key of any length")
}

fn mac(key: &Hmac<Sha256>, bytes: &[u8]) -> Vec<u8> {
    key.clone().chain_update(bytes).finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// Returns the credentials of a test, whose session token may be missing.
    fn credentials(token: Option<&str>) -> Credentials {
        Credentials::new("AKIDEXAMPLE", SECRET, token.map(Into::into), None, "test")
    }

    /// Returns the stamp of 7 o'clock on 30 November 2026, so many seconds later.
    fn stamp(later: u64) -> Stamp {
        Stamp::new(SystemTime::UNIX_EPOCH + Duration::from_millis(1_796_022_000_999 + later * 1_000))
    }

    fn signed(token: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let post = Post {
            host: "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            path: "/prod/@connections/AbC-_1%3D",
            body_hash: &hash(b"{\"type\":\"pong\"}"),
        };
        let signer = Signer::new(credentials(token), "eu-central-1", &stamp(0)).unwrap();
        signer.sign(post, &stamp(0), &mut headers).unwrap();
        headers
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
    fn a_signer_is_for_one_day_and_for_the_credentials_that_it_was_made_with() {
        let signer = Signer::new(credentials(Some("one")), "eu-central-1", &stamp(0)).unwrap();
        let until_midnight = 17 * 60 * 60;
        assert!(signer.is_for(&credentials(Some("one")), &stamp(until_midnight - 1)));
        assert!(!signer.is_for(&credentials(Some("one")), &stamp(until_midnight)));
        assert!(!signer.is_for(&credentials(Some("two")), &stamp(0)));
        assert!(!signer.is_for(&credentials(None), &stamp(0)));
    }

    #[test]
    fn key_and_token_are_not_shown() {
        let shown = format!("{:?}", Signer::new(credentials(Some("a token")), "eu-central-1", &stamp(0)));
        assert!(!shown.contains("a token") && !shown.contains(SECRET), "{shown}");
    }
}
