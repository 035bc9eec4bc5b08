//! Prices in us-east-1, on demand, in US dollars, without free tiers. No other file contains a price.
//!
//! AWS rarely changes its prices, and lowers them if it does. [`DATE`] says when they were last checked.

use serde::Serialize;

/// AWS region to which the prices apply.
pub const REGION: &str = "us-east-1";
/// Date on which the prices were last checked.
pub const DATE: &str = "2026-11-22";

/// The price of something that AWS bills by the unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// Name of the unit.
    pub unit: &'static str,
    /// Number of units that cost [`Price::usd`].
    pub per: f64,
    /// The number [`Price::per`] in words.
    pub per_words: &'static str,
    /// Price of [`Price::per`] units, in US dollars.
    pub usd: f64,
    /// A lower price for large quantities: a number of units per month, and the price in US dollars for all units above
    /// it. `None` if there is only one price.
    pub beyond: Option<(f64, f64)>,
    /// The page or list of AWS that contains the price.
    pub source: &'static str,
}

impl Price {
    const fn new(
        unit: &'static str,
        (per, per_words): (f64, &'static str),
        usd: f64,
        source: &'static str,
    ) -> Self {
        Self { unit, per, per_words, usd, beyond: None, source }
    }

    /// Returns the price of `units` units in a month, in US dollars.
    pub fn of(&self, units: f64) -> f64 {
        let (limit, usd_beyond) = self.beyond.unwrap_or((f64::INFINITY, 0.0));
        (units.min(limit) * self.usd + (units - limit).max(0.0) * usd_beyond) / self.per
    }
}

const MILLIONS: (f64, &str) = (1e6, "million");
const BILLION: f64 = 1e9;
const GB: f64 = 1e9;

const API_GATEWAY: &str = "Amazon API Gateway pricing, WebSocket APIs; harvested 2026-09-20";
const LAMBDA: &str = "AWS Lambda pricing, arm64";
const DYNAMODB: &str = "Amazon DynamoDB pricing, on demand, as since November 2024";
const CLOUDWATCH: &str = "Amazon CloudWatch pricing; as of February 2026";
const EC2: &str = "Amazon EC2 pricing, data transfer to the internet";

/// WebSocket messages in both directions, in units of 32 KB. The price above one billion messages is from an older
/// version of the price page.
pub const MESSAGES: Price =
    Price { beyond: Some((BILLION, 0.80)), ..Price::new("messages of 32 KB", MILLIONS, 1.00, API_GATEWAY) };
/// Minutes during which WebSocket connections are open.
pub const CONNECTION_MINUTES: Price = Price::new("connection minutes", MILLIONS, 0.25, API_GATEWAY);
/// Price of a million invocations of Lambda functions, in US dollars.
pub const REQUESTS: Price = Price::new("requests", MILLIONS, 0.20, LAMBDA);
/// Running time of functions, multiplied by their memory. Above 7.5 billion GB-s the price is lower, but no board
/// reaches this quantity.
pub const GB_SECONDS: Price = Price::new("GB-s", MILLIONS, 13.3334, LAMBDA);
/// Writes to DynamoDB, in units of 1 KB.
pub const WRITE_UNITS: Price = Price::new("write units", MILLIONS, 0.625, DYNAMODB);
/// Strongly consistent reads from DynamoDB, in units of 4 KB. Lambda reads streams free of charge.
pub const READ_UNITS: Price = Price::new("read units", MILLIONS, 0.125, DYNAMODB);
/// Storage in DynamoDB for a month: $0.25 per GB for the data and $0.20 per GB for point-in-time recovery.
pub const STORED: Price = Price::new("bytes", (GB, "GB and month"), 0.45, DYNAMODB);
/// Log data that CloudWatch receives.
pub const LOGGED: Price = Price::new("bytes", (GB, "GB"), 0.50, CLOUDWATCH);
/// Custom metrics of CloudWatch. A metric is billed for every hour in which it has a value.
pub const METRICS: Price = Price::new("metrics", (1.0, "metric and month"), 0.30, CLOUDWATCH);
/// Data transferred to the internet.
pub const SENT: Price = Price::new("bytes", (GB, "GB"), 0.09, EC2);

/// Note about the free tiers of AWS, which are not subtracted in the estimate.
pub const FREE: &str = "\
Free tiers are not subtracted. Per month they are: Lambda 1 M requests and 400,000 GB-s, DynamoDB 25 GB, CloudWatch \
5 GB of logs, 10 metrics and 10 alarms, 100 GB of data out. Accounts from before July 2025 also have 1 M messages \
and 750,000 connection minutes in their first year.";

/// Note about the costs that arise even without any load.
pub const IDLE: &str = "\
While nobody publishes and nobody watches, nothing runs and nothing is billed by the hour: $0.00. Storage costs \
cents: the page in S3, history until it expires (0.25 per GB and month) with point-in-time recovery (0.20), and \
logs (0.03). The ten alarms are free of charge; otherwise an alarm costs 0.10.";
