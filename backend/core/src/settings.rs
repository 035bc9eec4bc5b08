//! Settings of the service, chosen by its operator.

use std::fmt;

use shared::limits;

use crate::principal::Principal;
use crate::rates::RateLimits;
use crate::refusal::Refusal;
use crate::token::Verifier;
use crate::turns::HeadsInTurn;

/// A function that is called with the sender of a refused request and with the refusal.
pub type OnRefusal = Box<dyn Fn(&Principal, &Refusal) + Send + Sync>;

/// Settings of a [`crate::Service`].
pub struct Settings {
    /// Authentication of requests.
    pub access: Access,
    /// Rate limits of each principal.
    pub rates: RateLimits,
    /// Time after subscribing at which clients replace their connection, in milliseconds: some minutes before the
    /// gateway closes it. [`ROTATE_IN_MS`] by default.
    pub rotate_in_ms: u64,
    /// Age at which the gateway closes a connection, in milliseconds. [`limits::LIFE_MS`] by default.
    pub life_ms: u64,
    /// True if subscribers are sent the number of subscribers. Only for a host that calls [`Service::occupancy_due`] about
    /// once a second, since otherwise the number is not corrected when it changes.
    ///
    /// [`Service::occupancy_due`]: crate::Service::occupancy_due
    pub counts_viewers: bool,
    /// Bounds of what pings read from the store; `None`, the default, if reading all heads costs nothing.
    pub heads_in_turn: Option<HeadsInTurn>,
    /// Is called for every refused request whose sender is known, so that the host can write it to the operator's log.
    pub on_refusal: OnRefusal,
    /// Source of random bits for the epochs of new logs.
    pub random: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Settings {
    /// The default settings with this authentication and this source of random bits.
    pub fn new(access: Access, random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            access,
            rates: RateLimits::default(),
            rotate_in_ms: ROTATE_IN_MS,
            life_ms: limits::LIFE_MS,
            counts_viewers: true,
            heads_in_turn: None,
            on_refusal: Box::new(|_, _| {}),
            random: Box::new(random),
        }
    }

    /// Returns the maximum number of topics that each principal may create. Without tokens there is only one principal, so
    /// it may create as many as the server may have.
    pub(crate) fn principal_topics(&self) -> usize {
        match self.access {
            Access::Open => limits::TOPICS,
            Access::Tokens(_) => limits::PRINCIPAL_TOPICS,
        }
    }

    /// The limits that clients are sent.
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
            .field("life_ms", &self.life_ms)
            .field("counts_viewers", &self.counts_viewers)
            .field("heads_in_turn", &self.heads_in_turn)
            .finish_non_exhaustive()
    }
}

/// The default of [`Settings::rotate_in_ms`]: ten minutes before [`limits::LIFE_MS`]. Clients choose random moments around
/// it.
pub const ROTATE_IN_MS: u64 = limits::LIFE_MS - 10 * 60 * 1000;

/// Authentication of requests.
#[derive(Debug, Clone)]
pub enum Access {
    /// None: every request is accepted. Only for servers on a loopback address.
    Open,
    /// Requests need a token that this verifier accepts.
    Tokens(Verifier),
}
