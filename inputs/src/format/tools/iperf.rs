//! Parses the output of iperf3, which has a row for each interval of each stream. The totals at the end of the output
//! are recognised, but not published.

use super::parts::{amount, quantity};
use crate::cell::Cell;
use crate::row::Row;
use crate::verdict::Read;

/// Parses a line such as `[  5]   0.00-1.07   sec  81.1 MBytes   635 Mbits/sec    6   1023 KBytes`.
pub fn read(line: &str) -> Option<Read> {
    if is_structure(line) {
        return Some(Read::Structure);
    }
    let (id, rest) = line.strip_prefix('[')?.split_once(']')?;
    let id = id.trim();
    let is_id = id == "SUM" || id.parse::<u32>().is_ok();
    // A role may follow the id: `[  5][TX-C]`.
    let (role, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((role, rest)) => (format!(" {}", role.trim()), rest),
        None => (String::new(), rest),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    if is_id && words.first() == Some(&"local") && words.contains(&"connected") {
        return Some(Read::Structure);
    }
    let [interval, "sec", transfer, data, rate, bits, more @ ..] = words.as_slice() else { return None };
    let (from, to) = interval.split_once('-')?;
    if !is_id || from.parse::<f64>().is_err() || to.parse::<f64>().is_err() {
        return None;
    }
    if matches!(more.last(), Some(&"sender" | &"receiver")) {
        return Some(Read::Structure);
    }
    let mut fields = vec![
        ("transfer".to_owned(), bytes(transfer, data)?),
        ("bitrate".to_owned(), quantity(&format!("{rate} {bits}"))?),
    ];
    fields.extend(extras(more)?);
    let row = Row::fields(fields);
    Some(Row { path: vec![format!("{id}{role}")], key_column: Some(String::new()), ..row }.into())
}

/// Parses a number of bytes. The prefixes of iperf3's bytes are powers of 1024, unlike those of its bits (iperf3's manual, option `-f`).
fn bytes(number: &str, unit: &str) -> Option<Cell> {
    let unit = match unit.strip_suffix("Bytes").filter(|prefix| !prefix.is_empty()) {
        Some(prefix) => format!("{prefix}iB"),
        None => unit.to_owned(),
    };
    quantity(&format!("{number} {unit}"))
}

/// Reads the words after the rate. They have other meanings for a TCP sender than for UDP. Returns the named values;
/// `None` if the words have neither form.
fn extras(words: &[&str]) -> Option<Vec<(String, Cell)>> {
    let named = |name: &str, cell: Cell| (name.to_owned(), cell);
    match words {
        [] | ["(omitted)"] => Some(Vec::new()),
        [retries, window, unit] if unit.ends_with("Bytes") => {
            Some(vec![named("retries", amount(retries)?), named("window", bytes(window, unit)?)])
        }
        [retries] if !retries.contains('/') => Some(vec![named("retries", amount(retries)?)]),
        [datagrams] => Some(vec![named("datagrams", amount(datagrams)?)]),
        [jitter, "ms", lost, share] => {
            let (lost, total) = lost.split_once('/')?;
            Some(vec![
                named("jitter", quantity(&format!("{jitter} ms"))?),
                named("lost", amount(lost)?),
                named("datagrams", amount(total)?),
                named("loss", quantity(share.strip_prefix('(')?.strip_suffix(')')?)?),
            ])
        }
        _ => None,
    }
}

fn is_structure(line: &str) -> bool {
    let is_dashes = |line: &str| line.starts_with("- - -") && line.chars().all(|c| matches!(c, '-' | ' '));
    line == "iperf Done."
        || is_dashes(line)
        || line.starts_with("[ ID] Interval ")
        || line.starts_with("[ ID][Role] Interval ")
        || (line.starts_with("Connecting to host ") && line.contains(", port "))
        || line.starts_with("Server listening on ")
        || (line.starts_with("Accepted connection from ") && line.contains(", port "))
        || (line.len() > 20 && line.chars().all(|c| c == '-'))
}
