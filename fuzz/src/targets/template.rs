//! Descriptions of serverless apps: templates of SAM, CloudFormation and CDK, and `serverless.yml`.

use std::collections::BTreeMap;

use serverless_app::{App, Error, Settings, read};

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target {
    name: "template",
    words: &[
        "!Ref ",
        "!Sub '${A}'",
        "!GetAtt A.Arn",
        "!If [C, a, b]",
        "!Join ['', [a, b]]",
        "{Ref: A}",
        "${self:custom.a}",
        "${opt:a, 'b'}",
        "${file(a.yml):b}",
        "&a ",
        "*a",
        "<<: *a",
        "Transform: AWS::Serverless-2016-10-31",
        "  Type: AWS::SQS::Queue\n",
        "---\n",
        "[",
        "{",
        "\t",
    ],
    seeds: None,
    run,
};

/// The first line is the path of the file, the others are its text. Checks that the same text gives the same app twice,
/// that every note and every error has a place in the file and words, and that names of functions lead to functions.
fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let (path, text) = text.split_once('\n').unwrap_or(("template.yaml", &text));
    let files = BTreeMap::from([(path.to_owned(), text.to_owned())]);
    let settings = Settings::default();
    let result = read(path, &files, &settings);
    assert_eq!(result, read(path, &files, &settings), "the same text gives another app");
    match result {
        Ok(app) => shape(&app, text),
        Err(error) => failure(&error, text),
    }
}

fn shape(app: &App, text: &str) -> u64 {
    for note in &app.notes {
        assert!(!note.path.is_empty() && !note.meaning.is_empty());
        assert!(note.place.line as usize <= lines(text), "{note}");
    }
    for mapping in &app.mappings {
        assert!(app.function(&mapping.function).is_some(), "{mapping:?}");
    }
    assert!(app.apis.iter().all(|api| !api.stages.is_empty()));
    let counts =
        [app.apis.len(), app.functions.len(), app.tables.len(), app.queues.len(), app.mappings.len()];
    signature((counts.map(|count| count.min(3)), app.notes.len().min(6), app.outputs.len().min(3)))
}

fn failure(error: &Error, text: &str) -> u64 {
    assert!(!error.problem.is_empty() && !error.advice.is_empty());
    assert!(error.place.line as usize <= lines(text), "{error}");
    words_of(&error.problem)
}

/// Returns an upper bound for the number of lines. In YAML, a carriage return ends a line too.
fn lines(text: &str) -> usize {
    text.matches(['\n', '\r']).count() + 2
}
