//! Tests of the retries of a failed append.

use backend_aws::{LogTables, Retention};
use backend_core::ports::{Append, AppendError, TopicLog};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Topic};

use crate::scripted::{Answer, Script, Scripted};
use test_support::soon;

/// Returns the number of requests that one append makes to a DynamoDB that always gives the answer in `script`.
async fn requests(script: Script, producer: Option<Producer>) -> usize {
    let dynamodb = Scripted::open(script).await;
    let tables = LogTables { topics: "topics".into(), history: "history".into() };
    let log = dynamodb.aws().log(tables, Retention::default());
    let append = Append {
        topic: Topic::new("x").unwrap(),
        items: vec![Item::now(1)],
        producer,
        meta: None,
        received_at: 1_800_000_000_000,
        new_epoch: Epoch::new("e"),
        principal: "me".into(),
        principal_topics: 10_000,
    };
    let appended = soon(log.append(append)).await;
    assert!(matches!(appended, Err(AppendError::Unavailable(_))), "{appended:?}");
    dynamodb.requests()
}

fn me() -> Option<Producer> {
    Some(Producer { id: "me".into(), seq: 1, done: false })
}

#[tokio::test]
async fn an_append_that_may_have_been_executed_is_retried_only_if_it_has_a_producer() {
    for script in [|_| Answer::Status(500), |_| Answer::HangUp] as [Script; 2] {
        assert_eq!(requests(script, None).await, 1, "a retry could append it twice");
        assert_eq!(requests(script, me()).await, 3);
    }
}

#[tokio::test]
async fn a_throttled_append_is_retried() {
    let script: Script = |_| Answer::Error(400, "ProvisionedThroughputExceededException");
    assert_eq!(requests(script, None).await, 3);
    assert_eq!(requests(script, me()).await, 3);
}
