//! Parses the lines in which dd, pv, rsync and tqdm print their progress.

use super::parts::{amount, clock, in_unit, quantity};
use crate::cell::Cell;
use crate::data::Data;
use crate::row::Row;
use crate::verdict::Read;

type Fields = Vec<(String, Cell)>;

/// Parses a line in which dd, pv, rsync or tqdm prints its progress.
pub fn read(line: &str) -> Option<Read> {
    let fields = dd(line).or_else(|| tqdm(line)).or_else(|| pv(line)).or_else(|| rsync(line));
    fields.map(|fields| Row::fields(fields).into()).or_else(|| is_summary(line).then_some(Read::Structure))
}

fn field(name: &str, cell: Cell) -> (String, Cell) {
    (name.to_owned(), cell)
}

/// Parses a line of `dd`, such as `623902720 bytes (624 MB, 595 MiB) copied, 1.2 s, 502 MB/s`.
fn dd(line: &str) -> Option<Fields> {
    let (bytes, rest) = line.split_once(" bytes ")?;
    let rest = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(") ")?.1,
        None => rest,
    };
    let (time, rate) = rest.strip_prefix("copied, ")?.split_once(", ")?;
    let mut fields = vec![field("bytes", in_unit(bytes, "bytes")?), field("time", quantity(time)?)];
    // dd prints `Infinity B/s` if the copy took no measurable time. This rate is left out.
    fields.extend(quantity(rate).map(|rate| field("rate", rate)));
    Some(fields)
}

/// Parses a line of `pv`, such as ` 15.0MiB 0:00:01 [12.6MiB/s] [==>   ] 25% ETA 0:00:06`. The options of pv
/// determine which of these parts the line contains.
fn pv(line: &str) -> Option<Fields> {
    let mut rest = line.trim();
    let (mut fields, mut has_rate) = (Fields::new(), false);
    if let Some((name, after)) = rest.split_once(": ")
        && !name.contains(char::is_whitespace)
    {
        rest = after.trim_start();
    }
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').map(|(inner, after)| (inner.trim(), after))?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let is_bracketed = rest.starts_with('[');
        rest = after.trim_start();
        match (part, is_bracketed) {
            ("ETA", false) => {
                let (eta, after) = rest.split_once(' ').unwrap_or((rest, ""));
                fields.push(field("eta", clock(eta)?));
                rest = after.trim_start();
            }
            (bar, true) if bar.chars().all(|c| matches!(c, '=' | '>' | '<' | ' ' | '#' | '-')) => {}
            (rate, true) => {
                has_rate = true;
                fields.push(field("rate", quantity(rate)?));
            }
            (percent, false) if percent.ends_with('%') => fields.push(field("percent", quantity(percent)?)),
            (time, false) if time.contains(':') => fields.push(field("time", clock(time)?)),
            (bytes, false) if fields.is_empty() => fields.push(field("bytes", quantity(bytes)?)),
            _ => return None,
        }
    }
    (has_rate && fields.len() > 1).then_some(fields)
}

/// Parses a line of `rsync`, such as `     30,000,000 100%   61.20MB/s    0:00:00 (xfr#1, to-chk=0/1)`.
fn rsync(line: &str) -> Option<Fields> {
    let (line, _) = line.split_once(" (xfr#").unwrap_or((line, ""));
    let words: Vec<&str> = line.split_whitespace().collect();
    let [bytes, percent, rate, time] = words[..] else { return None };
    let is_grouped = bytes.split(',').skip(1).all(|group| group.len() == 3);
    if !line.starts_with(' ') || !percent.ends_with('%') || !rate.ends_with("/s") || !is_grouped {
        return None;
    }
    Some(vec![
        field("bytes", in_unit(&bytes.replace(',', ""), "bytes")?),
        field("percent", quantity(percent)?),
        field("rate", quantity(&binary(rate))?),
        field("time", clock(time)?),
    ])
}

/// Returns a rate of `rsync` with the prefix that it means: its kilobyte has 1024 bytes (`progress.c`).
fn binary(rate: &str) -> String {
    let prefixes = [("kB/s", "KiB/s"), ("MB/s", "MiB/s"), ("GB/s", "GiB/s"), ("TB/s", "TiB/s")];
    prefixes.iter().fold(rate.to_owned(), |rate, (written, meant)| rate.replace(written, meant))
}

/// Parses a line of `tqdm`, such as ` 40%|████      | 12/30 [00:00<00:00, 21.63it/s]`. There may be a description
/// before the percentage.
fn tqdm(line: &str) -> Option<Fields> {
    let (head, rest) = line.split_once("%|")?;
    let percent = head.rsplit(' ').next()?;
    let (_, rest) = rest.split_once("| ")?;
    let (counts, rest) = rest.split_once(" [")?;
    let (done, total) = counts.split_once('/')?;
    let (times, rest) = rest.strip_suffix(']')?.split_once(", ")?;
    let (elapsed, left) = times.split_once('<')?;
    let mut fields = vec![
        field("percent", in_unit(percent, "%")?),
        field("done", amount(done)?),
        field("total", amount(total)?),
        field("elapsed", clock(elapsed)?),
    ];
    fields.extend(clock(left).map(|left| field("left", left)));
    let rate = rest.split(',').next()?;
    let end = rate.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rate.len());
    let number = crate::number::read(rate[..end].trim(), Default::default(), crate::number::Place::Field);
    fields.extend(number.map(|number| field(rate[end..].trim(), Cell::Value(Data::Number(number)))));
    Some(fields)
}

/// Returns true for a line that dd, pv, rsync or tqdm prints before or after the progress, such as a total. It is not
/// published, because it contains nothing new.
fn is_summary(line: &str) -> bool {
    let is_records = |line: &str| {
        let counts = line.split_once(" records ").map(|(counts, way)| (counts, matches!(way, "in" | "out")));
        counts.is_some_and(|(counts, is_way)| {
            is_way && counts.chars().all(|c| c.is_ascii_digit() || c == '+') && counts.contains('+')
        })
    };
    is_records(line)
        || line == "sending incremental file list"
        || line == "receiving incremental file list"
        || (line.starts_with("sent ") && line.contains(" bytes  received "))
        || (line.starts_with("total size is ") && line.contains("speedup is "))
}
