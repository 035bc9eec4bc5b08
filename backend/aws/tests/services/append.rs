//! What is tried again when an append fails on its way.

use backend_aws::{LogTables, Retention};
use backend_core::ports::{Append, AppendError, TopicLog};
use shared::client::Producer;
use shared::publication::Item;
use shared::{Epoch, Topic};

use crate::gateway::soon;
use crate::scripted::{Answer, Script, Scripted};

/// How many requests one append makes of a DynamoDB that always answers so.
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
    };
    let appended = soon(log.append(append)).await;
    assert!(matches!(appended, Err(AppendError::Unavailable(_))), "{appended:?}");
    dynamodb.requests()
}

fn me() -> Option<Producer> {
    Some(Producer { id: "me".into(), seq: 1 })
}

#[tokio::test]
async fn an_append_that_may_have_been_made_is_made_again_only_if_it_is_numbered() {
    for script in [|_| Answer::Status(500), |_| Answer::HangUp] as [Script; 2] {
        assert_eq!(requests(script, None).await, 1, "it would be there twice");
        assert_eq!(requests(script, me()).await, 3);
    }
}

#[tokio::test]
async fn an_append_that_was_refused_for_the_rate_is_tried_again() {
    let script: Script = |_| Answer::Error(400, "ProvisionedThroughputExceededException");
    assert_eq!(requests(script, None).await, 3);
    assert_eq!(requests(script, me()).await, 3);
}
