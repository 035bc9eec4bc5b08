//! The Lambda function `websocket`, which serves every route of the WebSocket API.

use backend_aws::{ApiGatewayManagement, Aws, DynamoConnections, DynamoLog};
use backend_lambda::clock::wall_ms;
use backend_lambda::config::WebsocketConfig;
use backend_lambda::keys::{Guard, Source};
use backend_lambda::websocket::{ToldTimes, Websocket};
use backend_lambda::{start, warm};
use lambda_runtime::{Error, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let websocket = &start::or_exit(wire().await).await;
    lambda_runtime::run(service_fn(|event| websocket.handle(event, wall_ms()))).await
}

async fn wire() -> Result<Websocket<DynamoConnections, DynamoLog, ApiGatewayManagement, Source>, Error> {
    let config = WebsocketConfig::read(start::env)?;
    let aws = Aws::load().await;
    let connections = aws.connections(&config.connections_table);
    let log = aws.log(config.log.tables, config.log.retention);
    let management = aws.management(&config.management);
    let guard = Guard::open_later(config.tokens, &aws);
    let (table, ()) = tokio::join!(warm::connections(&connections), warm::management(&management));
    table?;
    let told = ToldTimes { rotate_in_ms: config.rotate_in_ms, frame_every_ms: config.frame_every_ms };
    Ok(Websocket::new(connections, log, management, guard, told))
}
