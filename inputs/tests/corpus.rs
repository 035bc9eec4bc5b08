//! Tests with whole outputs of real programs. `cli/tests/program/corpus/NAME.in` is the output of a program, and `NAME.out` is
//! the result that a person expects. `programs.tsv` in the same folder names the program and its version.
//!
//! The first line of `NAME.out` contains the format, the panel that suits the last publication, and the counts. Then follows a
//! line for each publication (its time, if the input contains one, and its data), for each line in the topic `log`, and for each
//! unreadable line. The last line contains the units. With `TICKERTAPE_CORPUS=write` the test writes the files instead of
//! comparing them; look at each of them afterwards.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tickertape_inputs::{Destination, Moment, Options, Outcome, Reader, Splitter, Utc};

/// The time of reading, 2026-11-28T21:00:00Z. All outputs are of that day or of the week before.
const NOW: Moment = Moment { mono_ms: 0, wall_ms: 1_795_899_600_000 };

#[test]
fn every_output_in_the_corpus_is_recognised_and_read() {
    let mut inputs: Vec<PathBuf> =
        fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.retain(|path| path.extension().is_some_and(|extension| extension == "in"));
    inputs.sort();
    assert!(inputs.len() >= 40, "{}", inputs.len());
    let programs = fs::read_to_string(corpus().join("programs.tsv")).unwrap();
    let is_writing = std::env::var_os("TICKERTAPE_CORPUS").is_some_and(|value| value == "write");
    let mut wrong = Vec::new();
    for input in inputs {
        let name = input.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            programs.lines().any(|line| line.split('\t').next() == Some(&name)),
            "programs.tsv does not name {name}"
        );
        let found = read(&fs::read(&input).unwrap());
        let expected = input.with_extension("out");
        if is_writing {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{name} became\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/program/corpus")
}

fn read(input: &[u8]) -> String {
    let mut reader = Reader::new(Options::default(), Box::new(Utc));
    let mut splitter = Splitter::default();
    let mut lines = splitter.push(input);
    lines.extend(splitter.finish());
    let mut outcomes: Vec<Outcome> = lines.into_iter().flat_map(|line| reader.read(line, NOW)).collect();
    outcomes.extend(reader.finish(NOW));
    let (mut body, mut panel) = (String::new(), "none");
    let (mut published, mut logged, mut structure, mut unreadable, mut blank) = (0, 0, 0, 0, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Publish(publication) if publication.to == Destination::Topic => {
                published += publication.lines.len();
                panel = suitable(&serde_json::from_str(&publication.json).unwrap());
                let at = publication.ts.map(|ts| format!("@{ts} ")).unwrap_or_default();
                writeln!(body, "{at}{}", publication.json).unwrap();
            }
            Outcome::Publish(publication) => {
                logged += publication.lines.len();
                writeln!(body, "log: {}", publication.json).unwrap();
            }
            Outcome::Unreadable { line, reason } => {
                unreadable += 1;
                writeln!(body, "unreadable: line {line}: {reason}").unwrap();
            }
            Outcome::Structure { .. } => structure += 1,
            Outcome::Blank { .. } => blank += 1,
        }
    }
    let format = reader.format().map_or("none", |format| format.name());
    let units = serde_json::to_string(&reader.units()).unwrap();
    format!(
        "{format}, panel {panel}; {published} published, {logged} to the log, {structure} structure, {unreadable} unreadable, {blank} blank\n{body}units: {units}\n"
    )
}

/// Returns the panel that suits the data, by a short version of the board's rule.
fn suitable(data: &Value) -> &'static str {
    const MESSAGES: [&str; 4] = ["message", "msg", "text", "event"];
    match data {
        Value::Number(_) => "number",
        Value::Bool(_) => "state",
        Value::String(text) if text.chars().count() <= 24 => "state",
        Value::String(_) | Value::Null => "log",
        Value::Object(fields)
            if MESSAGES.iter().any(|name| fields.get(*name).is_some_and(Value::is_string)) =>
        {
            "log"
        }
        Value::Object(_) => match numbers(data) {
            0 => "table",
            1 => "number",
            _ => "line",
        },
        Value::Array(items) if items.iter().all(Value::is_number) => "line",
        Value::Array(_) => "table",
    }
}

fn numbers(data: &Value) -> usize {
    match data {
        Value::Number(_) => 1,
        Value::Object(fields) => fields.values().map(numbers).sum(),
        _ => 0,
    }
}
