//! Computes the quantities that are billed for a load: invocations and their duration, reads, writes and transferred
//! data.
//!
//! Each figure that was not measured on an AWS account is a constant in this file, with its source.

use shared::limits;

use super::load::{DAYS, Load};
use super::prices::{
    CONNECTION_MINUTES, GB_SECONDS, LOGGED, MESSAGES, METRICS, Price, READ_UNITS, REQUESTS, SENT, STORED,
    WRITE_UNITS,
};
use super::service::Service;

/// One factor in the calculation of a quantity, such as `50 viewers`.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// The number, in the unit [`Factor::of`].
    pub value: f64,
    /// Unit of the number, such as `viewers`.
    pub of: &'static str,
}

/// A quantity that is billed.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// The service that bills this quantity.
    pub service: Service,
    /// Description of the quantity, for the line on the bill.
    pub what: &'static str,
    /// Factors whose product is the quantity.
    pub factors: Vec<Factor>,
    /// Price of one unit of the quantity.
    pub price: &'static Price,
}

/// Number of times per second that Lambda polls a shard of the stream: "at a base rate of 4 times per second" (Lambda
/// developer guide, "Using AWS Lambda with Amazon DynamoDB"). Publications between two polls are sent in one frame.
const POLLS_PER_SECOND: f64 = 4.0;
/// Time without a message after which a viewer sends a ping, in seconds. This is the interval of `tickertape_session`
/// for a visible page.
const SILENCE_S: f64 = 50.0;
/// Time after which a session replaces its connection by a new one, in seconds: 110 minutes.
const ROTATION_S: f64 = 110.0 * 60.0;
/// Size of a frame without its publications, in bytes of JSON. A publication without its data has the same size.
const FRAME_BYTES: f64 = 120.0;
const ITEM_BYTES: f64 = 60.0;
/// Size of a topic's head without its data (keys, names, metadata, producers), and size of an item of history without
/// its data (keys), in bytes.
const HEAD_BYTES: f64 = 600.0;
const HISTORY_BYTES: f64 = 160.0;
/// Number of publications of a topic for which `broadcast` writes a block of rollup, and number of blocks for which it writes one of the
/// next level (`backend-core`). A test compares them.
pub const BLOCK_ITEMS: u64 = 64;
pub const BLOCK_FAN: u64 = 8;
/// Size of an item with a block of rollup (keys, names, offsets and times) without its series, in bytes, and its size for each byte of a
/// publication's data. A field such as `"load":12.5` takes 11 bytes, and its part of the block about seven times as many. The figure
/// is an assumption about the data; lines of text take less.
const BLOCK_BYTES: f64 = 200.0;
const BLOCK_FACTOR: f64 = 7.0;
/// Read units for a day of a topic with one number a second, in buckets of two minutes: measured by
/// `cargo xtask bench -- units`. They are nearly all for blocks of 64 publications.
const DAY_UNITS: f64 = 94.5;
/// Number of publications of that day, and the size of their data in bytes.
const DAY_ITEMS: f64 = 86_400.0;
const DAY_ITEM_BYTES: f64 = 5.0;
/// Number of times a day that a viewer looks at a whole day of all topics. The figure is an assumption.
const DAYS_SEEN: f64 = 1.0;
/// Size of the database row for one subscriber of a filter, in bytes.
const SUBSCRIBER_BYTES: f64 = 130.0;
/// Number of filters that can match a topic of two segments: the topic, its prefix, and `*`.
const FILTERS: f64 = 3.0;
/// Write units that a connection needs: its row (1), its subscription in a transaction of three items (6), and the
/// deletion of both (3).
const SESSION_WRITES: f64 = 10.0;
/// Read units that a subscription needs: the list of topics, and the newest publication and the history of about twenty
/// topics.
const SESSION_READS: f64 = 30.0;
/// Number of messages that a connection needs: `subscribe`, `subscribed`, and missed publications.
const SESSION_MESSAGES: f64 = 3.0;
/// Number of invocations that a connection needs: authorizer, `$connect`, `subscribe`, `$disconnect`.
const SESSION_REQUESTS: f64 = 4.0;
/// Memory of `ingest`, in GB, as in the template.
pub const INGEST_GB: f64 = 0.5;
/// Memory of `broadcast`, in GB, as in the template.
pub const BROADCAST_GB: f64 = 1.0;
/// Duration of an invocation of `ingest`, in seconds: processor time and one write to DynamoDB. The figure is an
/// assumption.
const INGEST_S: f64 = 0.008;
/// Duration of an invocation of `broadcast` without its posts, in seconds: it reads subscribers and writes history. The
/// figure is an assumption.
const BROADCAST_S: f64 = 0.010;
/// Duration of a round of concurrent posts to clients, in seconds. The figure is an assumption. The constant below is
/// the number of posts in a round, which `backend-aws` limits.
const ROUND_S: f64 = 0.015;
const POSTS_IN_A_ROUND: f64 = 64.0;
/// Size of the line of metrics that a function logs for each invocation, in bytes. The log lines of Lambda itself are
/// switched off in the template.
pub const LOG_BYTES: f64 = 400.0;
/// Number of custom metrics: connects, disconnects, publications, posts, posts to closed connections, throttled posts,
/// and duration of a broadcast.
const METRIC_COUNT: f64 = 7.0;
/// Time for which history is kept, in days. This is the default of the template.
pub const KEPT_DAYS: f64 = 1.0;

/// Returns all quantities that are billed for `load`.
pub fn of(load: &Load) -> Vec<Use> {
    let flow = Flow::of(load);
    [api_gateway(load, &flow), lambda(load, &flow), dynamodb(load, &flow), rest(load, &flow)].concat()
}

/// Rates and sizes that follow from a load.
struct Flow {
    seconds: f64,
    viewers: f64,
    rate_hz: f64,
    /// Number of invocations of `broadcast` per second, if the stream has one shard. Each of them sends one frame to each viewer.
    frames_hz: f64,
    frame_bytes: f64,
    pings_hz: f64,
    /// Number of connections that all viewers together open in the month.
    sessions: f64,
}

impl Flow {
    fn of(load: &Load) -> Self {
        let (seconds, viewers, rate_hz) = (load.seconds(), load.viewers as f64, load.rate_hz);
        let most_hz = match load.frame_every_ms {
            0 => POLLS_PER_SECOND,
            every_ms => (1_000.0 / every_ms as f64).min(POLLS_PER_SECOND),
        };
        let frames_hz = rate_hz.min(most_hz);
        let items = if frames_hz > 0.0 { rate_hz / frames_hz } else { 0.0 };
        Self {
            seconds,
            viewers,
            rate_hz,
            frames_hz,
            frame_bytes: FRAME_BYTES + items * (ITEM_BYTES + load.bytes as f64),
            pings_hz: if frames_hz * SILENCE_S >= 1.0 { 0.0 } else { 1.0 / SILENCE_S },
            sessions: viewers * (seconds / ROTATION_S),
        }
    }
}

fn api_gateway(load: &Load, flow: &Flow) -> Vec<Use> {
    let line = |what, factors, price| Use { service: Service::ApiGateway, what, factors, price };
    let viewers = factor(flow.viewers, "viewers");
    let units = (flow.frame_bytes / limits::FRAME_BYTES as f64).ceil();
    let minutes = DAYS * load.hours_a_day * 60.0;
    let (frames, seconds) = (factor(flow.frames_hz, "frames/s"), factor(flow.seconds, "s"));
    let frames = vec![viewers.clone(), frames, factor(units, "units of 32 KB"), seconds.clone()];
    let pings = vec![viewers.clone(), factor(flow.pings_hz, "pings/s"), factor(2.0, "ways"), seconds];
    let sessions = vec![factor(flow.sessions, "connections"), factor(SESSION_MESSAGES, "messages")];
    vec![
        line("publications to viewers", frames, &MESSAGES),
        line("pings without publications", pings, &MESSAGES),
        line("a new connection every 110 minutes", sessions, &MESSAGES),
        line("open connections", vec![viewers, factor(minutes, "minutes")], &CONNECTION_MINUTES),
    ]
}

fn lambda(_: &Load, flow: &Flow) -> Vec<Use> {
    let line = |what, factors, price| Use { service: Service::Lambda, what, factors, price };
    let seconds = factor(flow.seconds, "s");
    let ingested = [factor(flow.rate_hz, "publications/s"), seconds.clone()];
    let broadcast = [factor(flow.frames_hz, "broadcasts/s"), seconds.clone()];
    let rounds = (flow.viewers / POSTS_IN_A_ROUND).ceil();
    let ingest_s = [factor(INGEST_S, "s each"), factor(INGEST_GB, "GB")];
    let broadcast_s = [factor(BROADCAST_S + rounds * ROUND_S, "s each"), factor(BROADCAST_GB, "GB")];
    let pings = vec![factor(flow.viewers, "viewers"), factor(flow.pings_hz, "pings/s"), seconds];
    let sessions = vec![factor(flow.sessions, "connections"), factor(SESSION_REQUESTS, "requests")];
    vec![
        line("invocations of ingest", ingested.to_vec(), &REQUESTS),
        line("running time of ingest", [ingested, ingest_s].concat(), &GB_SECONDS),
        line("invocations of broadcast", broadcast.to_vec(), &REQUESTS),
        line(
            "running time of broadcast, 64 concurrent posts",
            [broadcast, broadcast_s].concat(),
            &GB_SECONDS,
        ),
        line("invocations for pings", pings, &REQUESTS),
        line("invocations for connections", sessions, &REQUESTS),
    ]
}

fn dynamodb(load: &Load, flow: &Flow) -> Vec<Use> {
    let line = |what, factors, price| Use { service: Service::DynamoDb, what, factors, price };
    let bytes = load.bytes as f64;
    let (seconds, published) = (factor(flow.seconds, "s"), factor(flow.rate_hz, "publications/s"));
    let written = kib(HEAD_BYTES + bytes, 1.0) + kib(HISTORY_BYTES + bytes, 1.0);
    let read = FILTERS - 1.0 + kib(flow.viewers * SUBSCRIBER_BYTES, 4.0);
    let broadcast = factor(flow.frames_hz, "broadcasts/s");
    let session = |units| vec![factor(flow.sessions, "connections"), factor(units, "units")];
    let kept = [factor(86_400.0 * KEPT_DAYS * load.hours_a_day / 24.0, "s kept")];
    let stored = |bytes| {
        let bytes = vec![factor(bytes, "bytes")];
        [vec![published.clone()], kept.to_vec(), bytes].concat()
    };
    let Rollup { written: rolled, read: rolled_from, day, block_bytes } = Rollup::of(load);
    let by_block = |units| {
        let blocks = factor(flow.seconds / BLOCK_ITEMS as f64, "blocks each");
        vec![published.clone(), blocks, factor(units, "units")]
    };
    let seen = [factor(flow.viewers, "viewers"), factor(DAYS * DAYS_SEEN, "times"), factor(day, "units")];
    vec![
        line(
            "write head and history",
            vec![published.clone(), factor(written, "units"), seconds.clone()],
            &WRITE_UNITS,
        ),
        line("write blocks of rollup", by_block(rolled), &WRITE_UNITS),
        line("read history for blocks of rollup", by_block(rolled_from), &READ_UNITS),
        line("read a day in buckets, once a day each", seen.to_vec(), &READ_UNITS),
        line("read subscribers", vec![broadcast, factor(read, "units"), seconds], &READ_UNITS),
        line("write connections", session(SESSION_WRITES), &WRITE_UNITS),
        line("read heads and history for subscriptions", session(SESSION_READS), &READ_UNITS),
        line("storage of history and its recovery", stored(HISTORY_BYTES + bytes), &STORED),
        line("storage of rollups and their recovery", stored(block_bytes / BLOCK_ITEMS as f64), &STORED),
    ]
}

/// The work for rollups and with them.
struct Rollup {
    /// Write units for a block of the lowest level, with its share of those above.
    written: f64,
    /// Read units for the publications and blocks that are reduced to them.
    read: f64,
    /// Read units for a day of all topics in buckets, if each topic has about one publication a second.
    day: f64,
    /// Size of the blocks for 64 publications, in bytes.
    block_bytes: f64,
}

impl Rollup {
    fn of(load: &Load) -> Self {
        let bytes = load.bytes as f64;
        let (items, fan) = (BLOCK_ITEMS as f64, BLOCK_FAN as f64);
        // Each block has a share of an eighth of a block above it, which has a share of an eighth, and so on.
        let above = 1.0 / (fan - 1.0);
        let block_bytes = block_bytes(bytes);
        let published = load.rate_hz * load.hours_a_day * 3_600.0;
        Self {
            written: kib(block_bytes, 1.0) * (1.0 + above),
            read: kib(items * (HISTORY_BYTES + bytes), 4.0) + kib(fan * block_bytes, 4.0) * above,
            day: published / DAY_ITEMS * DAY_UNITS * block_bytes / self::block_bytes(DAY_ITEM_BYTES),
            block_bytes: block_bytes * (1.0 + above),
        }
    }
}

/// Returns the size of an item with a block of rollup for publications of this size, in bytes.
fn block_bytes(bytes: f64) -> f64 {
    BLOCK_BYTES + BLOCK_FACTOR * bytes
}

fn rest(load: &Load, flow: &Flow) -> Vec<Use> {
    let seconds = factor(flow.seconds, "s");
    let pings = flow.viewers * flow.pings_hz;
    let sessions = flow.sessions * SESSION_REQUESTS / flow.seconds.max(1.0);
    let invocations = factor(flow.rate_hz + flow.frames_hz + pings + sessions, "invocations/s");
    let frames = [factor(flow.viewers, "viewers"), factor(flow.frames_hz, "frames/s"), seconds.clone()];
    let is_used = if load.rate_hz > 0.0 || load.viewers > 0 { load.hours_a_day / 24.0 } else { 0.0 };
    let logged = vec![invocations, seconds, factor(LOG_BYTES, "bytes")];
    let metrics = vec![factor(METRIC_COUNT, "metrics"), factor(is_used, "months")];
    let sent = [&frames[..], &[factor(flow.frame_bytes, "bytes")]].concat();
    vec![
        Use { service: Service::CloudWatch, what: "logs", factors: logged, price: &LOGGED },
        Use { service: Service::CloudWatch, what: "metrics", factors: metrics, price: &METRICS },
        Use { service: Service::DataOut, what: "publications to viewers", factors: sent, price: &SENT },
    ]
}

/// Returns the number of units of `size` KiB that `bytes` need, rounded up, at least 1.
fn kib(bytes: f64, size: f64) -> f64 {
    (bytes / (1_024.0 * size)).ceil().max(1.0)
}

fn factor(value: f64, of: &'static str) -> Factor {
    Factor { value, of }
}
