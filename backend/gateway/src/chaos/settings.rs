//! The settings of fault injection.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::values::{HttpError, Probability, Span};
use crate::limits::Limits;

/// The shortest integration limit that [`Chaos::limits`] makes: functions work at the speed of the machine, however
/// fast the platform's clock runs.
const LEAST_INTEGRATION: Duration = Duration::from_secs(1);

/// The faults that a gateway injects, and their probabilities; none by default.
///
/// As JSON every field may be left out, and an unknown field is an error:
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
    /// Factor by which the platform's limits pass faster: with 720, two hours take ten seconds. See
    /// [`Chaos::limits`]. It is fixed when the gateway is made.
    pub time_scale: NonZeroU32,
    /// Seed of all random decisions. With the same seed, the nth handshake, the nth post to the nth connection and the
    /// end of that connection get the same decision in every run, however fast they come. Without a seed, no two runs
    /// are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Probability that a `$disconnect` is not delivered: AWS promises best effort only.
    pub lost_disconnect: Probability,
    /// Milliseconds after a connection is made during which posts to it are answered with 410.
    pub gone_ms: u64,
    /// Posts that are answered with 429.
    pub throttle: Throttle,
    /// Posts that are accepted and arrive later, possibly after younger ones.
    pub delay: Lag,
    /// Posts that arrive at once and then a second time.
    pub duplicate: Lag,
    /// Probability that a post freezes its connection: from then on the gateway reads nothing from it, writes nothing to
    /// it and does not close it. The client notices nothing, whatever becomes of the connection.
    pub freeze: Probability,
    /// Probability that a post breaks its connection: a part of the frame is sent, then TCP is reset.
    pub cut: Probability,
    /// Handshakes that are refused before any function is invoked.
    pub refuse: Refuse,
}

/// The settings of [`Chaos::throttle`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Throttle {
    /// Probability that a post is throttled.
    pub probability: Probability,
    /// Posts a second beyond which every post is throttled; as many may come at once. Without it there is no such rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_per_second: Option<NonZeroU32>,
}

/// The probability and the duration of [`Chaos::delay`] and [`Chaos::duplicate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Lag {
    /// Probability that a post is delayed or duplicated.
    pub probability: Probability,
    /// Delay of the frame, or of its second copy.
    pub ms: Span,
}

/// The settings of [`Chaos::refuse`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Refuse {
    /// Probability that a handshake is refused.
    pub probability: Probability,
    /// Status of the refusal.
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
    /// Returns the limits of a platform whose clock runs [`time_scale`](Self::time_scale) times faster: idle time, life
    /// and rates. The integration limit shrinks too, to one second at the least. Limits that wait for a network or a
    /// disk stay as they are, since neither gets faster.
    pub fn limits(&self, limits: &Limits) -> Limits {
        let scale = self.time_scale.get();
        let integration = (limits.integration / scale).max(LEAST_INTEGRATION).min(limits.integration);
        Limits {
            idle: limits.idle / scale,
            life: limits.life / scale,
            integration,
            connects_per_second: limits.connects_per_second.saturating_mul(scale),
            management_requests_per_second: limits
                .management_requests_per_second
                .map(|rate| rate.saturating_mul(scale)),
            ..limits.clone()
        }
    }

    /// Returns true if these settings inject no fault, whatever the time scale and the seed.
    pub(crate) fn injects_nothing(&self) -> bool {
        Self { time_scale: NonZeroU32::MIN, seed: None, ..self.clone() } == Self::default()
    }
}
