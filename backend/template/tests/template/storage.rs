//! Tables and queues.

use serverless_app::{Index, KeySchema, Redrive, Table};

use crate::support::{app, mistake};

fn table(properties: &str) -> String {
    format!(
        "
Transform: AWS::Serverless-2016-10-31
Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions:
        - {{ AttributeName: room, AttributeType: S }}
        - {{ AttributeName: at, AttributeType: N }}
{properties}"
    )
}

fn key(hash: &str, range: Option<&str>) -> KeySchema {
    KeySchema { hash: hash.to_owned(), range: range.map(str::to_owned) }
}

#[test]
fn a_table_has_keys_indexes_a_stream_and_a_time_to_live() {
    let properties = "
      KeySchema: [{ AttributeName: room, KeyType: HASH }, { AttributeName: at, KeyType: RANGE }]
      GlobalSecondaryIndexes:
        - IndexName: by-time
          KeySchema: [{ AttributeName: at, KeyType: HASH }]
          Projection: { ProjectionType: INCLUDE, NonKeyAttributes: [text] }
      LocalSecondaryIndexes:
        - IndexName: all
          KeySchema: [{ AttributeName: room, KeyType: HASH }, { AttributeName: at, KeyType: RANGE }]
          Projection: { ProjectionType: ALL }
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: expires, Enabled: true }
";
    let app = app(&table(properties));
    let expected = Table {
        name: "app-Rooms".to_owned(),
        logical_id: "Rooms".to_owned(),
        arn: "arn:aws:dynamodb:us-east-1:123456789012:table/app-Rooms".to_owned(),
        attributes: [("room", "S"), ("at", "N")]
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .into(),
        key: key("room", Some("at")),
        global_indexes: vec![Index {
            name: "by-time".to_owned(),
            key: key("at", None),
            projection: "INCLUDE".to_owned(),
            attributes: vec!["text".to_owned()],
        }],
        local_indexes: vec![Index {
            name: "all".to_owned(),
            key: key("room", Some("at")),
            projection: "ALL".to_owned(),
            attributes: Vec::new(),
        }],
        stream: Some("NEW_AND_OLD_IMAGES".to_owned()),
        ttl_attribute: Some("expires".to_owned()),
        place: app.tables[0].place.clone(),
    };
    assert_eq!(app.tables, [expected]);
    assert_eq!(app.tables[0].place.to_string(), "template.yaml:4:3");
}

#[test]
fn a_time_to_live_that_is_switched_off_is_none() {
    let off = "      KeySchema: [{ AttributeName: room, KeyType: HASH }]
      TimeToLiveSpecification: { AttributeName: expires, Enabled: false }
";
    assert_eq!(app(&table(off)).tables[0].ttl_attribute, None);
}

#[test]
fn a_global_table_is_one_table() {
    let text = table(
        "      KeySchema: [{ AttributeName: room, KeyType: HASH }]
      Replicas: [{ Region: us-east-1 }]
",
    );
    let app = app(&text.replace("DynamoDB::Table", "DynamoDB::GlobalTable"));
    assert_eq!(app.tables[0].key, key("room", None));
    assert_eq!(app.missing().count(), 0);
}

#[test]
fn a_simple_table_has_the_key_id() {
    let text = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Plain: { Type: AWS::Serverless::SimpleTable }
  Other:
    Type: AWS::Serverless::SimpleTable
    Properties: { TableName: other, PrimaryKey: { Name: at, Type: Number } }
";
    let app = app(text);
    let shown =
        app.tables.iter().map(|table| (table.name.as_str(), table.key.hash.as_str(), &table.attributes));
    let shown: Vec<String> = shown.map(|(name, hash, types)| format!("{name} {hash} {types:?}")).collect();
    assert_eq!(shown, [r#"app-Plain id {"id": "S"}"#, r#"other at {"at": "N"}"#]);
}

#[test]
fn a_mistake_in_a_table_is_told_with_its_place() {
    let cases = [
        (
            "      KeySchema: [{ AttributeName: rom, KeyType: HASH }]",
            "template.yaml:10:36: the key attribute rom has no type: add it to `AttributeDefinitions` of the table, or did you mean room?",
        ),
        (
            "      KeySchema: []",
            "template.yaml:10:18: Resources.Rooms.Properties.KeySchema has no attribute with the type HASH: add `KeySchema: [{ AttributeName: id, KeyType: HASH }]`",
        ),
        (
            "      KeySchema: [{ AttributeName: room, KeyType: HAHS }]",
            "template.yaml:10:51: Resources.Rooms.Properties.KeySchema.KeyType is `HAHS`: did you mean HASH?",
        ),
        (
            "      KeySchema: [{ AttributeName: room, KeyType: HASH }]\n      StreamSpecification: { StreamViewType: NEW }",
            "template.yaml:11:46: Resources.Rooms.Properties.StreamSpecification.StreamViewType is `NEW`: write one of KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE, OLD_IMAGE",
        ),
    ];
    for (properties, words) in cases {
        assert_eq!(mistake(&table(properties)), words);
    }
}

#[test]
fn a_queue_has_the_defaults_of_sqs() {
    let queue = &app("Resources: { Jobs: { Type: AWS::SQS::Queue } }").queues[0];
    let numbers = (queue.visibility_timeout_s, queue.delay_s, queue.retention_s, queue.wait_s);
    assert_eq!(numbers, (30, 0, 345_600, 0));
    assert_eq!((queue.is_fifo, queue.deduplicates_content, &queue.redrive), (false, false, &None));
}

#[test]
fn a_queue_has_its_own_times_and_a_queue_for_failures() {
    let app = app("
Resources:
  Failed: { Type: AWS::SQS::Queue }
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs.fifo
      FifoQueue: true
      ContentBasedDeduplication: 'true'
      VisibilityTimeout: 60
      DelaySeconds: 5
      ReceiveMessageWaitTimeSeconds: 20
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 3 }
");
    let queue = &app.queues[1];
    let numbers = (queue.visibility_timeout_s, queue.delay_s, queue.wait_s);
    assert_eq!((queue.name.as_str(), queue.is_fifo, queue.deduplicates_content), ("jobs.fifo", true, true));
    assert_eq!(numbers, (60, 5, 20));
    let redrive = Redrive { target_arn: app.queues[0].arn.clone(), max_receive_count: 3 };
    assert_eq!(queue.redrive, Some(redrive));
}

#[test]
fn a_number_outside_of_its_bounds_is_refused() {
    let text = "Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { DelaySeconds: 1000 } } }";
    assert_eq!(
        mistake(text),
        "template.yaml:1:73: Resources.Jobs.Properties.DelaySeconds is `1000`: write a whole number from 0 to 900"
    );
}

#[test]
fn two_tables_with_the_same_name_are_refused() {
    let text = "
Transform: AWS::Serverless-2016-10-31
Resources:
  One: { Type: AWS::Serverless::SimpleTable, Properties: { TableName: x } }
  Two: { Type: AWS::Serverless::SimpleTable, Properties: { TableName: x } }
";
    assert_eq!(
        mistake(text),
        "template.yaml:5:3: two tables have the name x, the other one at template.yaml:4:3: give one of them another name"
    );
}
