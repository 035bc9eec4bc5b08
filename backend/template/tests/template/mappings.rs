//! Event source mappings.

use serverless_app::{Destination, EventSource, EventSourceMapping, StartingPosition};

use crate::support::{app, missing, mistake};

fn mapping(properties: &str) -> String {
    format!(
        "
Resources:
  Jobs: {{ Type: AWS::SQS::Queue }}
  Rooms:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{{ AttributeName: id, AttributeType: S }}]
      KeySchema: [{{ AttributeName: id, KeyType: HASH }}]
      StreamSpecification: {{ StreamViewType: NEW_IMAGE }}
  F:
    Type: AWS::Lambda::Function
    Properties: {{ Code: src/, Handler: a.b, Runtime: nodejs22.x }}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref F
{properties}"
    )
}

fn expected(source: EventSource, batch_size: u32) -> EventSourceMapping {
    EventSourceMapping {
        logical_id: "Mapping".to_owned(),
        function: "app-F".to_owned(),
        source,
        is_enabled: true,
        batch_size,
        batch_window_s: 0,
        max_retries: None,
        max_record_age_s: None,
        bisects: false,
        parallelization: 1,
        reports_partial_failures: false,
        starting_position: StartingPosition::TrimHorizon,
        max_concurrency: None,
        filters: Vec::new(),
        on_failure: None,
        place: app(&mapping("      EventSourceArn: !GetAtt Jobs.Arn")).mappings[0].place.clone(),
    }
}

#[test]
fn a_queue_and_a_stream_have_the_defaults_of_lambda() {
    let queue = app(&mapping("      EventSourceArn: !GetAtt Jobs.Arn"));
    assert_eq!(queue.mappings, [expected(EventSource::Queue("app-Jobs".to_owned()), 10)]);
    let stream = app(&mapping("      EventSourceArn: !GetAtt Rooms.StreamArn"));
    assert_eq!(stream.mappings, [expected(EventSource::TableStream("app-Rooms".to_owned()), 100)]);
}

#[test]
fn a_mapping_has_settings_of_its_own() {
    let app = app(&mapping(
        "      EventSourceArn: !GetAtt Rooms.StreamArn
      Enabled: false
      BatchSize: 5
      MaximumBatchingWindowInSeconds: 2
      MaximumRetryAttempts: 3
      MaximumRecordAgeInSeconds: 3600
      BisectBatchOnFunctionError: true
      ParallelizationFactor: 4
      StartingPosition: LATEST
      FunctionResponseTypes: [ReportBatchItemFailures]
      ScalingConfig: { MaximumConcurrency: 7 }
      FilterCriteria: { Filters: [{ Pattern: '{\"eventName\": [\"INSERT\"]}' }] }
      DestinationConfig: { OnFailure: { Destination: !GetAtt Jobs.Arn } }
",
    ));
    let expected = EventSourceMapping {
        is_enabled: false,
        batch_window_s: 2,
        max_retries: Some(3),
        max_record_age_s: Some(3_600),
        bisects: true,
        parallelization: 4,
        starting_position: StartingPosition::Latest,
        reports_partial_failures: true,
        max_concurrency: Some(7),
        filters: vec![r#"{"eventName": ["INSERT"]}"#.to_owned()],
        on_failure: Some(Destination::Queue("app-Jobs".to_owned())),
        ..expected(EventSource::TableStream("app-Rooms".to_owned()), 5)
    };
    assert_eq!(app.mappings, [expected]);
    assert_eq!(missing(&app), [""; 0]);
}

#[test]
fn no_limit_may_be_written_as_minus_one() {
    let app = app(&mapping(
        "      EventSourceArn: !GetAtt Rooms.StreamArn
      MaximumRetryAttempts: -1
      MaximumRecordAgeInSeconds: -1
",
    ));
    assert_eq!((app.mappings[0].max_retries, app.mappings[0].max_record_age_s), (None, None));
}

#[test]
fn a_source_outside_of_the_app_is_named() {
    let arn = "arn:aws:kinesis:us-east-1:1:stream/clicks";
    let app = app(&mapping(&format!("      EventSourceArn: {arn}\n      TumblingWindowInSeconds: 3")));
    assert_eq!(app.mappings, []);
    let path = "Resources.Mapping.Properties";
    let source = format!(
        "{arn} is neither a stream nor a queue of this app, so its records do not invoke the function"
    );
    assert_eq!(
        missing(&app),
        [
            format!("{path}.EventSourceArn: {source}"),
            format!("{path}.TumblingWindowInSeconds: no state is passed from one invocation to the next"),
        ]
    );
}

#[test]
fn a_number_outside_of_its_bounds_is_refused() {
    let message = mistake(&mapping("      EventSourceArn: !GetAtt Jobs.Arn\n      BatchSize: 0"));
    assert_eq!(
        message,
        "template.yaml:18:18: Resources.Mapping.Properties.BatchSize is `0`: write a whole number from 1 to 10000"
    );
}
