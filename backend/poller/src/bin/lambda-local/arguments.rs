//! The command line of `lambda-local`.

use std::path::PathBuf;

use clap::Parser;

/// Run Tickertape's AWS topology on this machine: the deployed functions over DynamoDB Local
#[derive(Debug, Parser)]
pub struct Arguments {
    /// The program `tickertape`
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_BIN")]
    pub tickertape: PathBuf,
    /// Folder of the functions: DIR/websocket/bootstrap and the others
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_FUNCTION_DIR")]
    pub function_dir: PathBuf,
    /// Folder of DynamoDBLocal.jar
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_DYNAMODB_LOCAL")]
    pub dynamodb_local: PathBuf,
    /// The program `java`, which runs DynamoDB Local
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_JAVA")]
    pub java: PathBuf,
    /// A setting of the functions, such as TICKERTAPE_SHARD_SIZE=10; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// Do not publish this machine's metrics
    #[arg(long)]
    pub no_host: bool,
    /// Print all addresses as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Stop when standard input ends, for callers that may be killed
    #[arg(long)]
    pub until_eof: bool,
    /// Arguments for `tickertape serve`, such as --listen 127.0.0.1:9000
    #[arg(last = true, value_name = "ARGS")]
    pub serve: Vec<String>,
}

impl Arguments {
    /// Returns true if the server gets a secret, so that clients need tokens.
    pub fn asks_for_tokens(&self) -> bool {
        self.serve.iter().any(|word| word.starts_with("--auth-secret-file"))
    }
}
