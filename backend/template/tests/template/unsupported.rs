//! Everything that is not done has its sentence.

use serverless_app::NoteKind;

use crate::support::{app, missing, notes, serverless};

#[test]
fn a_resource_that_is_not_started_is_named() {
    let cases = [
        (
            "AWS::S3::Bucket",
            "this is not started, and calls of S3 are answered with the error 501 (NotImplementedException)",
        ),
        (
            "AWS::SNS::Topic",
            "this is not started: nothing is published or delivered, and calls of SNS are answered with the error 501 (NotImplementedException)",
        ),
        (
            "AWS::StepFunctions::StateMachine",
            "this is not started, and calls of StepFunctions are answered with the error 501 (NotImplementedException)",
        ),
        (
            "AWS::Cognito::UserPool",
            "this is not started: nobody can sign in, and calls of Cognito are answered with the error 501 (NotImplementedException)",
        ),
        (
            "AWS::CloudFormation::Stack",
            "this is not started, and calls of CloudFormation are answered with the error 501 (NotImplementedException)",
        ),
        ("Custom::Seed", "custom resources are not created, so what they do does not happen"),
        (
            "AWS::CloudFormation::CustomResource",
            "custom resources are not created, so what they do does not happen",
        ),
    ];
    for (kind, meaning) in cases {
        let app = app(&format!("Resources:\n  X: {{ Type: '{kind}' }}"));
        assert_eq!(missing(&app), [format!("Resources.X ({kind}): {meaning}")]);
        assert_eq!(app.notes[0].place.to_string(), "template.yaml:2:3");
    }
}

#[test]
fn a_resource_that_means_nothing_here_is_named_with_the_reason() {
    let cases = [
        ("AWS::IAM::Role", "permissions are not checked on one machine"),
        ("AWS::Lambda::Permission", "permissions are not checked on one machine"),
        ("AWS::Logs::LogGroup", "logs are shown as functions write them"),
        ("AWS::CloudWatch::Alarm", "alarms and dashboards are for AWS"),
        ("AWS::Route53::RecordSet", "names and certificates are not registered"),
        ("AWS::CDK::Metadata", "these are statistics of CDK"),
    ];
    for (kind, reason) in cases {
        let app = app(&format!("Resources:\n  X: {{ Type: '{kind}' }}"));
        assert_eq!(notes(&app, NoteKind::Irrelevant), [format!("Resources.X ({kind}): {reason}")]);
        assert_eq!(missing(&app), [""; 0]);
    }
}

#[test]
fn a_property_without_effect_is_named() {
    let cases = [
        (
            "AWS::SQS::Queue",
            "",
            "KmsMasterKeyId: x",
            NoteKind::Irrelevant,
            "KmsMasterKeyId: nothing is encrypted with keys of an account here",
        ),
        (
            "AWS::SQS::Queue",
            "",
            "DeduplicationScope: x",
            NoteKind::Missing,
            "DeduplicationScope: messages of a FIFO queue are compared with all messages of the queue",
        ),
        (
            "AWS::SQS::Queue",
            "",
            "Colour: red",
            NoteKind::Missing,
            "Colour: this property is not known here and changes nothing",
        ),
        (
            "AWS::Lambda::Function",
            "Code: s, Handler: h, Runtime: r, ",
            "VpcConfig: {}",
            NoteKind::Irrelevant,
            "VpcConfig: functions run in the network of this machine",
        ),
        (
            "AWS::Lambda::Function",
            "Code: s, Handler: h, Runtime: r, ",
            "DeadLetterConfig: {}",
            NoteKind::Missing,
            "DeadLetterConfig: events of asynchronous invocations that failed are discarded, and not sent there",
        ),
        (
            "AWS::Lambda::Function",
            "Code: s, Handler: h, Runtime: r, ",
            "Environment: { Variabels: {} }",
            NoteKind::Missing,
            "Environment.Variabels: this property is not known here and changes nothing",
        ),
    ];
    let table = "AttributeDefinitions: [{ AttributeName: a, AttributeType: S }], KeySchema: [{ AttributeName: a, KeyType: HASH }], ";
    let index = "GlobalSecondaryIndexes: [{ IndexName: i, KeySchema: [{ AttributeName: a, KeyType: HASH }], Projection: { ProjectionType: ALL }, ";
    let inner = format!("{table}{index}");
    let more = [
        (
            "AWS::DynamoDB::Table",
            inner.as_str(),
            "ProvisionedThroughput: {} }]",
            NoteKind::Irrelevant,
            "GlobalSecondaryIndexes.ProvisionedThroughput: capacity is not limited here",
        ),
        (
            "AWS::DynamoDB::GlobalTable",
            inner.as_str(),
            "Colour: red }]",
            NoteKind::Missing,
            "GlobalSecondaryIndexes.Colour: this property is not known here and changes nothing",
        ),
        (
            "AWS::DynamoDB::Table",
            table,
            "TimeToLiveSpecification: { Enable: true }",
            NoteKind::Missing,
            "TimeToLiveSpecification.Enable: this property is not known here and changes nothing",
        ),
    ];
    for (kind, before, property, weight, words) in cases.into_iter().chain(more) {
        let app =
            app(&format!("Resources:\n  X: {{ Type: '{kind}', Properties: {{ {before}{property} }} }}"));
        assert_eq!(notes(&app, weight), [format!("Resources.X.Properties.{words}")]);
        assert_eq!(app.notes.len(), 1);
    }
}

#[test]
fn a_property_that_is_switched_off_is_not_named() {
    let app = app("Resources: { X: { Type: AWS::SQS::Queue, Properties: { SqsManagedSseEnabled: false } } }");
    assert_eq!(app.notes, []);
}

#[test]
fn a_property_that_a_condition_removes_is_not_named() {
    let app = app("
Conditions: { Never: !Equals [a, b] }
Resources:
  X: { Type: AWS::SQS::Queue, Properties: { Tags: !If [Never, [], !Ref 'AWS::NoValue'] } }
");
    assert_eq!(app.notes, []);
}

#[test]
fn a_reference_to_what_is_not_started_is_named_with_its_value() {
    let app = app("
Resources:
  Photos: { Type: AWS::S3::Bucket }
  Pool: { Type: AWS::Cognito::UserPool }
  Role: { Type: AWS::IAM::Role }
Outputs:
  Name: { Value: !Ref Photos }
  Arn: { Value: !GetAtt Photos.Arn }
  Domain: { Value: !GetAtt Pool.ProviderURL }
  Role: { Value: !GetAtt Role.Arn }
");
    let values: Vec<&str> = app.outputs.values().map(String::as_str).collect();
    assert_eq!(
        values,
        [
            "arn:aws:s3:::app-photos",
            "app-Pool-ProviderURL",
            "app-photos",
            "arn:aws:iam::123456789012:role/app-Role"
        ]
    );
    let meaning = "nothing is started for this resource, so the value is invented";
    let note = |id: &str, kind: &str, value: &str| {
        format!("the reference to Resources.{id} ({kind}): {meaning}: {value}")
    };
    assert_eq!(
        missing(&app)[2..],
        [
            note("Photos", "AWS::S3::Bucket", "app-photos"),
            note("Photos", "AWS::S3::Bucket", "arn:aws:s3:::app-photos"),
            note("Pool", "AWS::Cognito::UserPool", "app-Pool-ProviderURL"),
        ]
    );
}

#[test]
fn macros_and_rules_are_named() {
    let app = app("
Transform: [AWS::LanguageExtensions, MyMacro, { Name: 'AWS::Include' }]
Rules: { Region: {} }
Resources: { Jobs: { Type: AWS::SQS::Queue } }
");
    let meaning = "macros run in an account, so the template is read as if this transform changed nothing";
    assert_eq!(
        missing(&app),
        [format!("Transform MyMacro: {meaning}"), format!("Transform AWS::Include: {meaning}")]
    );
    let rules =
        "Rules: the rules for parameters are not checked here; CloudFormation checks them when it deploys";
    assert_eq!(notes(&app, NoteKind::Irrelevant), [rules]);
}

#[test]
fn a_function_that_would_add_entries_to_a_section_is_named() {
    let sections = "
Conditions: { 'Fn::ForEach::Checks': [Name, [One], { 'Is${Name}': !Equals [a, a] }] }
Mappings: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: s3://bucket/mappings.yaml } } }
Resources:
  Fn::ForEach::Queues: [Name, [One, Two], { 'Queue${Name}': { Type: AWS::SQS::Queue } }]
  Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://bucket/more.yaml } }
  Jobs: { Type: AWS::SQS::Queue }
Outputs:
  Fn::ForEach::Addresses: [Name, [One, Two], { 'Address${Name}': { Value: !Ref Jobs } }]
";
    let names = [
        "Conditions.Fn::ForEach::Checks",
        "Mappings.Fn::Transform",
        "Resources.Fn::ForEach::Queues",
        "Resources.Fn::Transform",
        "Outputs.Fn::ForEach::Addresses",
    ];
    let meaning = "this function is not evaluated, and what it would add to this section does not exist here";
    let in_template = app(&format!("Transform: AWS::LanguageExtensions{sections}"));
    assert_eq!(missing(&in_template), names.map(|name| format!("{name}: {meaning}")));
    let part = sections.replace('\n', "\n  ");
    let in_serverless = serverless(&format!(
        "service: chat\nprovider: {{ name: aws, runtime: nodejs22.x }}\nresources:{part}"
    ));
    assert_eq!(missing(&in_serverless), names.map(|name| format!("resources.{name}: {meaning}")));
    assert_eq!((in_template.queues.len(), in_serverless.queues.len()), (1, 1));
}

#[test]
fn an_import_that_no_stack_exports_is_named() {
    let app = app("
Resources: { Jobs: { Type: AWS::SQS::Queue } }
Outputs: { Vpc: { Value: !ImportValue network-vpc } }
");
    assert_eq!(app.outputs["Vpc"], "network-vpc");
    let meaning = "no stack of this app exports this name, so the value is a placeholder: the name itself";
    assert_eq!(missing(&app), [format!("ImportValue network-vpc: {meaning}")]);
}

#[test]
fn every_note_is_displayed_with_its_place() {
    let app = app("Resources:\n  Photos: { Type: AWS::S3::Bucket }");
    assert_eq!(
        app.notes[0].to_string(),
        "template.yaml:2:3: Resources.Photos (AWS::S3::Bucket): \
         this is not started, and calls of S3 are answered with the error 501 (NotImplementedException)"
    );
}

#[test]
fn a_variable_that_lambda_reserves_is_named_with_its_place_and_not_set() {
    let app = app("
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: nodejs22.x
      Code: { ZipFile: '' }
      Environment:
        Variables:
          TABLE: topics
          AWS_REGION: hacked
");
    assert_eq!(app.functions[0].environment.keys().collect::<Vec<_>>(), ["TABLE"]);
    let note = app.notes[0].to_string();
    assert!(
        note.starts_with(
            "template.yaml:12:11: Resources.F.Properties.Environment.Variables.AWS_REGION: Lambda reserves"
        ),
        "{note}"
    );
}
