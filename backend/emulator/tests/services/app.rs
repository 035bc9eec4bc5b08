//! The apps of the tests.

use std::collections::BTreeMap;

use serverless_app::{App, Settings};

const TABLE: &str = "
Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: rooms
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }, { AttributeName: owner, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      GlobalSecondaryIndexes:
        - { IndexName: byOwner, KeySchema: [{ AttributeName: owner, KeyType: HASH }], Projection: { ProjectionType: ALL } }
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: expires, Enabled: true }
  Handler:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: handler, InlineCode: x, Handler: index.handler, Runtime: nodejs20.x }
";

/// Reads a template with these resources.
pub fn read(resources: &str) -> App {
    let files = BTreeMap::from([(
        "template.yaml".to_owned(),
        format!("Transform: AWS::Serverless-2016-10-31\n{resources}"),
    )]);
    serverless_app::read("template.yaml", &files, &Settings::default()).expect("a valid template")
}

/// Returns an app with the table `rooms`.
pub fn table() -> App {
    read(TABLE)
}

/// Returns an app with the table `rooms`, whose stream invokes a function, and a queue for failures. `properties` are those of the
/// mapping.
pub fn stream(properties: &str) -> App {
    read(&format!(
        "{TABLE}
  Failures: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: failures }} }}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{ FunctionName: !Ref Handler, EventSourceArn: !GetAtt Rooms.StreamArn, {properties} }}
"
    ))
}

/// Returns an app with a queue that invokes a function. `queue` and `mapping` are their properties.
pub fn queue(queue: &str, mapping: &str) -> App {
    read(&format!(
        "Resources:
  Dead: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: dead }} }}
  Jobs: {{ Type: AWS::SQS::Queue, Properties: {{ {queue} }} }}
  Handler:
    Type: AWS::Serverless::Function
    Properties: {{ FunctionName: handler, InlineCode: x, Handler: index.handler, Runtime: nodejs20.x }}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{ FunctionName: !Ref Handler, EventSourceArn: !GetAtt Jobs.Arn, {mapping} }}
"
    ))
}
