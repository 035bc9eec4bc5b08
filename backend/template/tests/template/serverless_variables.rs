//! Variables of `serverless.yml`.

use std::collections::BTreeMap;

use serverless_app::{Error, Settings, read};

use crate::support::{files, function};

/// Reads a service with a file beside it, whose function has `value` in its environment.
fn value_of(value: &str, settings: &Settings) -> Result<(String, Vec<String>), Error> {
    let text = format!(
        "
service: {{ name: chat }}
provider: {{ name: aws, runtime: nodejs22.x, stage: \"${{opt:stage, 'test'}}\" }}
params: {{ default: {{ size: small, host: example.com }}, live: {{ size: large }} }}
custom:
  table: ${{self:service.name}}-${{sls:stage}}
  names: {{ test: tested, live: lived }}
  list: [one, two]
  file: ${{file(./settings.yml)}}
  here: ${{self:custom.file.inner}}
functions:
  f:
    handler: a.b
    environment:
      V: {value}
"
    );
    let beside = "inner: { a: from file, b: '${self:custom.list.1}' }\nlist: [x, y]";
    let all = files([
        ("app/serverless.yml", text.as_str()),
        ("app/settings.yml", beside),
        ("app/a.json", "{\"k\": 7}"),
        ("app/motto.txt", "be honest\n"),
    ]);
    let app = read("app", &all, settings)?;
    let notes = app.missing().map(ToString::to_string).collect();
    Ok((function(&app, "FLambdaFunction").environment.get("V").cloned().unwrap_or_default(), notes))
}

fn settings() -> Settings {
    let environment = [("HOME_REGION".to_owned(), "eu-west-1".to_owned())].into();
    let parameters: BTreeMap<String, String> = [("colour".to_owned(), "red".to_owned())].into();
    Settings { environment, parameters, ..Settings::default() }
}

#[test]
fn variables_have_the_values_of_their_sources() {
    let cases = [
        ("${self:custom.table}", "chat-test"),
        ("a-${self:custom.table}-b", "a-chat-test-b"),
        ("${self:custom.names.${self:provider.stage}}", "tested"),
        ("${self:custom.list.1}", "two"),
        ("${self:custom.file.list.0}", "x"),
        ("${self:custom.here.a}", "from file"),
        ("${self:custom.here.b}", "two"),
        ("\"${self:custom.nothing, 'else'}\"", "else"),
        ("\"${opt:colour, 'blue'}\"", "red"),
        ("\"${opt:size, self:custom.nothing, 12}\"", "12"),
        ("\"${opt:size, ${self:custom.list.0}}\"", "one"),
        ("\"${opt:size, ${opt:width}, 'x'}\"", "x"),
        ("${env:HOME_REGION}", "eu-west-1"),
        ("\"${env:NOTHING, ''}\"", ""),
        ("${sls:stage}", "test"),
        ("${param:size}", "small"),
        ("${param:host}", "example.com"),
        ("${param:colour}", "red"),
        ("${aws:accountId}", "123456789012"),
        ("${aws:region}", "us-east-1"),
        ("${file(./a.json):k}", "7"),
        ("${file(settings.yml):inner.a}", "from file"),
        ("\"${file(nothing.yml), 'none'}\"", "none"),
        ("${file(motto.txt)}", "be honest"),
        ("${strToBool(1)}", "true"),
        ("\"!Sub ${AWS::Region}\"", "!Sub ${AWS::Region}"),
        ("!Sub 'x ${AWS::Region} ${self:custom.list.0}'", "x us-east-1 one"),
    ];
    for (value, expected) in cases {
        let (found, notes) = value_of(value, &settings()).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!((found.as_str(), notes.len()), (expected, 0), "{value}");
    }
}

#[test]
fn the_stage_of_the_command_line_wins() {
    let settings = Settings { stage: Some("live".to_owned()), ..settings() };
    for (value, expected) in [
        ("${self:custom.table}", "chat-live"),
        ("${param:size}", "large"),
        ("${opt:stage}", "live"),
        ("${self:provider.stage}", "live"),
        ("${self:custom.names.${opt:stage}}", "lived"),
    ] {
        assert_eq!(value_of(value, &settings).unwrap().0, expected, "{value}");
    }
}

#[test]
fn a_variable_without_a_value_is_told_with_what_to_do() {
    let cases = [
        (
            "${opt:size}",
            "`${opt:size}` has no value: give it a value: --param size=VALUE, or add a default: ${opt:size, 'VALUE'}",
        ),
        (
            "${env:SIZE}",
            "`${env:SIZE}` has no value: set the environment variable SIZE, or add a default: ${env:SIZE, 'VALUE'}",
        ),
        (
            "${self:custom.size}",
            "`${self:custom.size}` has no value: add `custom.size` to the document, or add a default: ${self:custom.size, 'VALUE'}",
        ),
        (
            "${file(x.yml)}",
            "`${file(x.yml)}` has no value: write the path of a file that exists, or add a default: ${file(x.yml), 'VALUE'}",
        ),
        (
            "${file(x.js)}",
            "app/x.js is a program, and programs are not run for variables: run `npx serverless package`, and give the folder .serverless that this writes",
        ),
        (
            "${sfl:custom}",
            "`sfl` is not a source of variables: write one of aws, env, file, opt, param, self, sls, strToBool",
        ),
        (
            "${self:functions.f.environment.V}",
            "depends on itself: remove one of the variables of this circle",
        ),
        ("${self:}", "`${self:}` depends on itself: remove one of the variables of this circle"),
        (
            "a ${self:custom.names}",
            "`${self:custom.names}` is a map inside of a text: use a variable with a single value here",
        ),
        (
            "\"${opt:size, big}\"",
            "`big` is not the source of a variable: write `'big'` for a text, or a source such as `self:big`",
        ),
        ("${strToBool(maybe)}", "`maybe` is neither true nor false: write true, false, 1 or 0"),
    ];
    for (value, words) in cases {
        let message = value_of(value, &settings()).expect_err(value).to_string();
        assert!(message.starts_with("app/serverless.yml:") && message.ends_with(words), "{message}");
    }
}

#[test]
fn a_source_that_needs_an_account_is_named() {
    for (value, kind, words) in [
        ("${ssm:/key}", "ssm", "the parameter store of an account"),
        ("${cf:stack.Output}", "cf", "outputs of stacks in an account"),
        ("${s3:bucket/key}", "s3", "objects of S3"),
    ] {
        let (found, notes) = value_of(value, &settings()).unwrap();
        let [note] = notes.as_slice() else { panic!("{notes:?}") };
        assert_eq!(found, "", "{kind}");
        assert!(note.contains(&format!("{words} are not read, so the value is an empty text")), "{note}");
    }
    let (found, notes) = value_of("\"${ssm:/key, 'mine'}\"", &settings()).unwrap();
    assert_eq!((found.as_str(), notes.len()), ("mine", 0));
}
