//! Tests that read whole outputs of real programs. `cli/tests/program/corpus/NAME.in` is the output of a program, and
//! `NAME.out` is the result that a person expects. `programs.tsv` in the same folder contains the program and its
//! version.
//!
//! The first line of `NAME.out` contains the format, the panel that the board shows after all publications, and the
//! counts. After it, there is a line for each publication (its time, if the lines contain one, and its data), for
//! each line in the topic `log`, and for each unreadable line. The last line contains the units. With
//! `TICKERTAPE_CORPUS=write`, the test writes these files instead of comparing them; check each of them then.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expects")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use board_model::chart::SeriesSet;
use board_model::kind::Kind;
use board_model::stream::{Origin, Stream};
use shared::{Data, Topic, TopicMeta};
use tickertape_inputs::{Destination, Moment, Options, Outcome, Publication, Reader, Splitter, Utc};

/// The time of reading in the tests, 2026-11-28T21:00:00Z. All outputs are of that day or of the week before.
const NOW: Moment = Moment { mono_ms: 0, wall_ms: 1_795_923_000_000 };

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
    let mut body = String::new();
    let mut board = Board::new();
    let (mut published, mut logged, mut structure, mut unreadable, mut blank) = (0, 0, 0, 0, 0);
    for outcome in outcomes {
        match outcome {
            Outcome::Publish(publication) if publication.to == Destination::Topic => {
                published += publication.lines.len();
                board.take(&publication, &reader);
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
    let panel = board.stream.kind().map_or("none", Kind::word);
    let format = reader.format().map_or("none", |format| format.name());
    let units = serde_json::to_string(&reader.units()).unwrap();
    format!(
        "{format}, panel {panel}; {published} published, {logged} to the log, {structure} structure, {unreadable} unreadable, {blank} blank\n{body}units: {units}\n"
    )
}

/// The board's model of the topic to which an output is published.
struct Board {
    stream: Stream,
    series: SeriesSet,
    offset: u64,
}

impl Board {
    fn new() -> Self {
        let stream = Stream::new(Topic::new("corpus/output").unwrap());
        Self { stream, series: SeriesSet::new(10_000), offset: 0 }
    }

    fn take(&mut self, publication: &Publication, reader: &Reader) {
        self.offset += 1;
        let data: Data = serde_json::from_str(&publication.json).unwrap();
        let ts = publication.ts.unwrap_or(NOW.wall_ms);
        let item = shared::Publication { offset: self.offset, ts, received_at: NOW.wall_ms, data };
        self.stream.tell(TopicMeta { units: reader.units(), ..TopicMeta::default() }, &mut self.series);
        self.stream.take(&[item], Origin::Live, &mut self.series, NOW.wall_ms);
    }
}
