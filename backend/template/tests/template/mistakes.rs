//! Mistakes in documents are told with file, line and column, and with words on what to write.

use serverless_app::Settings;

use crate::support::{mistake, read_file};

#[test]
fn a_mistake_in_yaml_has_its_place() {
    let message = mistake("Resources:\n  A: [1, 2\n  B: 3\n");
    assert!(
        message.starts_with("template.yaml:3:") && message.contains("this is not valid YAML"),
        "{message}"
    );
}

#[test]
fn a_mistake_in_json_has_its_place() {
    let message = read_file("template.json", "{\n\t\"Resources\": {,}\n}", &Settings::default()).unwrap_err();
    assert_eq!(
        message.to_string(),
        "template.json:2:16: this is not valid JSON (key must be a string): correct it here"
    );
}

#[test]
fn json_may_have_tabs_and_escapes() {
    let text = "{\n\t\"Resources\": {\n\t\t\"A\": {\"Type\":\t\"AWS::SQS::Queue\", \"Properties\": {\"QueueName\": \"a\\/\\u0062\\ud83d\\ude00\"}}\n\t}\n}";
    let app = read_file("template.json", text, &Settings::default()).unwrap();
    assert_eq!(app.queues[0].name, "a/b😀");
    assert_eq!(app.queues[0].place.to_string(), "template.json:3:3");
}

#[test]
fn mistakes_in_the_frame_of_a_template_are_told() {
    let cases = [
        (
            "",
            "template.yaml: the file is empty: give the path of a SAM or CloudFormation template or of a serverless.yml",
        ),
        (
            "A: b",
            "template.yaml:1:1: A is not a section of a template: write one of AWSTemplateFormatVersion, Conditions, Description, Globals, Hooks, Mappings, Metadata, Outputs, Parameters, Resources, Rules, Transform",
        ),
        (
            "Resource: {}",
            "template.yaml:1:1: Resource is not a section of a template: did you mean Resources?",
        ),
        (
            "Description: x",
            "template.yaml:1:1: the template has no section `Resources`: give the path of a SAM or CloudFormation template, whose section `Resources` lists what it deploys",
        ),
        ("Resources: [a]", "template.yaml:1:12: `Resources` is a list: write a map of names and resources"),
        (
            "Resources: { A: {} }",
            "template.yaml:1:14: the resource A has no `Type`: add its type, such as `Type: AWS::SQS::Queue`",
        ),
        (
            "Resources: { A: { Type: AWS::SQS::Queue, QueueName: x } }",
            "template.yaml:1:42: QueueName is not an entry of a resource: move it below `Properties:` of A, or remove it",
        ),
        (
            "Resources: { A: { Type: AWS::SQS::Queue, Property: {} } }",
            "template.yaml:1:42: Property is not an entry of a resource: move it below `Properties:` of A, or remove it",
        ),
        (
            "Resources: { A: { Type: AWS::SQS::Queue, Propertis: {} } }",
            "template.yaml:1:42: Propertis is not an entry of a resource: did you mean Properties?",
        ),
        (
            "Resources: { A: { Type: AWS::SQS::Queue, Properties: [x] } }",
            "template.yaml:1:54: the properties of A are a list: write a map of names and values",
        ),
        (
            "Resources:\n  A: { Type: x }\n  A: { Type: y }",
            "template.yaml:3:3: A is given twice: keep one of the two",
        ),
        (
            "Transform: AWS::Serverless-2016-10-31\nGlobals: { Functions: {} }\nResources: {}",
            "template.yaml:2:12: SAM has no globals for Functions: did you mean Function?",
        ),
        (
            "a: 1\n---\nb: 2",
            "template.yaml:2:1: the file contains a second document: keep one document in each file",
        ),
    ];
    for (text, words) in cases {
        assert_eq!(mistake(text), words, "{text}");
    }
}

#[test]
fn a_name_that_depends_on_itself_is_told() {
    let message = mistake(
        "
Resources:
  A: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt B.QueueName } }
  B: { Type: AWS::SQS::Queue, Properties: { QueueName: !GetAtt A.QueueName } }
",
    );
    assert_eq!(
        message,
        "template.yaml:4:56: the name of B depends on itself: remove one of the references of this circle"
    );
}

#[test]
fn a_type_that_does_not_exist_is_told_with_the_one_that_may_be_meant() {
    let sam = "Transform: AWS::Serverless-2016-10-31\n";
    for (kind, advice) in [
        ("AWS::Serverless::Funktion", "did you mean AWS::Serverless::Function?"),
        ("AWS::Serverless::Socket", "write one of AWS::Serverless::Api"),
        ("AWS::SQS::Queues", "did you mean AWS::SQS::Queue?"),
    ] {
        let message = mistake(&format!("{sam}Resources:\n  X: {{ Type: '{kind}' }}"));
        let problem = format!("template.yaml:3:3: there is no type of resources {kind}: {advice}");
        assert!(message.starts_with(&problem), "{message}");
    }
}
