//! The Lambda function `ingest`, which serves the HTTP API behind a function URL.

use backend_aws::{Aws, DynamoBoards, DynamoLog};
use backend_lambda::clock::wall_ms;
use backend_lambda::config::IngestConfig;
use backend_lambda::ingest::Ingest;
use backend_lambda::keys::{Guard, Source};
use backend_lambda::{start, warm};
use lambda_runtime::{Error, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let ingest = &start::or_exit(wire().await).await;
    lambda_runtime::run(service_fn(|event| ingest.handle(event, wall_ms))).await
}

async fn wire() -> Result<Ingest<DynamoLog, DynamoBoards, Source>, Error> {
    let config = IngestConfig::read(start::env)?;
    let aws = Aws::load().await;
    let boards = aws.boards(&config.log.tables.topics);
    let log = aws.log(config.log.tables, config.log.retention);
    let (guard, warm) = tokio::join!(Guard::open(config.tokens, &aws), warm::log(&log));
    warm?;
    Ok(Ingest::new(log, boards, guard?))
}
