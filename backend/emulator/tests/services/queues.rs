//! Queues and their event source mappings.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::json;
use test_support::soon;

use crate::app;
use crate::support::{Services, failures, options, queue_url, thrown};

async fn start(queue: &str, mapping: &str) -> Services {
    Services::start(&app::queue(queue, mapping), &options()).await
}

#[tokio::test]
async fn a_message_invokes_the_function_with_the_documented_event_and_is_deleted() {
    let mut services = start("QueueName: jobs", "BatchSize: 10").await;
    let mut events = services.run_mappings(Vec::new()).await;
    let attributes = json!({"kind": {"DataType": "String", "StringValue": "job"}});
    let message = json!({"QueueUrl": queue_url("jobs"), "MessageBody": "Test message.", "MessageAttributes": attributes});
    let sent = services.sqs("SendMessage", message).await;
    let record = events.records().await.remove(0);
    assert_eq!(record["messageId"], sent["MessageId"]);
    assert_eq!(record["body"], "Test message.");
    assert_eq!(record["md5OfBody"], sent["MD5OfMessageBody"]);
    assert_eq!((&record["eventSource"], &record["awsRegion"]), (&json!("aws:sqs"), &json!("us-east-1")));
    assert_eq!(record["eventSourceARN"], "arn:aws:sqs:us-east-1:123456789012:jobs");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["messageAttributes"]["kind"]["stringValue"], "job");
    services.until_empty("jobs").await;
}

#[tokio::test]
async fn a_failed_message_is_received_again_and_in_the_end_moved_to_the_dead_letter_queue() {
    let queue = "QueueName: jobs, VisibilityTimeout: 1, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 2 }";
    let mut services = start(queue, "BatchSize: 1").await;
    let mut events = services.run_mappings(vec![thrown(), thrown()]).await;
    services.send("jobs", "bad").await;
    assert_eq!(events.bodies().await, ["bad"]);
    assert_eq!(events.bodies().await, ["bad"]);
    assert_eq!(services.receive("dead").await[0]["Body"], "bad");
    assert!(events.is_empty());
}

#[tokio::test]
async fn of_a_partial_failure_only_the_failed_messages_come_again() {
    let mut services = start(
        "QueueName: jobs, VisibilityTimeout: 2",
        "BatchSize: 10, MaximumBatchingWindowInSeconds: 1, FunctionResponseTypes: [ReportBatchItemFailures]",
    )
    .await;
    let sent =
        services.sqs("SendMessage", json!({"QueueUrl": queue_url("jobs"), "MessageBody": "bad"})).await;
    services.send("jobs", "good").await;
    let failed = sent["MessageId"].as_str().expect("an id");
    let mut events = services.run_mappings(vec![failures(&[failed])]).await;
    let mut first = events.bodies().await;
    first.sort();
    assert_eq!(first, ["bad", "good"]);
    assert_eq!(events.bodies().await, ["bad"]);
    services.until_empty("jobs").await;
}

#[tokio::test]
async fn messages_that_no_filter_matches_are_deleted_without_an_invocation() {
    let filter = r#"{"body": {"kind": ["wanted"]}}"#;
    let mapping = format!("BatchSize: 10, FilterCriteria: {{ Filters: [{{ Pattern: '{filter}' }}] }}");
    let mut services = start("QueueName: jobs", &mapping).await;
    for body in [r#"{"kind":"other"}"#, "wanted", r#"{"kind":"wanted"}"#] {
        services.send("jobs", body).await;
    }
    let mut events = services.run_mappings(Vec::new()).await;
    assert_eq!(events.bodies().await, [r#"{"kind":"wanted"}"#]);
    services.until_empty("jobs").await;
    assert!(events.is_empty());
}

#[tokio::test]
async fn a_fifo_queue_keeps_the_order_of_a_group() {
    let mut services =
        start("QueueName: jobs.fifo, FifoQueue: true, ContentBasedDeduplication: true", "BatchSize: 1").await;
    for body in ["1", "2", "2", "3"] {
        let message = json!({"QueueUrl": queue_url("jobs.fifo"), "MessageBody": body, "MessageGroupId": "a"});
        services.sqs("SendMessage", message).await;
    }
    let mut events = services.run_mappings(Vec::new()).await;
    let mut bodies = Vec::new();
    for _ in 0..3 {
        bodies.append(&mut events.bodies().await);
    }
    assert_eq!(bodies, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_delayed_message_arrives_later_and_the_depth_of_queues_is_reported() {
    let services = start("QueueName: jobs, DelaySeconds: 2", "BatchSize: 1").await;
    let began = Instant::now();
    services.send("jobs", "late").await;
    services.receive("jobs").await;
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    services.send("dead", "waits").await;
    soon(async {
        while services.observer.deepest.lock().unwrap_or_else(PoisonError::into_inner).visible == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}
