//! The Lambda function `authorizer`, which API Gateway calls at the route `$connect` to allow or refuse a client.

use backend_aws::Aws;
use backend_lambda::authorizer::Authorizer;
use backend_lambda::clock::wall_ms;
use backend_lambda::config::AuthorizerConfig;
use backend_lambda::keys::{Guard, Source};
use backend_lambda::start;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let authorizer = &start::or_exit(wire().await).await;
    let handle = |event: LambdaEvent<_>| authorizer.handle(event.payload, wall_ms());
    lambda_runtime::run(service_fn(handle)).await
}

async fn wire() -> Result<Authorizer<Source>, Error> {
    let config = AuthorizerConfig::read(start::env)?;
    let aws = Aws::load().await;
    Ok(Authorizer::new(Guard::open(config.tokens, &aws).await?))
}
