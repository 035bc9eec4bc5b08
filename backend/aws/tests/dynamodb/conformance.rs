//! Runs the conformance suites of `backend-core`'s storage traits against DynamoDB.

use backend_aws::{DynamoBoards, DynamoConnections, Retention};
use backend_core::testing::Keep;

use crate::support::{DynamoDbLocal, StreamedLog};

async fn open_log(keep: Keep) -> (StreamedLog, ()) {
    let retention = Retention { max_age_ms: keep.age_ms, max_items_per_topic: keep.items as u64 };
    (StreamedLog::open(retention).await, ())
}

async fn open_connections() -> (DynamoConnections, ()) {
    let dynamodb = DynamoDbLocal::shared();
    (dynamodb.aws().connections(&dynamodb.tables().await.connections), ())
}

async fn open_boards() -> (DynamoBoards, ()) {
    let dynamodb = DynamoDbLocal::shared();
    (dynamodb.aws().boards(&dynamodb.tables().await.topics), ())
}

mod boards {
    backend_core::conformance!(boards, super::open_boards);
}

mod log {
    backend_core::conformance!(log, super::open_log);
}

mod connections {
    backend_core::conformance!(connections, super::open_connections);
}
