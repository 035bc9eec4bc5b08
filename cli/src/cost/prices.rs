//! Prices in us-east-1, on demand, in US dollars, without free tiers. No other file contains a price.
//!
//! AWS rarely changes its prices, and lowers them if it does. [`DATE`] says when they were last checked.

use serde::Serialize;

/// Region for which the prices are valid.
pub const REGION: &str = "us-east-1";
/// Date on which the prices were last checked.
pub const DATE: &str = "2026-11-22";

/// The price of something that AWS bills by the unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// Name of the unit.
    pub unit: &'static str,
    /// Number of units to which [`Price::usd`] applies.
    pub per: f64,
    /// The number [`Price::per`] in words.
    pub per_words: &'static str,
    /// Price of [`Price::per`] units, in US dollars.
    pub usd: f64,
    /// A number of units per month, and the price in US dollars that applies to all units above it; `None` if one price
    /// applies to all.
    pub beyond: Option<(f64, f64)>,
    /// Source of the price.
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

/// Messages in both directions, in units of 32 KB. The price above one billion is from an older version of the price
/// page.
pub const MESSAGES: Price =
    Price { beyond: Some((BILLION, 0.80)), ..Price::new("messages of 32 KB", MILLIONS, 1.00, API_GATEWAY) };
/// Minutes during which connections are open.
pub const CONNECTION_MINUTES: Price = Price::new("connection minutes", MILLIONS, 0.25, API_GATEWAY);
/// Invocations of functions.
pub const REQUESTS: Price = Price::new("requests", MILLIONS, 0.20, LAMBDA);
/// Memory of functions times their running time. The price is lower above 7.5 billion GB-s, which no board reaches.
pub const GB_SECONDS: Price = Price::new("GB-s", MILLIONS, 13.3334, LAMBDA);
/// Writes of up to 1 KB.
pub const WRITE_UNITS: Price = Price::new("write units", MILLIONS, 0.625, DYNAMODB);
/// Strongly consistent reads of up to 4 KB. Lambda reads streams free of charge.
pub const READ_UNITS: Price = Price::new("read units", MILLIONS, 0.125, DYNAMODB);
/// Storage per GB and month: $0.25 for the data and $0.20 for point-in-time recovery.
pub const STORED: Price = Price::new("bytes", (GB, "GB and month"), 0.45, DYNAMODB);
/// Logs that CloudWatch ingests.
pub const LOGGED: Price = Price::new("bytes", (GB, "GB"), 0.50, CLOUDWATCH);
/// Custom metrics. Each is billed for every hour in which it has a value.
pub const METRICS: Price = Price::new("metrics", (1.0, "metric and month"), 0.30, CLOUDWATCH);
/// Data transferred to the internet.
pub const SENT: Price = Price::new("bytes", (GB, "GB"), 0.09, EC2);

/// Note about the free tiers, which the estimate does not subtract.
pub const FREE: &str = "\
Free tiers are not subtracted. Per month they are: Lambda 1 M requests and 400,000 GB-s, DynamoDB 25 GB, CloudWatch \
5 GB of logs, 10 metrics and 10 alarms, 100 GB of data out. Accounts from before July 2025 also have 1 M messages \
and 750,000 connection minutes in their first year.";

/// Note about the costs without any load.
pub const IDLE: &str = "\
While nobody publishes and nobody watches, nothing runs and nothing is billed by the hour: $0.00. Storage costs \
cents: the page in S3, history until it expires (0.25 per GB and month) with point-in-time recovery (0.20), and \
logs (0.03). The ten alarms are free of charge; otherwise an alarm costs 0.10.";
