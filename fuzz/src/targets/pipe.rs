//! Fuzzes the parsers of the formats that `tickertape pipe` reads.

use tickertape_inputs::{Format, Moment, Options, Outcome, Reader, Splitter, Utc};

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "pipe",
    words: &[
        "# TYPE x counter",
        "procs -----memory",
        "time=",
        "level=",
        "{\"msg\":",
        "<34>1 ",
        "|c|@0.1",
        "\t",
        ";",
        " %",
        "MiB",
        "\n",
    ],
    seeds: None,
    run,
};

/// Reads the input as lines for `tickertape pipe`. The first byte selects the format. Checks that all data to publish
/// is valid JSON.
fn run(input: &[u8]) -> u64 {
    let (choice, lines) = input.split_first().map_or((0, input), |(first, rest)| (*first, rest));
    let format = Format::ALL.into_iter().nth(usize::from(choice));
    let options = Options { format, key: None, time: None };
    let mut reader = Reader::new(options, Box::new(Utc));
    let mut splitter = Splitter::default();
    let now = Moment { mono_ms: 0, wall_ms: 1_800_000_000_000 };
    let mut lines = splitter.push(lines);
    lines.extend(splitter.finish());
    let mut outcomes = Vec::new();
    for line in lines {
        outcomes.extend(reader.read(line, now));
    }
    outcomes.extend(reader.finish(now));
    for outcome in &outcomes {
        if let Outcome::Publish(publication) = outcome {
            serde_json::from_str::<serde_json::Value>(&publication.json).expect("a publication is JSON");
        }
    }
    let kinds = outcomes.iter().take(6).map(std::mem::discriminant);
    signature((choice, reader.format().map(Format::name), kinds.collect::<Vec<_>>()))
}
