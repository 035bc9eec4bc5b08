//! Formats an estimate for people.

use super::estimate::{Estimate, FRAME_EVERY_MS, Line, estimate, within};
use super::load::{DAYS, Load};
use super::number::{counted, grouped, number};
use super::prices::{DATE, FREE, IDLE, REGION};
use super::service::Service;

/// Note about topics that do not share frames. AWS documents that a new table takes 4,000 writes a second and a partition, which
/// has a shard, 1,000, but not the number of partitions.
const SHARDS: &str = "\
The estimate assumes that publications of all topics share frames. If the table's stream has several shards, frames are \
not shared between them: a viewer of several topics gets up to as many times the frames as there are shards. A new table \
probably has four. All publications of one topic are in one shard.";

/// Formats the whole estimate as text for people. `dim` adds a style to the less important parts.
pub fn words(estimate: &Estimate, dim: impl Fn(&str) -> String) -> String {
    let mut lines = vec![head(&estimate.load), dim(&place()), String::new()];
    for service in Service::ALL {
        let of_service: Vec<_> = estimate.lines.iter().filter(|line| line.service == service).collect();
        if !of_service.is_empty() {
            lines.push(service.name().to_owned());
            lines.extend(of_service.iter().flat_map(|line| [sum(line), dim(&why(line))]));
        }
    }
    lines.push(format!("\n{:>12}  per month", usd(estimate.usd())));
    lines.extend(["", SHARDS, "", FREE, "", IDLE].map(|text| dim(&wrapped(text))));
    lines.join("\n")
}

/// Formats the answer to the question with which time between two frames a load costs at most `budget_usd` a month.
pub fn budget_words(load: &Load, budget_usd: f64) -> String {
    let budget = usd(budget_usd);
    match within(*load, budget_usd) {
        Some(Estimate { load: Load { frame_every_ms: 0, .. }, .. }) => {
            format!("{budget} per month are enough to send publications at once (FrameEveryMs=0).")
        }
        Some(estimate) => {
            let every_ms = estimate.load.frame_every_ms;
            let (cost, seconds) = (usd(estimate.usd()), every_ms / 1_000);
            format!(
                "{budget} per month are enough with FrameEveryMs={every_ms} ({cost}): publications then arrive up to \
                 {seconds} s later, together."
            )
        }
        None => {
            let longest = FRAME_EVERY_MS[FRAME_EVERY_MS.len() - 1];
            let least = estimate(Load { frame_every_ms: longest, ..*load }).usd();
            format!(
                "{budget} per month are not enough: with the longest time, FrameEveryMs={longest}, the load costs {}. \
                 Fewer viewers or fewer publications cost less.",
                usd(least)
            )
        }
    }
}

/// Formats the costs of several loads as a table in Markdown. The loads should differ only in the number of viewers.
pub fn markdown(loads: &[Load]) -> String {
    let services = Service::ALL.map(Service::name).join(" | ");
    let mut lines = vec![
        format!("| viewers | {services} | a month |"),
        format!("|--:|{}--:|", "--:|".repeat(Service::ALL.len())),
    ];
    lines.extend(loads.iter().map(|load| {
        let estimate = estimate(*load);
        let parts = Service::ALL.map(|service| usd(estimate.usd_of(service))).join(" | ");
        format!("| {} | {parts} | **{}** |", number(load.viewers as f64), usd(estimate.usd()))
    }));
    lines.join("\n") + "\n"
}

fn head(load: &Load) -> String {
    let every = match load.frame_every_ms {
        0 => String::new(),
        every_ms => format!(", frames at most every {}", counted(every_ms as f64 / 1_000.0, "seconds")),
    };
    format!(
        "{}, {} of {}, {} for {DAYS} days: {} s{every}",
        counted(load.viewers as f64, "viewers"),
        counted(load.rate_hz, "publications per second"),
        counted(load.bytes as f64, "bytes"),
        counted(load.hours_a_day, "hours per day"),
        number(load.seconds()),
    )
}

fn place() -> String {
    format!("{REGION}, prices of {DATE} in US dollars, without free tiers")
}

fn sum(line: &Line) -> String {
    format!("{:>12}  {}", usd(line.usd), line.what)
}

fn why(line: &Line) -> String {
    let Line { arithmetic, quantity, price, .. } = line;
    let beyond = price.beyond.filter(|(limit, _)| quantity > limit);
    let beyond = beyond.map(|(limit, usd)| format!(", ${usd:.2} beyond {}", number(limit)));
    let beyond = beyond.unwrap_or_default();
    let quantity = format!("{} {}", number(*quantity), price.unit);
    format!("{:14}{arithmetic} = {quantity}, ${} per {}{beyond}", "", rate(price.usd), price.per_words)
}

/// Formats an amount of dollars: `$2,273.60`. A positive amount that would be rounded to zero becomes `< $0.01`.
fn usd(amount: f64) -> String {
    if amount > 0.0 && amount < 0.005 { "< $0.01".to_owned() } else { format!("${}", grouped(amount, 2)) }
}

/// Formats a price without the dollar sign and with at least two decimals: `0.20`, `13.3334`.
fn rate(usd: f64) -> String {
    let text = format!("{usd}");
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    format!("{usd:.*}", decimals.max(2))
}

/// Breaks a text into lines of at most 100 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let is_full = lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() > 100);
        match lines.last_mut() {
            Some(line) if !is_full => {
                line.push_str(if line.is_empty() { "" } else { " " });
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}
