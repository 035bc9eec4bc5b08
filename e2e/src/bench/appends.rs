//! Publications made durable a second, through the WebSocket.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use futures_util::StreamExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::hub::Hub;
use super::{report, viewer};

const RUN: Duration = Duration::from_secs(5);
const BATCH: usize = 100;

/// Measures one publisher, 64 publishers, and one that sends batches.
pub async fn run() {
    let hub = Hub::tickertape();
    for publishers in [1, 64] {
        let appends = one_at_a_time(&hub, publishers).await;
        report(&format!("durable appends, {publishers} publisher(s) awaiting each"), appends, "a second");
    }
    report(&format!("durable appends, 1 publisher, batches of {BATCH}"), in_batches(&hub).await, "a second");
}

async fn one_at_a_time(hub: &Hub, publishers: usize) -> f64 {
    let start = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..publishers {
        let url = hub.ws.clone();
        tasks.push(tokio::spawn(async move {
            let mut socket = viewer::connect(&url).await;
            let topic = format!("bench/append-{number}");
            let mut done = 0;
            while start.elapsed() < RUN {
                done += 1;
                viewer::publish(&mut socket, &topic, done, &viewer::payload(start)).await;
            }
            done
        }));
    }
    let mut total = 0;
    for task in tasks {
        total += task.await.expect("a publisher ends well");
    }
    total as f64 / start.elapsed().as_secs_f64()
}

async fn in_batches(hub: &Hub) -> f64 {
    let mut socket = viewer::connect(&hub.ws).await;
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < RUN {
        let items: Vec<_> = (0..BATCH).map(|_| json!({"data": viewer::payload(start)})).collect();
        let request = json!({"action": "publish", "id": done, "topic": "bench/batch", "items": items});
        socket.send(Message::text(request.to_string())).await.expect("sent");
        let reply = socket.next().await.expect("an answer").expect("an answer");
        assert!(reply.to_text().is_ok_and(|text| text.contains("\"published\"")), "{reply}");
        done += BATCH;
    }
    done as f64 / start.elapsed().as_secs_f64()
}
