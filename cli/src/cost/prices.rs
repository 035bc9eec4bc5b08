//! Prices: us-east-1, on demand, in US dollars, without free tiers. The one place where they stand.
//!
//! AWS changes them seldom, and down; [`DATE`] says when somebody last looked.

use serde::Serialize;

/// Where these prices hold.
pub const REGION: &str = "us-east-1";
/// When they were looked up.
pub const DATE: &str = "2026-11-22";

/// What a unit costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Price {
    /// What is counted.
    pub unit: &'static str,
    /// How many of them cost [`Price::usd`].
    pub per: f64,
    /// What so many are called.
    pub per_words: &'static str,
    /// Dollars.
    pub usd: f64,
    /// From how many units a month on it is how much instead.
    pub beyond: Option<(f64, f64)>,
    /// Who says so.
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

    /// What so many units cost.
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

/// Messages in both directions, in units of 32 KB. The price beyond a billion is from an older page.
pub const MESSAGES: Price =
    Price { beyond: Some((BILLION, 0.80)), ..Price::new("messages of 32 KB", MILLIONS, 1.00, API_GATEWAY) };
/// Time that connections are open.
pub const CONNECTION_MINUTES: Price = Price::new("connection minutes", MILLIONS, 0.25, API_GATEWAY);
/// Invocations.
pub const REQUESTS: Price = Price::new("requests", MILLIONS, 0.20, LAMBDA);
/// Memory times time. Cheaper from 7.5 billion on, which no board reaches.
pub const GB_SECONDS: Price = Price::new("GB-s", MILLIONS, 13.3334, LAMBDA);
/// Writes of 1 KB.
pub const WRITE_UNITS: Price = Price::new("write units", MILLIONS, 0.625, DYNAMODB);
/// Strongly consistent reads of 4 KB. Lambda's reading of streams is free.
pub const READ_UNITS: Price = Price::new("read units", MILLIONS, 0.125, DYNAMODB);
/// What is kept: 0.25, and 0.20 for its point-in-time recovery.
pub const STORED: Price = Price::new("bytes", (GB, "GB and month"), 0.45, DYNAMODB);
/// Logs, as they come in.
pub const LOGGED: Price = Price::new("bytes", (GB, "GB"), 0.50, CLOUDWATCH);
/// Metrics of our own, by the hour in which they have a value.
pub const METRICS: Price = Price::new("metrics", (1.0, "metric and month"), 0.30, CLOUDWATCH);
/// Bytes that leave AWS.
pub const SENT: Price = Price::new("bytes", (GB, "GB"), 0.09, EC2);

/// What AWS gives for nothing, and estimates do not subtract.
pub const FREE: &str = "\
Not subtracted, a month: Lambda's 1 M requests and 400,000 GB-s, DynamoDB's 25 GB, CloudWatch's 5 GB of logs, \
10 metrics and 10 alarms, 100 GB of data out; in an account's first year also 1 M messages and 750,000 \
connection minutes, if it is from before July 2025.";

/// What remains when nothing happens.
pub const IDLE: &str = "\
While nobody publishes and nobody watches, nothing runs, and nothing is billed by the hour: $0.00. What is kept \
costs cents: the page in S3, history until it ends (0.25 a GB and month) and its point-in-time recovery (0.20), \
logs (0.03). Alarms are ten, which is as many as CloudWatch has for nothing; were they not free, 0.10 each.";
