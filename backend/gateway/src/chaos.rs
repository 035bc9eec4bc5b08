//! Faults on purpose: what goes wrong, and how often. Pure: settings and dice in, decisions out.
//!
//! The gateway asks in three places: before a handshake is looked at, before a frame is posted, and before
//! `$disconnect` is delivered. What it then does is in [`handle`].

use std::num::NonZeroU32;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Limits;

mod dice;
pub(crate) mod handle;
mod values;

pub(crate) use dice::Dice;
pub use handle::{ChaosCounts, ChaosHandle};
pub use values::{BadValue, HttpError, Probability, Span};

/// What goes wrong. By default nothing does. As JSON, in the file of `tickertape serve --chaos`, every field may be
/// left out, and a field of another name is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// How many times faster the platform's limits pass: 720 makes two hours ten seconds. See
    /// [`Chaos::limits`]. Fixed when the gateway is made.
    pub time_scale: NonZeroU32,
    /// What chance begins with. The nth handshake, the nth post to the nth connection and the end of that connection
    /// then meet the same fate in every run, however fast they come. Absent, no two runs are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How often a `$disconnect` is not delivered: AWS promises best effort only.
    pub lost_disconnect: Probability,
    /// For how many milliseconds after a connection is made posts to it are answered with 410.
    pub gone_ms: u64,
    /// Posts answered with 429.
    pub throttle: Throttle,
    /// Posts that are accepted and arrive later, perhaps behind younger ones.
    pub delay: Lag,
    /// Posts that arrive at once and then a second time.
    pub duplicate: Lag,
    /// How often a post freezes its connection: from then on nothing is read from it and nothing written to it, and
    /// it is not closed. Its client learns nothing, whatever becomes of the connection.
    pub freeze: Probability,
    /// How often a post cuts its connection: a part of the frame goes out, then TCP is reset.
    pub cut: Probability,
    /// Handshakes refused before anybody is asked.
    pub refuse: Refuse,
}

/// See [`Chaos::throttle`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// How often.
    pub probability: Probability,
    /// Beyond so many posts a second always; as many may come at once. Absent, there is no such rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above_per_second: Option<NonZeroU32>,
}

/// See [`Chaos::delay`] and [`Chaos::duplicate`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lag {
    /// How often.
    pub probability: Probability,
    /// How much later.
    pub ms: Span,
}

/// See [`Chaos::refuse`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Refuse {
    /// How often.
    pub probability: Probability,
    /// With which status.
    pub status: HttpError,
}

/// Something chance decides. Everything is counted from the gateway's beginning, and while chaos is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Handshake { number: u64 },
    Post { connection: u64, number: u64 },
    Disconnect { connection: u64 },
}

/// What becomes of one post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Delivered,
    Gone,
    Throttled,
    Delayed { by_ms: u64 },
    Duplicated { after_ms: u64 },
    Frozen,
    Cut,
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
    /// The limits of a platform whose clock runs faster: idle time, life and the windows of its rates. The
    /// integration limit shrinks too, to one second at the least, and what waits for networks and disks is left
    /// alone, since neither gets faster.
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

    /// Whether nothing goes wrong, however fast the time.
    pub(crate) fn is_calm(&self) -> bool {
        Self { time_scale: NonZeroU32::MIN, seed: None, ..self.clone() } == Self::default()
    }

    /// The status a handshake is refused with.
    pub(crate) fn handshake(&self, dice: &mut Dice) -> Option<HttpError> {
        dice.fall(self.refuse.probability).then_some(self.refuse.status)
    }

    /// Whether a `$disconnect` is lost.
    pub(crate) fn loses_disconnect(&self, dice: &mut Dice) -> bool {
        dice.fall(self.lost_disconnect)
    }

    /// What becomes of a post to a connection of this age.
    pub(crate) fn post(&self, age_ms: u64, dice: &mut Dice) -> Fate {
        if age_ms < self.gone_ms {
            Fate::Gone
        } else if dice.fall(self.throttle.probability) {
            Fate::Throttled
        } else if dice.fall(self.cut) {
            Fate::Cut
        } else if dice.fall(self.freeze) {
            Fate::Frozen
        } else if dice.fall(self.delay.probability) {
            Fate::Delayed { by_ms: dice.within(self.delay.ms) }
        } else if dice.fall(self.duplicate.probability) {
            Fate::Duplicated { after_ms: dice.within(self.duplicate.ms) }
        } else {
            Fate::Delivered
        }
    }
}

/// Functions work on a real machine, at whatever speed the platform's clock runs.
const LEAST_INTEGRATION: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
