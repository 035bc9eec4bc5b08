//! A page of another origin, such as one of a wiki.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The address of a page of another origin, which is served later: a server has to be told the origin before the page names the server.
pub struct Wiki {
    listener: TcpListener,
    port: u16,
}

impl Wiki {
    /// Reserves a port.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    pub async fn prepare() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self { listener, port }
    }

    /// Returns the origin of the page, whose site is another than that of a server at `127.0.0.1`.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Returns the origin of the page as one of the same site as a server at `127.0.0.1`, and of another origin.
    pub fn origin_nearby(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Serves a page with this HTML until the runtime ends.
    pub fn serve(self, html: &str) {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{html}",
            html.len()
        );
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = self.listener.accept().await {
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    // A browser sends the request in one piece. An answer to a browser that has gone is of no interest.
                    let _read = socket.read(&mut [0; 8_192]).await;
                    let _sent = socket.write_all(answer.as_bytes()).await;
                    let _ended = socket.shutdown().await;
                });
            }
        });
    }
}
