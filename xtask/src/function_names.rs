//! The names of the Lambda functions.

/// Names of all Lambda functions, which are also those of their programs.
pub const FUNCTIONS: [&str; 4] = ["websocket", "authorizer", "ingest", "broadcast"];
