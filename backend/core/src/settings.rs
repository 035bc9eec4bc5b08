//! What whoever runs the service decides.

use std::fmt;

use shared::limits;

use crate::rates::RateLimits;
use crate::token::Verifier;

/// Settings of a [`crate::Service`].
pub struct Settings {
    /// Who may speak.
    pub access: Access,
    /// How fast one principal may publish.
    pub rates: RateLimits,
    /// When clients are told to replace their connection, in milliseconds after they subscribe: some minutes
    /// before the gateway cuts it. [`ROTATE_IN_MS`] unless told.
    pub rotate_in_ms: u64,
    /// Whether watchers are told how many they are. Right where [`Service::occupancy_due`] is called as well: a
    /// number that nobody corrects is a lie.
    ///
    /// [`Service::occupancy_due`]: crate::Service::occupancy_due
    pub counts_viewers: bool,
    /// The source of random bits, for the epochs of new logs.
    pub random: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Settings {
    /// The usual settings for this access and this source of random bits.
    pub fn new(access: Access, random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            access,
            rates: RateLimits::default(),
            rotate_in_ms: ROTATE_IN_MS,
            counts_viewers: true,
            random: Box::new(random),
        }
    }

    /// What clients are told of the limits.
    pub(crate) fn announced(&self) -> limits::Announced {
        limits::Announced {
            publishes_per_second: self.rates.publications_per_second,
            ..limits::Announced::default()
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("access", &self.access)
            .field("rates", &self.rates)
            .field("rotate_in_ms", &self.rotate_in_ms)
            .field("counts_viewers", &self.counts_viewers)
            .finish_non_exhaustive()
    }
}

/// Ten minutes before [`limits::LIFE_MS`]; clients spread around it.
pub const ROTATE_IN_MS: u64 = limits::LIFE_MS - 10 * 60 * 1000;

/// Who may speak.
#[derive(Debug, Clone)]
pub enum Access {
    /// Whoever can reach the server: right on loopback only.
    Open,
    /// Who holds a token that this accepts.
    Tokens(Verifier),
}
