use apigw_websocket::events::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use apigw_websocket::{Api, Connections, Gateway, Route, Routes, ServerSettings, functions_fn, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let echo = functions_fn(|event: ApiGatewayWebsocketProxyRequest| async move {
        let mut response = ApiGatewayProxyResponse::default();
        response.status_code = 200;
        response.body = event.body.map(Into::into);
        Ok(response)
    });
    let mut routes = Routes::default();
    routes.insert("$default", Route::two_way())?;
    let gateway = Gateway::new(Api::new("prod", routes), echo, Connections::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3001").await?;
    serve(listener, gateway, ServerSettings::default(), std::future::pending()).await;
    Ok(())
}
