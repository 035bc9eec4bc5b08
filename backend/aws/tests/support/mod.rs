//! What the tests of the tables share.

mod dynamodb_local;
mod streamed;

pub use dynamodb_local::DynamoDbLocal;
pub use streamed::StreamedLog;
