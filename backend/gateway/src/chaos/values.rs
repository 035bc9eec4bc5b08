//! The types of the values in the fault-injection settings. They cannot contain an invalid value, so a settings file
//! with an invalid value is refused as a whole.

use serde::{Deserialize, Serialize};

/// A probability: a number from 0 (never) to 1 (always).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Probability(f64);

/// A range of milliseconds that includes both ends, written `[from, to]` in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[u64; 2]", into = "[u64; 2]")]
pub struct Span([u64; 2]);

/// An HTTP status from 400 to 599. The default is 503.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct HttpError(http::StatusCode);

/// The error for a value of the fault-injection settings that is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadValue {
    /// The number is not between 0 and 1.
    #[error("{0} is not a probability: use a number from 0 (never) to 1 (always)")]
    Probability(f64),
    /// The first number of the range is greater than the second.
    #[error("[{from}, {to}] ends before it begins: write the smaller number first")]
    Span {
        /// The first number of the refused range, in milliseconds.
        from: u64,
        /// The second number of the refused range, in milliseconds.
        to: u64,
    },
    /// The status is not between 400 and 599.
    #[error("{0} is not the HTTP status of an error: use a number from 400 to 599")]
    Status(u16),
}

impl Probability {
    /// The probability 0.
    pub const NEVER: Self = Self(0.0);
    /// The probability 1.
    pub const ALWAYS: Self = Self(1.0);

    /// Returns the probability as a number from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = BadValue;

    fn try_from(value: f64) -> Result<Self, BadValue> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(BadValue::Probability(value)) }
    }
}

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
    }
}

impl Span {
    /// Returns the lower end of the range, in milliseconds.
    pub fn from_ms(self) -> u64 {
        self.0[0]
    }

    /// Returns the upper end of the range, in milliseconds.
    pub fn to_ms(self) -> u64 {
        self.0[1]
    }
}

impl TryFrom<[u64; 2]> for Span {
    type Error = BadValue;

    fn try_from([from, to]: [u64; 2]) -> Result<Self, BadValue> {
        if from <= to { Ok(Self([from, to])) } else { Err(BadValue::Span { from, to }) }
    }
}

impl From<Span> for [u64; 2] {
    fn from(span: Span) -> Self {
        span.0
    }
}

impl HttpError {
    /// Returns the status, which is from 400 to 599.
    pub fn status(self) -> http::StatusCode {
        self.0
    }
}

impl Default for HttpError {
    fn default() -> Self {
        Self(http::StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl TryFrom<u16> for HttpError {
    type Error = BadValue;

    fn try_from(status: u16) -> Result<Self, BadValue> {
        let code = http::StatusCode::from_u16(status).map_err(|_| BadValue::Status(status))?;
        let is_error = code.is_client_error() || code.is_server_error();
        if is_error { Ok(Self(code)) } else { Err(BadValue::Status(status)) }
    }
}

impl From<HttpError> for u16 {
    fn from(error: HttpError) -> Self {
        error.0.as_u16()
    }
}
