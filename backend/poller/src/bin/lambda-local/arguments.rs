//! What may be typed.

use std::path::PathBuf;

use clap::Parser;

/// Run Tickertape's AWS topology on this machine.
#[derive(Debug, Parser)]
pub struct Arguments {
    /// The program `tickertape`
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_BIN")]
    pub tickertape: PathBuf,
    /// Where the functions are: DIR/websocket/bootstrap and the others
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_FUNCTION_DIR")]
    pub function_dir: PathBuf,
    /// Where DynamoDBLocal.jar is
    #[arg(long, value_name = "DIR", env = "TICKERTAPE_DYNAMODB_LOCAL")]
    pub dynamodb_local: PathBuf,
    /// The Java that runs it
    #[arg(long, value_name = "FILE", env = "TICKERTAPE_JAVA")]
    pub java: PathBuf,
    /// A setting of the functions, such as TICKERTAPE_SHARD_SIZE=10; may be given again
    #[arg(long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// Do not publish this machine's metrics
    #[arg(long)]
    pub no_host: bool,
    /// Print where everything is as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// End when standard input does: for whoever may be killed and leaves nobody to ask
    #[arg(long)]
    pub until_eof: bool,
    /// For `tickertape serve`, such as --listen 127.0.0.1:9000
    #[arg(last = true, value_name = "ARGS")]
    pub serve: Vec<String>,
}

impl Arguments {
    /// Whether the server was told to.
    pub fn asks_for_tokens(&self) -> bool {
        self.serve.iter().any(|word| word.starts_with("--auth-secret-file"))
    }
}
