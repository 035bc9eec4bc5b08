//! Estimates the monthly cost of a load on AWS, with the calculation. Pure.
//!
//! [`prices`] is the table of prices, with its date and sources. [`usage`] computes the quantities that are billed.

pub mod prices;
mod text;
pub mod usage;

use serde::Serialize;

pub use text::{markdown, words};

use prices::Price;
use usage::Use;

/// Days of the month that is estimated.
pub const DAYS: f64 = 30.0;

/// The load of a board.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Load {
    /// Number of pages open at once, each watching every publication.
    pub viewers: u64,
    /// Publications per second of all topics together, each sent in its own request.
    pub rate_hz: f64,
    /// Size of the data of one publication as JSON, in bytes.
    pub bytes: u64,
    /// Hours per day in which there are publishers and viewers.
    pub hours_a_day: f64,
}

/// One line of the bill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Service that is billed.
    pub service: Service,
    /// Description of the line.
    pub what: &'static str,
    /// Calculation of the quantity, as text.
    pub arithmetic: String,
    /// Quantity in units of the price.
    pub quantity: f64,
    /// Price of a unit.
    pub price: &'static Price,
    /// Cost per month, in US dollars.
    pub usd: f64,
}

/// A service on the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Service {
    /// Messages and connections of the WebSocket API.
    #[serde(rename = "API Gateway")]
    ApiGateway,
    /// Invocations and running time of the functions.
    Lambda,
    /// Reads, writes and storage of the three tables.
    #[serde(rename = "DynamoDB")]
    DynamoDb,
    /// Logs and metrics.
    CloudWatch,
    /// Data transferred from AWS to the internet.
    #[serde(rename = "data out")]
    DataOut,
}

/// The estimated bill of one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The load that was estimated.
    pub load: Load,
    /// The lines, with those of one service together.
    pub lines: Vec<Line>,
}

/// Estimates the monthly bill of a load.
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
    /// Returns the number of seconds per month in which there are publishers and viewers.
    pub fn seconds(&self) -> f64 {
        DAYS * self.hours_a_day * 3_600.0
    }
}

impl Estimate {
    /// Returns the total in US dollars.
    pub fn usd(&self) -> f64 {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// Returns the total of one service in US dollars.
    pub fn usd_of(&self, service: Service) -> f64 {
        self.lines.iter().filter(|line| line.service == service).map(|line| line.usd).sum()
    }
}

impl Service {
    /// All services, in the order of the bill.
    pub const ALL: [Self; 5] =
        [Self::ApiGateway, Self::Lambda, Self::DynamoDb, Self::CloudWatch, Self::DataOut];

    /// Returns the service's name.
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
