//! Measures a broadcast: the processor time of each delivery, and the memory of each idle connection.
//!
//! `cargo run --release -p apigw-websocket --example fanout -- 1000 2000` posts 2,000 messages of 128 bytes to each of
//! 1,000 clients. The clients run in another process, so that only the gateway is measured. It runs only on Linux.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apigw_websocket::events::ApiGatewayProxyResponse;
use apigw_websocket::{
    Api, Connections, Frame, Gateway, Routes, ServerSettings, SystemEnvironment, functions_fn, serve,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type AnyError = Box<dyn std::error::Error>;

const PAYLOAD_BYTES: usize = 128;
const WIRE_BYTES: usize = PAYLOAD_BYTES + 4;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |at: usize, default: usize| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    match arguments.first().map(String::as_str) {
        Some("clients") => read_everything(&arguments[1], number(2, 0), number(3, 0)).await,
        _ => measure(number(0, 1000), number(1, 1000)).await,
    }
}

async fn measure(viewers: usize, messages: usize) -> Result<(), AnyError> {
    let (connections, address) = start().await?;
    let resident_before = resident_bytes()?;
    let mut clients = tokio::process::Command::new(std::env::current_exe()?)
        .args(["clients", &address, &viewers.to_string(), &messages.to_string()])
        .stdin(Stdio::null())
        .spawn()?;
    while connections.count() < viewers {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let per_connection = resident_bytes()?.saturating_sub(resident_before) / viewers;

    let (ids, frame) = (connections.ids(), Frame::text(&"x".repeat(PAYLOAD_BYTES)));
    let (cpu_before, began) = (cpu_time()?, Instant::now());
    let mut refused = 0;
    for _ in 0..messages {
        let mut left = connections.post_to_all(&ids, &frame).await;
        while !left.is_empty() {
            refused += left.len();
            tokio::time::sleep(Duration::from_millis(1)).await;
            let again: Vec<_> = left.iter().map(|(id, _)| *id).collect();
            left = connections.post_to_all(&again, &frame).await;
        }
    }
    clients.wait().await?;
    let (cpu, elapsed) = (cpu_time()? - cpu_before, began.elapsed());
    let deliveries = viewers * messages;
    println!(
        "{viewers} viewers, {messages} messages of {PAYLOAD_BYTES} bytes, {refused} refused and repeated"
    );
    println!("{:.2} µs CPU a delivery", cpu.as_secs_f64() * 1e6 / deliveries as f64);
    println!("{:.0} deliveries a second", deliveries as f64 / elapsed.as_secs_f64());
    println!("{per_connection} bytes resident a connection");
    Ok(())
}

async fn start() -> Result<(Connections, String), AnyError> {
    let mut api = Api::new("ws", Routes::default());
    api.limits.connects_per_second = 100_000;
    let connections = Connections::new(&api.limits, Arc::new(SystemEnvironment::default()));
    let gateway = Gateway::new(
        api,
        functions_fn(|_| async { Ok(ApiGatewayProxyResponse::default()) }),
        connections.clone(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(serve(listener, gateway, ServerSettings::default(), std::future::pending()));
    Ok((connections, address))
}

/// Connects `viewers` clients, and reads until each of them has received all messages.
async fn read_everything(address: &str, viewers: usize, messages: usize) -> Result<(), AnyError> {
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..viewers {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        readers.spawn(async move {
            let mut left = messages * WIRE_BYTES;
            let mut buffer = [0; 4096];
            while left > 0 {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                assert!(read > 0, "{left} bytes are missing");
                left -= read;
            }
        });
    }
    while let Some(reader) = readers.join_next().await {
        reader?;
    }
    Ok(())
}

/// Returns the user and system time of this process. They are fields 14 and 15 of `/proc/self/stat`, in hundredths of a
/// second.
fn cpu_time() -> Result<Duration, AnyError> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    Ok(Duration::from_millis(ticks * 10))
}

fn resident_bytes() -> Result<usize, AnyError> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    Ok(statm.split(' ').nth(1).unwrap_or_default().parse::<usize>()? * 4096)
}
