//! CloudFormation's functions.

use crate::support::{app, function, missing, mistake};

/// A template with several resources to refer to, and an environment variable whose value is `expression`.
fn with_value(expression: &str) -> String {
    format!(
        "
Parameters:
  Word: {{ Type: String, Default: yes-please }}
  Words: {{ Type: CommaDelimitedList, Default: 'a, b,c' }}
Mappings:
  Sizes:
    us-east-1: {{ small: 128, big: '1024', zones: [x, y] }}
Conditions:
  Yes: !Equals [!Ref Word, yes-please]
  No: !Not [!Condition Yes]
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Code: src/
      Handler: index.handler
      Runtime: nodejs22.x
      Environment:
        Variables:
          A: kept
          V: {expression}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{{ AttributeName: id, AttributeType: S }}]
      KeySchema: [{{ AttributeName: id, KeyType: HASH }}]
      StreamSpecification: {{ StreamViewType: NEW_IMAGE }}
  Named:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '${{AWS::StackName}}-${{Word}}'
      AttributeDefinitions: [{{ AttributeName: id, AttributeType: S }}]
      KeySchema: [{{ AttributeName: id, KeyType: HASH }}]
  Jobs: {{ Type: AWS::SQS::Queue }}
  Orders: {{ Type: AWS::SQS::Queue, Properties: {{ FifoQueue: true }} }}
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {{ Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {{ ApiId: !Ref Api, StageName: live }}
  Common:
    Type: AWS::Lambda::LayerVersion
    Properties: {{ Content: layer/, LayerName: common }}
"
    )
}

#[track_caller]
fn value_of(expression: &str) -> Option<String> {
    let app = app(&with_value(expression));
    let environment = &function(&app, "F").environment;
    assert_eq!(environment["A"], "kept");
    environment.get("V").cloned()
}

#[test]
fn functions_have_the_values_that_cloudformation_gives_them() {
    let cases = [
        ("1", "1"),
        ("1.50", "1.50"),
        ("true", "true"),
        ("!Ref Word", "yes-please"),
        ("{ Ref: Word }", "yes-please"),
        ("!Sub 'a ${Word} b'", "a yes-please b"),
        ("!Sub 'a ${!Word} b'", "a ${Word} b"),
        ("!Sub 'a ${ Word } $ {b} ${'", "a yes-please $ {b} ${"),
        ("!Sub ['${x}/${Word}', { x: !Ref 'AWS::Region' }]", "us-east-1/yes-please"),
        ("{ 'Fn::Sub': ['${Word}', { Word: mine }] }", "mine"),
        ("!Sub '${Jobs.QueueName}'", "app-Jobs"),
        ("!Join ['-', [a, !Ref Word, 3]]", "a-yes-please-3"),
        ("!Join ['', !Ref Words]", "abc"),
        ("!Join [',', []]", ""),
        ("!Join ['-', [a, !Ref 'AWS::NoValue', b]]", "a-b"),
        ("!Select [1, !Ref Words]", "b"),
        ("!Select ['0', [x, y]]", "x"),
        ("!Select [2, !Split ['-', a-b-c-d]]", "c"),
        ("!Join ['+', !Split [', ', 'a, b']]", "a+b"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', big]", "1024"),
        ("!Select [1, !FindInMap [Sizes, us-east-1, zones]]", "y"),
        ("!FindInMap [Sizes, eu-west-1, big, { DefaultValue: none }]", "none"),
        ("!If [Yes, a, b]", "a"),
        ("!If [No, a, !If [Yes, c, d]]", "c"),
        ("!Join ['', ['arn:', !Ref 'AWS::Partition', ':', !Ref 'AWS::AccountId']]", "arn:aws:123456789012"),
        ("!Sub '${AWS::URLSuffix} ${AWS::StackName}'", "amazonaws.com app"),
        ("!Select [0, !GetAZs '']", "us-east-1a"),
    ];
    for (expression, value) in cases {
        assert_eq!(value_of(expression).as_deref(), Some(value), "{expression}");
    }
}

#[test]
fn references_to_resources_are_their_names_and_addresses() {
    let cases = [
        ("!Ref Table", "app-Table"),
        ("!Ref Named", "app-yes-please"),
        ("!GetAtt Table.Arn", "arn:aws:dynamodb:us-east-1:123456789012:table/app-Table"),
        (
            "!GetAtt [Table, StreamArn]",
            "arn:aws:dynamodb:us-east-1:123456789012:table/app-Table/stream/2020-01-01T00:00:00.000",
        ),
        ("!Ref F", "app-F"),
        ("{ 'Fn::GetAtt': [F, Arn] }", "arn:aws:lambda:us-east-1:123456789012:function:app-F"),
        ("!Ref Jobs", "https://sqs.us-east-1.amazonaws.com/123456789012/app-Jobs"),
        ("!GetAtt Jobs.QueueUrl", "https://sqs.us-east-1.amazonaws.com/123456789012/app-Jobs"),
        ("!GetAtt Jobs.Arn", "arn:aws:sqs:us-east-1:123456789012:app-Jobs"),
        ("!GetAtt Orders.QueueName", "app-Orders.fifo"),
        ("!Ref Stage", "live"),
        ("!Ref Common", "arn:aws:lambda:us-east-1:123456789012:layer:common:1"),
    ];
    for (expression, value) in cases {
        assert_eq!(value_of(expression).as_deref(), Some(value), "{expression}");
    }
}

#[test]
fn the_identifier_of_an_api_is_the_same_wherever_it_stands() {
    let app = app(&with_value("!Sub 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}'"));
    let id = &app.apis[0].id;
    assert_eq!(id.len(), 10);
    assert!(id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{id}");
    let endpoint = format!("https://{id}.execute-api.us-east-1.amazonaws.com/live");
    assert_eq!(function(&app, "F").environment["V"], endpoint);
    let wss = format!("wss://{id}.execute-api.us-east-1.amazonaws.com");
    assert_eq!(value_of("!GetAtt Api.ApiEndpoint"), Some(wss));
}

#[test]
fn a_value_that_is_no_value_is_absent() {
    assert_eq!(value_of("!Ref AWS::NoValue"), None);
    assert_eq!(value_of("!If [No, a, !Ref 'AWS::NoValue']"), None);
}

#[test]
fn a_branch_that_is_not_taken_is_not_evaluated() {
    assert_eq!(value_of("!If [Yes, a, !Ref Nothing]").as_deref(), Some("a"));
}

#[test]
fn a_function_that_is_not_evaluated_is_named() {
    for name in ["Base64", "Cidr", "Length", "ToJsonString", "Transform", "Unheard"] {
        let app = app(&with_value(&format!("!{name} x")));
        assert_eq!(function(&app, "F").environment["V"], "");
        let note = format!("Fn::{name}: this function is not evaluated, and its value is an empty text");
        assert_eq!(missing(&app), [note]);
    }
}

#[test]
fn a_secret_of_an_account_stays_as_it_is_and_is_named() {
    let text = "{{resolve:secretsmanager:key}}";
    let app = app(&with_value(&format!("'{text}'")));
    assert_eq!(function(&app, "F").environment["V"], text);
    let meaning = "parameters and secrets of an account are not read, so the text stays as it is";
    assert_eq!(missing(&app), [format!("{text}: {meaning}")]);
}

#[test]
fn a_wrong_use_of_a_function_is_told_with_the_right_one() {
    let cases = [
        ("!Ref Tabel", "there is no parameter and no resource `Tabel`: did you mean Table?"),
        (
            "!Ref",
            "there is no parameter and no resource ``: write one of Api, Common, F, Jobs, Named, Orders, Stage, Table, Word, Words",
        ),
        (
            "!GetAtt Table",
            "`GetAtt` needs a resource and an attribute: write `!GetAtt RESOURCE.ATTRIBUTE`, such as `!GetAtt Jobs.Arn`",
        ),
        (
            "!GetAtt Table.Stream",
            "AWS::DynamoDB::Table has no attribute `Stream`: write one of Arn, StreamArn",
        ),
        (
            "!GetAtt Named.StreamArn",
            "the table Named has no stream: add `StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }` to its properties",
        ),
        ("!Join [a]", "this function has 1 arguments: write `!Join [DELIMITER, [VALUE, VALUE]]`"),
        ("!Join [a, b]", "the second argument of `Join` is a single value: write a list"),
        (
            "!Select [3, [a]]",
            "the list has 1 values, and none with the index `3`: write an index that exists; the first one is 0",
        ),
        ("!Split ['', a]", "the delimiter of `Split` is empty: write one, such as ','"),
        (
            "!FindInMap [Sizes, us-east-1, medium]",
            "the mappings have no `medium` here: write one of big, small, zones",
        ),
        ("!If [Maybe, a, b]", "there is no condition `Maybe`: write one of No, Yes"),
        (
            "!If [Yes, a]",
            "this function has 2 arguments: write `!If [CONDITION, VALUE_IF_TRUE, VALUE_IF_FALSE]`",
        ),
        (
            "!Sub '${request.body}'",
            "there is no parameter and no resource `request`: write one of Api, Common, F, Jobs, Named, Orders, Stage, Table, Word, Words; write ${!request.body} if the text itself is meant",
        ),
        (
            "!Sub { a: b }",
            "the text of `Sub` is a map: write `!Sub 'TEXT ${NAME}'` or `!Sub ['TEXT ${NAME}', {NAME: VALUE}]`",
        ),
        (
            "!Sub '${Words}'",
            "`${Words}` is a list: write a single value, or a function that returns one; write ${!Words} if the text itself is meant",
        ),
        ("[a]", "Resources.F.Properties.Environment.Variables.V is a list: write a single value"),
    ];
    for (expression, words) in cases {
        let message = mistake(&with_value(expression));
        assert!(message.starts_with("template.yaml:21:"), "{expression}: {message}");
        assert!(message.ends_with(words) || message.contains(words), "{expression}: {message}");
    }
}
