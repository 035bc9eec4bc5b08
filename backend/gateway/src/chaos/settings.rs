//! The settings of fault injection.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::values::{HttpError, Probability, Span};
use crate::limits::Limits;

/// The shortest time limit for invocations that [`Chaos::limits`] returns. With a shorter one functions would time out,
/// because the time scale does not make functions faster.
const LEAST_INTEGRATION: Duration = Duration::from_secs(1);

/// The faults that a gateway injects, with their probabilities. By default none is injected.
///
/// In JSON every field is optional, and an unknown field is an error:
///
/// ```
/// let chaos: apigw_websocket::Chaos = serde_json::from_str(
///     r#"{"seed": 7, "lost_disconnect": 0.5, "delay": {"probability": 0.1, "ms": [20, 200]}}"#,
/// )?;
/// assert_eq!(chaos.delay.ms.to_ms(), 200);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Chaos {
    /// Factor by which the time limits of the platform are shortened: with 720, two hours become ten seconds. See
    /// [`Chaos::limits`]. It cannot be changed after the gateway was created.
    pub time_scale: NonZeroU32,
    /// Seed of all random decisions. With the same seed, the nth handshake, the nth post to the nth connection and the
    /// end of that connection get the same decision in every run, whatever their timing. Without a seed, every run is
    /// different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Probability that a `$disconnect` event is not delivered. AWS delivers it on a best-effort basis only.
    pub lost_disconnect: Probability,
    /// Time after a connection was opened during which posts to it are answered with 410, in milliseconds.
    pub gone_ms: u64,
    /// Settings of the posts that are answered with 429.
    pub throttle: Throttle,
    /// Settings of the posts that are accepted and delivered later, possibly after newer ones.
    pub delay: Lag,
    /// Settings of the posts that are delivered at once and then a second time.
    pub duplicate: Lag,
    /// Probability that a post freezes its connection. The gateway then reads nothing from the connection, writes
    /// nothing to it and does not close its socket. The client therefore notices nothing, even after the gateway has
    /// ended the connection.
    pub freeze: Probability,
    /// Probability that a post breaks its connection: a part of the frame is sent, and then the TCP connection is
    /// reset.
    pub cut: Probability,
    /// Settings of the handshakes that are refused before any function is invoked.
    pub refuse: Refuse,
}

/// The settings of the posts that are answered with 429, see [`Chaos::throttle`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Throttle {
    /// Probability that a post is throttled.
    pub probability: Probability,
    /// Number of posts per second above which every post is throttled. A burst of this many posts is allowed. `None`
    /// means that there is no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_per_second: Option<NonZeroU32>,
}

/// The probability and the duration of a delay. It is used for delayed posts ([`Chaos::delay`]) and for the second
/// copies of duplicated posts ([`Chaos::duplicate`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Lag {
    /// Probability that a post is delayed or duplicated.
    pub probability: Probability,
    /// Range from which the delay of the frame, or of its second copy, is drawn at random, in milliseconds.
    pub ms: Span,
}

/// The settings of the handshakes that are refused, see [`Chaos::refuse`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Refuse {
    /// Probability that a handshake is refused.
    pub probability: Probability,
    /// HTTP status that a refused handshake is answered with.
    pub status: HttpError,
}

impl Default for Chaos {
    fn default() -> Self {
        Self {
            time_scale: NonZeroU32::MIN,
            seed: None,
            lost_disconnect: Probability::NEVER,
            gone_ms: 0,
            throttle: Throttle::default(),
            delay: Lag::default(),
            duplicate: Lag::default(),
            freeze: Probability::NEVER,
            cut: Probability::NEVER,
            refuse: Refuse::default(),
        }
    }
}

impl Chaos {
    /// Returns `limits` as if the platform's clock ran [`time_scale`](Self::time_scale) times faster. The limits on
    /// idle time, life and rates are scaled. The limit on the duration of an invocation is shortened too, but not below
    /// one second. Limits that depend on the network or on a disk are not changed, because neither becomes faster.
    pub fn limits(&self, limits: &Limits) -> Limits {
        let scale = self.time_scale.get();
        let integration = (limits.integration / scale).max(LEAST_INTEGRATION).min(limits.integration);
        Limits {
            idle: limits.idle / scale,
            life: limits.life / scale,
            integration,
            connects_per_second: limits.connects_per_second.saturating_mul(scale),
            connects_per_second_of_principal: limits
                .connects_per_second_of_principal
                .map(|rate| rate.saturating_mul(scale)),
            handshakes_per_second_of_address: limits
                .handshakes_per_second_of_address
                .map(|rate| rate.saturating_mul(scale)),
            management_requests_per_second: limits
                .management_requests_per_second
                .map(|rate| rate.saturating_mul(scale)),
            ..limits.clone()
        }
    }

    /// Returns true if these settings inject no fault. The time scale and the seed are ignored.
    pub(crate) fn injects_nothing(&self) -> bool {
        Self { time_scale: NonZeroU32::MIN, seed: None, ..self.clone() } == Self::default()
    }
}
