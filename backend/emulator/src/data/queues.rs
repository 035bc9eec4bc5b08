//! Converts the queues of a description to requests to SQS. The module is pure.

use serde_json::{Value, json};
use serverless_app::Queue;

/// Returns the queues in the order in which they can be created: the target of a redrive policy before the queue that has it.
pub(super) fn in_order(queues: &[Queue]) -> Vec<&Queue> {
    let mut ordered: Vec<&Queue> = Vec::new();
    let mut rest: Vec<&Queue> = queues.iter().collect();
    while !rest.is_empty() {
        let waits = |queue: &Queue| {
            let target = queue.redrive.as_ref().map(|redrive| redrive.target_arn.as_str());
            rest.iter().any(|other| Some(other.arn.as_str()) == target && other.arn != queue.arn)
        };
        let (later, mut now): (Vec<&Queue>, Vec<&Queue>) = rest.iter().partition(|queue| waits(queue));
        if now.is_empty() {
            // The policies form a circle, which the service decides about.
            now = later;
            rest = Vec::new();
        } else {
            rest = later;
        }
        ordered.append(&mut now);
    }
    ordered
}

/// Returns the body of `CreateQueue`.
pub(super) fn create(queue: &Queue) -> Value {
    let mut attributes = json!({
        "VisibilityTimeout": queue.visibility_timeout_s.to_string(),
        "DelaySeconds": queue.delay_s.to_string(),
        "MessageRetentionPeriod": queue.retention_s.to_string(),
        "ReceiveMessageWaitTimeSeconds": queue.wait_s.to_string(),
    });
    if queue.is_fifo {
        attributes["FifoQueue"] = json!("true");
        attributes["ContentBasedDeduplication"] = json!(queue.deduplicates_content.to_string());
    }
    if let Some(redrive) = &queue.redrive {
        let policy =
            json!({"deadLetterTargetArn": redrive.target_arn, "maxReceiveCount": redrive.max_receive_count});
        attributes["RedrivePolicy"] = json!(policy.to_string());
    }
    json!({"QueueName": queue.name, "Attributes": attributes})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn queues(resources: &str) -> Vec<Queue> {
        let files = BTreeMap::from([("template.yaml".to_owned(), format!("Resources:\n{resources}"))]);
        let read = serverless_app::read("template.yaml", &files, &serverless_app::Settings::default());
        read.expect("a valid template").queues
    }

    #[test]
    fn a_queue_is_created_with_its_settings() {
        let queues = queues(
            "  Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: jobs.fifo, FifoQueue: true, VisibilityTimeout: 7,
             DelaySeconds: 3, ContentBasedDeduplication: true } }",
        );
        let request = create(&queues[0]);
        assert_eq!(request["QueueName"], "jobs.fifo");
        let expected = [
            ("VisibilityTimeout", "7"),
            ("DelaySeconds", "3"),
            ("MessageRetentionPeriod", "345600"),
            ("ReceiveMessageWaitTimeSeconds", "0"),
            ("FifoQueue", "true"),
            ("ContentBasedDeduplication", "true"),
        ];
        for (name, value) in expected {
            assert_eq!(request["Attributes"][name], value, "{name}");
        }
    }

    #[test]
    fn a_dead_letter_queue_is_created_before_the_queue_that_names_it() {
        let queues = queues(
            "  A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: a,
                RedrivePolicy: { deadLetterTargetArn: !GetAtt B.Arn, maxReceiveCount: 3 } } }
  B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: b } }",
        );
        let names: Vec<&str> = in_order(&queues).iter().map(|queue| queue.name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        let policy: Value = serde_json::from_str(
            create(in_order(&queues)[1])["Attributes"]["RedrivePolicy"].as_str().expect("a policy"),
        )
        .expect("JSON");
        assert_eq!(policy["maxReceiveCount"], 3);
        assert_eq!(policy["deadLetterTargetArn"], queues[1].arn.as_str());
    }
}
