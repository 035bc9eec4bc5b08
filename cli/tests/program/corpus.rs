//! Whole outputs of real commands, and what becomes of them: `corpus/NAME.in` and `corpus/NAME.out`, a line of
//! JSON for each publication, after a first line that names the format.

use std::fs;
use std::path::{Path, PathBuf};

use tickertape::pipe::{Detector, Format, Parser, Verdict};

#[test]
fn every_output_in_the_corpus_is_recognised_and_read() {
    let mut inputs: Vec<PathBuf> =
        fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.retain(|path| path.extension().is_some_and(|extension| extension == "in"));
    assert!(inputs.len() >= 8, "{inputs:?}");
    for input in inputs {
        let expected = fs::read_to_string(input.with_extension("out")).unwrap();
        assert_eq!(read(&fs::read_to_string(&input).unwrap()), expected, "{}", input.display());
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/corpus")
}

/// The format, then what each line became; errors as well.
fn read(input: &str) -> String {
    let format = recognise(input);
    let mut parser = Parser::new(format);
    let lines = input.lines().filter_map(|line| match parser.read(line) {
        Ok(item) => item.map(|item| item.data.to_string()),
        Err(error) => Some(format!("error: {error}")),
    });
    let lines: Vec<String> = lines.collect();
    format!("{format:?}\n{}\n", lines.join("\n"))
}

fn recognise(input: &str) -> Format {
    let mut detector = Detector::default();
    for line in input.lines().filter(|line| !line.trim().is_empty()) {
        if let Verdict::Is(format) = detector.push(line.to_owned()) {
            return format;
        }
    }
    detector.settle()
}
