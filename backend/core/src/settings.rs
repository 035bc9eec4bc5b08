//! Settings of the service, which the program that runs it chooses.

use std::fmt;

use shared::limits;

use crate::principal::Principal;
use crate::rates::RateLimits;
use crate::refusal::Refusal;
use crate::token::Verifier;
use crate::turns::HeadsInTurn;

/// A function that is called for a refused request, with its authenticated sender and the error.
pub type OnRefusal = Box<dyn Fn(&Principal, &Refusal) + Send + Sync>;

/// Settings of a [`crate::Service`].
pub struct Settings {
    /// Decides whether requests need a token, and how it is verified.
    pub access: Access,
    /// Limits on the rates of requests, for each client and for all clients together.
    pub rates: RateLimits,
    /// Time after subscribing at which clients replace their connection by a new one, in milliseconds. It is some
    /// minutes before the gateway would close the connection. The default is [`ROTATE_IN_MS`].
    pub rotate_in_ms: u64,
    /// Age at which the gateway closes a connection, in milliseconds. The default is [`limits::LIFE_MS`].
    pub life_ms: u64,
    /// Minimum time between two broadcasts of publications, in milliseconds, which clients are told when they subscribe. The program
    /// that calls [`Service::broadcast`](crate::Service::broadcast) has to keep it. The default is 0.
    pub frame_every_ms: u64,
    /// True if the program calls [`Service::broadcast_conflated`](crate::Service::broadcast_conflated) whenever
    /// [`Service::conflated_due_ms`](crate::Service::conflated_due_ms) says so. Then clients may ask for conflated publications; otherwise
    /// such a subscription is refused. The default is false.
    pub conflates: bool,
    /// True if subscribers are sent the number of subscribers of their filter. The program must then call
    /// [`Service::occupancy_due`] about once a second, which sends the number again when it has changed.
    ///
    /// [`Service::occupancy_due`]: crate::Service::occupancy_due
    pub counts_viewers: bool,
    /// Limits on the reads that pings cause; `None` (the default) if reading the ends of all logs costs nothing.
    pub heads_in_turn: Option<HeadsInTurn>,
    /// Function that is called for every refused request whose sender is authenticated, so that the program can log it.
    pub on_refusal: OnRefusal,
    /// Source of random bits, from which the epochs of new logs are made.
    pub random: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl Settings {
    /// Creates the default settings with this kind of authentication and this source of random bits.
    pub fn new(access: Access, random: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            access,
            rates: RateLimits::default(),
            rotate_in_ms: ROTATE_IN_MS,
            life_ms: limits::LIFE_MS,
            frame_every_ms: 0,
            conflates: false,
            counts_viewers: true,
            heads_in_turn: None,
            on_refusal: Box::new(|_, _| {}),
            random: Box::new(random),
        }
    }

    /// Returns the maximum number of topics that each principal may create. Without tokens all clients are one
    /// principal, which may create as many topics as the server allows.
    pub(crate) fn principal_topics(&self) -> usize {
        match self.access {
            Access::Open => limits::TOPICS,
            Access::Tokens(_) => limits::PRINCIPAL_TOPICS,
        }
    }

    /// Returns the limits that are sent to clients when they subscribe.
    pub(crate) fn announced(&self) -> limits::Announced {
        limits::Announced {
            publishes_per_second: self.rates.publications_per_second,
            frame_every_ms: self.frame_every_ms,
            max_hz: self.conflates.then_some(limits::MAX_HZ),
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
            .field("frame_every_ms", &self.frame_every_ms)
            .field("conflates", &self.conflates)
            .field("counts_viewers", &self.counts_viewers)
            .field("heads_in_turn", &self.heads_in_turn)
            .finish_non_exhaustive()
    }
}

/// The default of [`Settings::rotate_in_ms`], in milliseconds: ten minutes before [`limits::LIFE_MS`]. Each client
/// chooses a random moment near it.
pub const ROTATE_IN_MS: u64 = limits::LIFE_MS - 10 * 60 * 1000;

/// Decides whether requests need a token.
#[derive(Debug, Clone)]
pub enum Access {
    /// Every request is accepted without a token. This is only for servers on a loopback address.
    Open,
    /// Every request needs a token that this verifier accepts.
    Tokens(Verifier),
}
