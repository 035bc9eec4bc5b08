use apigw_websocket::{App, Frame, ServerSettings, reply, serve};

/// Functions of this process: `{"action": "say", …}` is sent to everybody, and any other message is answered.
pub fn chat() -> App {
    App::new("prod")
        .route("say", |event, connections| async move {
            let frame = Frame::text(&event.body.unwrap_or_default());
            connections.post_to_all(&connections.ids(), &frame).await;
            Ok(reply::status(200))
        })
        .two_way("$default", |_, _| async { Ok(reply::text("try {\"action\": \"say\"}")) })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3001").await?;
    serve(listener, chat().build()?, ServerSettings::default(), std::future::pending()).await;
    Ok(())
}
