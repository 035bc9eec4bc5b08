//! Computes the monthly costs of a load, as the lines of a bill.

use serde::Serialize;

use super::load::Load;
use super::number::arithmetic;
use super::prices::Price;
use super::service::Service;
use super::usage::{self, Use};

/// Times between two frames that a deployment can be set to, in milliseconds: the allowed values of the template's parameter
/// `FrameEveryMs`.
pub const FRAME_EVERY_MS: [u64; 6] = [0, 1_000, 2_000, 5_000, 10_000, 30_000];

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// The service that bills this line.
    pub service: Service,
    /// A description of what is billed.
    pub what: &'static str,
    /// The calculation of the quantity as text, such as `50 viewers × 1 frame/s × 2,592,000 s`.
    pub arithmetic: String,
    /// The quantity, in units of [`Line::price`].
    pub quantity: f64,
    /// The price of one unit.
    pub price: &'static Price,
    /// The costs of this line per month, in US dollars.
    pub usd: f64,
}

/// The bill for a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The load that the bill was computed for.
    pub load: Load,
    /// The lines of the bill, ordered by service.
    pub lines: Vec<Line>,
}

/// Computes the costs of a load in a month.
pub fn estimate(load: Load) -> Estimate {
    let mut lines: Vec<Line> = Vec::new();
    for Use { service, what, factors, price } in usage::of(&load) {
        let quantity = factors.iter().map(|factor| factor.value).product();
        let before = lines.iter().filter(|line| line.price == price).map(|line| line.quantity).sum();
        let usd = price.of(before + quantity) - price.of(before);
        lines.push(Line { service, what, arithmetic: arithmetic(&factors), quantity, price, usd });
    }
    lines.retain(|line| line.quantity > 0.0);
    Estimate { load, lines }
}

/// Returns the estimate with the shortest time between two frames with which the load costs at most `budget_usd` a month; `None` if no
/// time in [`FRAME_EVERY_MS`] is long enough.
pub fn within(load: Load, budget_usd: f64) -> Option<Estimate> {
    let estimates = FRAME_EVERY_MS.map(|frame_every_ms| estimate(Load { frame_every_ms, ..load }));
    estimates.into_iter().find(|estimate| estimate.usd() <= budget_usd)
}

impl Estimate {
    /// Returns the sum of all lines, in US dollars.
    pub fn usd(&self) -> f64 {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// Returns the sum of the lines of one service, in US dollars.
    pub fn usd_of(&self, service: Service) -> f64 {
        self.lines.iter().filter(|line| line.service == service).map(|line| line.usd).sum()
    }
}
