//! Event source mappings of streams.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use serverless_emulator::data::{Condition, DataOptions};

use test_support::soon;

use crate::app;
use crate::support::{Services, failures, folder, options, thrown};

async fn start(properties: &str) -> Services {
    Services::start(&app::stream(properties), &options()).await
}

#[tokio::test]
async fn a_change_invokes_the_function_with_the_documented_event() {
    let mut services = start("StartingPosition: LATEST").await;
    services.put("before", json!({})).await;
    let mut events = services.run_mappings(Vec::new()).await;
    services.put("a", json!({"bytes": {"B": "/wA="}})).await;
    let records = events.records().await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    let keys: Vec<&String> = record.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        ["eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb", "eventSourceARN"]
    );
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!((&record["eventVersion"], &record["eventSource"]), (&json!("1.1"), &json!("aws:dynamodb")));
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!(
        record["eventSourceARN"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/rooms/stream/2020-01-01T00:00:00.000"
    );
    let change = &record["dynamodb"];
    assert_eq!(change["Keys"], json!({"id": {"S": "a"}}));
    assert_eq!(change["NewImage"], json!({"id": {"S": "a"}, "bytes": {"B": "/wA="}}));
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let written = change["ApproximateCreationDateTime"].as_u64().expect("seconds");
    assert!(now.abs_diff(written) < 30, "{written} and {now}");
    assert!(change["SequenceNumber"].is_string() && change["SizeBytes"].is_u64());
}

#[tokio::test]
async fn records_of_the_past_are_read_from_the_oldest_and_in_order() {
    let mut services = start("StartingPosition: TRIM_HORIZON, BatchSize: 2").await;
    for id in ["a", "b", "c"] {
        services.put(id, json!({})).await;
    }
    let mut events = services.run_mappings(Vec::new()).await;
    assert_eq!(events.ids().await, ["a", "b"]);
    assert_eq!(events.ids().await, ["c"]);
}

#[tokio::test]
async fn after_a_restart_with_a_data_folder_reading_goes_on_where_it_ended() {
    let (_folder, path) = folder();
    let options = DataOptions { data_dir: Some(path.clone()), ..options() };
    let app = app::stream("StartingPosition: TRIM_HORIZON, BatchSize: 1");
    let mut services = Services::start(&app, &options).await;
    let mut events = services.run_mappings(Vec::new()).await;
    services.put("processed", json!({})).await;
    assert_eq!(events.ids().await, ["processed"]);
    // The function has answered before its record counts as finished.
    soon(async {
        while !path.join("checkpoints.json").exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    services.data.stop().await;
    let mut services = Services::start(&app, &options).await;
    services.put("waiting", json!({})).await;
    let mut events = services.run_mappings(Vec::new()).await;
    assert_eq!(events.ids().await, ["waiting"], "{:?}", services.observer.lines);
}

#[tokio::test]
async fn a_window_collects_records_and_filters_leave_records_out() {
    let filter = r#"{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"owner": {"S": ["me"]}}}}"#;
    let properties = format!(
        "StartingPosition: LATEST, MaximumBatchingWindowInSeconds: 2, FilterCriteria: {{ Filters: [{{ Pattern: '{filter}' }}] }}"
    );
    let mut services = start(&properties).await;
    let mut events = services.run_mappings(Vec::new()).await;
    for (id, owner) in [("a", "me"), ("b", "you"), ("c", "me")] {
        services.put(id, json!({"owner": {"S": owner}})).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(events.ids().await, ["a", "c"]);
}

#[tokio::test]
async fn a_failing_batch_is_bisected_and_what_is_left_goes_to_the_destination() {
    let mut services = start(
        "StartingPosition: TRIM_HORIZON, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0,
         DestinationConfig: { OnFailure: { Destination: !GetAtt Failures.Arn } }",
    )
    .await;
    services.put("good", json!({})).await;
    services.put("bad", json!({})).await;
    let mut events = services.run_mappings(vec![thrown(), Ok(Value::Null), thrown()]).await;
    assert_eq!(events.ids().await, ["good", "bad"]);
    assert_eq!(events.ids().await, ["good"]);
    assert_eq!(events.ids().await, ["bad"]);
    let messages = services.receive("failures").await;
    let message: Value = serde_json::from_str(messages[0]["Body"].as_str().expect("text")).expect("JSON");
    assert_eq!(message["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(
        message["requestContext"]["functionArn"],
        "arn:aws:lambda:us-east-1:123456789012:function:handler"
    );
    assert_eq!(message["DDBStreamBatchInfo"]["batchSize"], 1);
    let discarded = services.observer.discarded.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(discarded, [(1, Condition::RetryAttemptsExhausted)]);
    services.put("next", json!({})).await;
    assert_eq!(events.ids().await, ["next"]);
}

#[tokio::test]
async fn a_partial_failure_is_repeated_from_the_record_that_failed() {
    let mut services =
        start("StartingPosition: TRIM_HORIZON, FunctionResponseTypes: [ReportBatchItemFailures]").await;
    for id in ["a", "b", "c"] {
        services.put(id, json!({})).await;
    }
    // The sequence numbers of DynamoDB Local begin with 1.
    let mut events = services.run_mappings(vec![failures(&["000000000000000000002"])]).await;
    assert_eq!(events.ids().await, ["a", "b", "c"]);
    assert_eq!(events.ids().await, ["b", "c"]);
    let reports = services.observer.batches.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!((reports[0].records, reports[0].failed, reports[0].function.as_str()), (3, 2, "handler"));
}

#[tokio::test]
async fn with_parallel_batches_the_changes_of_an_item_stay_in_order() {
    let mut services = start("StartingPosition: TRIM_HORIZON, ParallelizationFactor: 4, BatchSize: 1").await;
    for version in 0..5 {
        for id in ["a", "b", "c"] {
            services.put(id, json!({"version": {"N": version.to_string()}})).await;
        }
    }
    let mut events = services.run_mappings(Vec::new()).await;
    let mut versions = std::collections::BTreeMap::<String, Vec<String>>::new();
    for _ in 0..15 {
        let record = events.records().await.remove(0);
        let image = &record["dynamodb"]["NewImage"];
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        versions.entry(text(&image["id"]["S"])).or_default().push(text(&image["version"]["N"]));
    }
    for (id, versions) in versions {
        assert_eq!(versions, ["0", "1", "2", "3", "4"], "{id}");
    }
}

#[tokio::test]
async fn the_deletion_of_an_expired_item_has_the_identity_of_the_service() {
    let filter = r#"{"eventName": ["REMOVE"]}"#;
    let properties =
        format!("StartingPosition: LATEST, FilterCriteria: {{ Filters: [{{ Pattern: '{filter}' }}] }}");
    let mut services = start(&properties).await;
    let mut events = services.run_mappings(Vec::new()).await;
    services.put("mine", json!({})).await;
    services.dynamodb("DeleteItem", json!({"TableName": "rooms", "Key": {"id": {"S": "mine"}}})).await;
    assert_eq!(events.records().await[0].get("userIdentity"), None);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    services.put("old", json!({"expires": {"N": (now - 1).to_string()}})).await;
    let record = events.records().await.remove(0);
    assert_eq!(record["dynamodb"]["Keys"], json!({"id": {"S": "old"}}));
    assert_eq!(record["userIdentity"], json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"}));
    assert!(events.is_empty());
}
