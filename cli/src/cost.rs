//! What Tickertape costs on AWS, with the arithmetic that leads there. Pure: a load goes in, lines come out.
//!
//! [`prices`] is the one table of prices, with date and sources; [`usage`] is what Tickertape uses of what is billed.

pub mod prices;
mod text;
pub mod usage;

use serde::Serialize;

pub use text::{markdown, words};

use prices::Price;
use usage::Use;

/// The days of the month that is paid for.
pub const DAYS: f64 = 30.0;

/// What a board has to carry.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// Pages open at once, each watching everything that is published.
    pub viewers: u64,
    /// Publications a second, all topics together, each sent by itself.
    pub rate_hz: f64,
    /// The data of one publication, as JSON.
    pub bytes: u64,
    /// Of every day, the hours in which there is somebody who publishes and watches.
    pub hours_a_day: f64,
}

/// One thing that is billed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Of which service.
    pub service: Service,
    /// What for.
    pub what: &'static str,
    /// How the quantity comes about, as people write it.
    pub arithmetic: String,
    /// How much of the price's unit.
    pub quantity: f64,
    /// What the unit costs.
    pub price: &'static Price,
    /// What it comes to in a month.
    pub usd: f64,
}

/// Who sends the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Service {
    /// Messages and connections.
    #[serde(rename = "API Gateway")]
    ApiGateway,
    /// The functions.
    Lambda,
    /// Heads, history, connections.
    #[serde(rename = "DynamoDB")]
    DynamoDb,
    /// Logs and metrics.
    CloudWatch,
    /// What leaves AWS.
    #[serde(rename = "data out")]
    DataOut,
}

/// A month's bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// For what.
    pub load: Load,
    /// Its lines, those of one service together.
    pub lines: Vec<Line>,
}

/// What a load costs in a month.
pub fn estimate(load: Load) -> Estimate {
    let mut lines: Vec<Line> = Vec::new();
    for Use { service, what, factors, price } in usage::of(&load) {
        let quantity = factors.iter().map(|factor| factor.value).product();
        let before = lines.iter().filter(|line| line.price == price).map(|line| line.quantity).sum();
        let usd = price.of(before + quantity) - price.of(before);
        lines.push(Line { service, what, arithmetic: text::arithmetic(&factors), quantity, price, usd });
    }
    lines.retain(|line| line.quantity > 0.0);
    Estimate { load, lines }
}

impl Load {
    /// Seconds of the month in which there is something to do.
    pub fn seconds(&self) -> f64 {
        DAYS * self.hours_a_day * 3_600.0
    }
}

impl Estimate {
    /// The whole bill.
    pub fn usd(&self) -> f64 {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// One service's part of it.
    pub fn usd_of(&self, service: Service) -> f64 {
        self.lines.iter().filter(|line| line.service == service).map(|line| line.usd).sum()
    }
}

impl Service {
    /// All of them, in the order of the bill.
    pub const ALL: [Self; 5] =
        [Self::ApiGateway, Self::Lambda, Self::DynamoDb, Self::CloudWatch, Self::DataOut];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiGateway => "API Gateway",
            Self::Lambda => "Lambda",
            Self::DynamoDb => "DynamoDB",
            Self::CloudWatch => "CloudWatch",
            Self::DataOut => "data out",
        }
    }
}

#[cfg(test)]
mod tests;
