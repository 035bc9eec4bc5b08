use std::sync::Arc;

use apigw_websocket::{Api, Connections, Gateway, Routes, ServerSettings, serve};
use lambda_host::{Function, GatewayFunctions, Host, Limits, Retries, TracingLog};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bootstrap = std::env::args().nth(1).ok_or("usage: behind_gateway BOOTSTRAP")?;
    let mut chat = Function::new("chat", std::path::absolute(bootstrap)?);
    chat.environment.insert("ENDPOINT".into(), "http://127.0.0.1:3001/prod".into());
    let host = Host::new(vec![chat], Limits::default(), Retries::default(), Arc::new(TracingLog));
    let api = Api::new("prod", Routes::new(["$connect", "$disconnect", "$default"])?);
    let gateway = Gateway::new(api, GatewayFunctions::new(host, "chat", None), Connections::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3001").await?;
    serve(listener, gateway, ServerSettings::default(), std::future::pending()).await;
    Ok(())
}
