//! Reads descriptions that are written in tests.

use std::collections::BTreeMap;

use serverless_app::{App, Error, Function, NoteKind, Settings, read};

/// A function for templates that need one.
pub const FUNCTION: &str = "
  Chat:
    Type: AWS::Lambda::Function
    Properties: { Code: src/, Handler: index.handler, Runtime: nodejs22.x }
";
/// The arguments of an integration that invokes the function above.
pub const INVOKED: &str =
    "!Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Chat.Arn}/invocations'";

pub fn files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// Reads one file.
pub fn read_file(path: &str, text: &str, settings: &Settings) -> Result<App, Error> {
    read(path, &files([(path, text)]), settings)
}

pub fn template(text: &str) -> Result<App, Error> {
    read_file("template.yaml", text, &Settings::default())
}

/// Reads a template that is expected to be right.
#[track_caller]
pub fn app(text: &str) -> App {
    template(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Reads a template with a mistake, and returns the error as it is displayed.
#[track_caller]
pub fn mistake(text: &str) -> String {
    template(text).expect_err("the template has a mistake").to_string()
}

/// Reads a `serverless.yml` that is expected to be right.
#[track_caller]
pub fn serverless(text: &str) -> App {
    read_file("serverless.yml", text, &Settings::default()).unwrap_or_else(|error| panic!("{error}"))
}

pub fn with_parameters<const N: usize>(parameters: [(&str, &str); N]) -> Settings {
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings { parameters: parameters.into(), ..Settings::default() }
}

#[track_caller]
pub fn function<'a>(app: &'a App, logical_id: &str) -> &'a Function {
    let found = app.functions.iter().find(|function| function.logical_id == logical_id);
    found.unwrap_or_else(|| panic!("there is no function {logical_id}: {:?}", app.functions))
}

/// Returns the notes of a kind, each as `PATH: MEANING`.
pub fn notes(app: &App, kind: NoteKind) -> Vec<String> {
    let notes = app.notes.iter().filter(|note| note.kind == kind);
    notes.map(|note| format!("{}: {}", note.path, note.meaning)).collect()
}

pub fn missing(app: &App) -> Vec<String> {
    notes(app, NoteKind::Missing)
}
