use std::path::PathBuf;
use std::sync::Arc;

use apigw_websocket::{Api, Connections, Gateway, ReservedRouteKey, Routes, ServerSettings, serve};
use lambda_host::{Function, GatewayFunctions, Host, Limits, Retries, TracingLog};

/// A Lambda program behind a gateway: it handles all routes of the API.
pub fn gateway(bootstrap: PathBuf) -> Result<Gateway<GatewayFunctions>, ReservedRouteKey> {
    let mut chat = Function::new("chat", bootstrap);
    chat.environment.insert("ENDPOINT".into(), "http://127.0.0.1:3001/prod".into());
    let host = Host::new(vec![chat], Limits::default(), Retries::default(), Arc::new(TracingLog));
    let api = Api::new("prod", Routes::new(["$connect", "$disconnect", "$default"])?);
    Ok(Gateway::new(api, GatewayFunctions::new(host, "chat", None), Connections::default()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bootstrap = std::env::args().nth(1).ok_or("usage: behind_gateway BOOTSTRAP")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3001").await?;
    let gateway = gateway(std::path::absolute(bootstrap)?)?;
    serve(listener, gateway, ServerSettings::default(), std::future::pending()).await;
    Ok(())
}
