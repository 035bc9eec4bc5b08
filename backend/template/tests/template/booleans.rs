//! Booleans, however they are written.

use serverless_app::{App, Settings};

use crate::support::{app, function, read_file, serverless, with_parameters};

const TRUE: [&str; 3] = ["true", "True", "TRUE"];
const FALSE: [&str; 3] = ["false", "False", "FALSE"];
/// Booleans of YAML 1.1, which js-yaml reads as texts.
const TRUE_OF_YAML_1_1: [&str; 6] = ["yes", "Yes", "YES", "on", "On", "ON"];
const FALSE_OF_YAML_1_1: [&str; 6] = ["no", "No", "NO", "off", "Off", "OFF"];
const TEXTS: [&str; 9] = ["y", "Y", "n", "N", "tRUE", "yEs", "yes-please", "'Yes'", "\"on\""];

/// Returns the value of a variable that a template writes as `word`.
fn variable_in_template(word: &str) -> String {
    let app = app(&format!(
        "
Resources:
  Chat:
    Type: AWS::Lambda::Function
    Properties: {{ Code: src/, Handler: a.b, Runtime: nodejs22.x, Environment: {{ Variables: {{ WORD: {word} }} }} }}
"
    ));
    function(&app, "Chat").environment["WORD"].clone()
}

fn variable_in_serverless(word: &str) -> String {
    let app = serverless(&format!(
        "
service: chat
provider: {{ name: aws, runtime: nodejs22.x }}
functions: {{ talk: {{ handler: a.b, environment: {{ WORD: {word} }} }} }}
"
    ));
    function(&app, "TalkLambdaFunction").environment["WORD"].clone()
}

#[test]
fn a_boolean_of_a_template_is_true_or_false_as_cloudformation_reads_it() {
    for word in TRUE.into_iter().chain(TRUE_OF_YAML_1_1) {
        assert_eq!(variable_in_template(word), "true", "{word}");
    }
    for word in FALSE.into_iter().chain(FALSE_OF_YAML_1_1) {
        assert_eq!(variable_in_template(word), "false", "{word}");
    }
    for word in TEXTS {
        assert_eq!(variable_in_template(word), word.trim_matches(['\'', '"']));
    }
}

#[test]
fn a_boolean_of_a_serverless_yml_is_true_or_false_as_js_yaml_reads_it() {
    for word in TRUE {
        assert_eq!(variable_in_serverless(word), "true", "{word}");
    }
    for word in FALSE {
        assert_eq!(variable_in_serverless(word), "false", "{word}");
    }
    for word in TRUE_OF_YAML_1_1.into_iter().chain(FALSE_OF_YAML_1_1).chain(TEXTS) {
        assert_eq!(variable_in_serverless(word), word.trim_matches(['\'', '"']));
    }
}

/// Reads a template with a parameter. The queue exists if it is the text `true`.
fn with_parameter(definition: &str, settings: &Settings) -> Result<App, String> {
    let text = format!(
        "
Parameters: {{ Auth: {{ Type: String, {definition} }} }}
Conditions: {{ HasAuth: !Equals [!Ref Auth, 'true'] }}
Resources: {{ Jobs: {{ Type: AWS::SQS::Queue, Condition: HasAuth }} }}
"
    );
    read_file("template.yaml", &text, settings).map_err(|error| error.to_string())
}

#[test]
fn a_default_and_allowed_values_are_compared_as_booleans() {
    for (definition, exists) in [
        ("Default: True, AllowedValues: [true, false]", true),
        ("Default: yes, AllowedValues: [yes, no]", true),
        ("Default: true, AllowedValues: ['true', 'false']", true),
        ("Default: OFF, AllowedValues: [True, False]", false),
        ("Default: 'True'", false),
    ] {
        let app = with_parameter(definition, &Settings::default()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(!app.queues.is_empty(), exists, "{definition}");
    }
    let error = with_parameter("Default: yes, AllowedValues: [yes, no]", &with_parameters([("Auth", "yes")]))
        .expect_err("on AWS the allowed values are `true` and `false`");
    assert!(error.contains("give it one of true, false"), "{error}");
}

#[test]
fn a_setting_may_be_written_with_any_boolean() {
    for (word, is_fifo) in [("yes", true), ("True", true), ("off", false)] {
        let name = if is_fifo { "jobs.fifo" } else { "jobs" };
        let app = app(&format!(
            "Resources: {{ Jobs: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: {name}, FifoQueue: {word} }} }} }}"
        ));
        assert_eq!(app.queues[0].is_fifo, is_fifo, "{word}");
    }
}

#[test]
fn names_that_look_like_booleans_stay_as_they_are_written() {
    let app = app("
Parameters:
  On: { Type: String, Default: value }
Conditions: { Yes: !Equals [a, a], No: !Equals [a, b] }
Mappings: { Switch: { on: { off: found } } }
Resources:
  Jobs: { Type: AWS::SQS::Queue, Condition: Yes }
  Gone: { Type: AWS::SQS::Queue, Condition: No }
  Chat:
    Type: AWS::Lambda::Function
    Properties:
      Code: src/
      Handler: a.b
      Runtime: nodejs22.x
      Environment:
        Variables:
          on: !FindInMap [Switch, on, off]
          off: !If [No, a, !If [Yes, b, c]]
          yes: !Ref On
          no: { Ref: On }
");
    let variables: Vec<(&str, &str)> = function(&app, "Chat")
        .environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(variables, [("no", "value"), ("off", "b"), ("on", "found"), ("yes", "value")]);
    assert_eq!(app.queues.iter().map(|queue| queue.logical_id.as_str()).collect::<Vec<_>>(), ["Jobs"]);
}
