//! The Lambda function `broadcast`. It receives new publications from the stream of the topics table, and sends them to
//! the subscribers.

use backend_aws::{ApiGatewayManagement, Aws, DynamoConnections, DynamoLog, Functions};
use backend_lambda::broadcast::{Broadcast, Invoke};
use backend_lambda::clock::wall_ms;
use backend_lambda::config::BroadcastConfig;
use backend_lambda::{start, warm};
use lambda_runtime::{Error, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let broadcast = &start::or_exit(wire().await).await;
    lambda_runtime::run(service_fn(|event| broadcast.handle(event, wall_ms))).await
}

async fn wire() -> Result<Broadcast<DynamoConnections, DynamoLog, ApiGatewayManagement, SelfInvoker>, Error> {
    let config = BroadcastConfig::read(start::env)?;
    let aws = Aws::load().await;
    let connections = aws.connections(&config.connections_table);
    let log = aws.log(config.log.tables, config.log.retention);
    let management = aws.management(&config.management);
    let (table, ()) = tokio::join!(warm::connections(&connections), warm::management(&management));
    table?;
    let others = SelfInvoker { functions: aws.functions(), name: config.function_name };
    Ok(Broadcast::new(connections, log, management, others, config.shard_size))
}

/// Invokes the function `broadcast` again. If a publication has very many subscribers, further invocations send it to a
/// part of them.
struct SelfInvoker {
    functions: Functions,
    name: String,
}

impl Invoke for SelfInvoker {
    async fn invoke(&self, payload: Vec<u8>) -> Result<(), String> {
        self.functions.invoke_async(&self.name, payload).await.map_err(|error| error.to_string())
    }
}
