//! Parameters of templates.

use serverless_app::Settings;

use crate::support::{missing, read_file, with_parameters};

fn template(definition: &str) -> String {
    format!(
        "
Parameters:
  Size: {definition}
Resources:
  Jobs: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: !Sub 'jobs-${{Size}}' }} }}
"
    )
}

#[track_caller]
fn name(definition: &str, settings: &Settings) -> Result<String, String> {
    let app = read_file("template.yaml", &template(definition), settings);
    app.map(|app| app.queues[0].name.clone()).map_err(|error| error.to_string())
}

#[test]
fn a_given_value_replaces_the_default() {
    let definition = "{ Type: Number, Default: 3, MinValue: 1, MaxValue: 20 }";
    assert_eq!(name(definition, &Settings::default()).as_deref(), Ok("jobs-3"));
    assert_eq!(name(definition, &with_parameters([("Size", "7")])).as_deref(), Ok("jobs-7"));
}

#[test]
fn a_value_that_is_not_allowed_is_refused_with_those_that_are() {
    let cases = [
        ("{ Type: String }", None, "the parameter Size has no default: give it a value: --param Size=VALUE"),
        (
            "{ Type: Number, Default: 3 }",
            Some("big"),
            "the value `big` of the parameter Size is not a number: give it a number",
        ),
        (
            "{ Type: String, Default: a, AllowedValues: [a, b] }",
            Some("c"),
            "the value `c` of the parameter Size is not allowed: give it one of a, b",
        ),
        (
            "{ Type: Number, Default: 3, MaxValue: 5 }",
            Some("6"),
            "the value `6` of the parameter Size is outside of its MaxValue, 5: give it another one",
        ),
        (
            "{ Type: String, Default: abc, MinLength: 2 }",
            Some("a"),
            "the value `a` of the parameter Size is outside of its MinLength, 2: give it another one",
        ),
        (
            "{ Type: String, Default: [a] }",
            None,
            "the default of the parameter Size is a list: write a text; a list is a text with commas",
        ),
    ];
    for (definition, given, words) in cases {
        let settings = given.map_or_else(Settings::default, |value| with_parameters([("Size", value)]));
        let message = name(definition, &settings).expect_err(definition);
        assert!(message.starts_with("template.yaml:3:") && message.ends_with(words), "{message}");
    }
}

#[test]
fn a_value_for_a_parameter_that_does_not_exist_is_refused() {
    let message = name("{ Type: String, Default: a }", &with_parameters([("Sise", "b")])).unwrap_err();
    let words = "the template has no parameter `Sise`, for which a value was given: did you mean Size?";
    assert!(message.ends_with(words), "{message}");
}

#[test]
fn a_stored_parameter_is_named_unless_a_value_is_given() {
    let definition = "{ Type: 'AWS::SSM::Parameter::Value<String>', Default: /size }";
    let app = read_file("template.yaml", &template(definition), &Settings::default());
    let words = "the parameter store is not read, so the value is the name of the stored parameter; choose another with --param Size=VALUE";
    assert_eq!(missing(&app.unwrap()), [format!("Parameters.Size: {words}")]);
    let app = read_file("template.yaml", &template(definition), &with_parameters([("Size", "9")])).unwrap();
    assert_eq!((app.queues[0].name.as_str(), missing(&app)), ("jobs-9", Vec::new()));
}

#[test]
fn the_stored_parameter_of_each_template_of_cdk_is_not_missing() {
    let definition =
        "{ Type: 'AWS::SSM::Parameter::Value<String>', Default: /cdk-bootstrap/hnb659fds/version }";
    let app = read_file("template.yaml", &template(definition), &Settings::default());
    assert_eq!(missing(&app.unwrap()), Vec::<String>::new());
}
