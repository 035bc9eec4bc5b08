//! Measures `POST @connections`: the processor time of the gateway for each request, from the request to its answer, with the
//! delivery to the client in between.
//!
//! `cargo xtask bench -- posts` runs it. `cargo run --release -p apigw-websocket --example posts -- 8 20000` posts 20,000 messages of 128
//! bytes over each of 8 kept connections, one after the other on each. Without numbers there are 64 connections, as many as the function
//! `broadcast` has. The clients run in another process, in one thread, as AWS's SDKs wait. It runs only on Linux.
//!
//! In turns with the gateway, it measures a loop that reads the requests, sends the frame and sends the answer: the least that any
//! server does. It parses nothing. With `gateway` or `bare` as a third argument, only one of the two is measured, once.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use apigw_websocket::{App, ServerSettings, reply, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const PAYLOAD_BYTES: usize = 128;
/// Number of times that the gateway and the bare loop are measured, in turns.
const ROUNDS: usize = 3;

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |at: usize| arguments.get(at).map(String::as_str).unwrap_or_default();
    let number = |at: usize, default: usize| text(at).parse().unwrap_or(default);
    if text(0) == "client" {
        return clients(text(1).parse()?, number(2, 1), number(3, 1));
    }
    let (posters, posts) = (number(0, 64), number(1, 5_000));
    println!("{posters} connections, {posts} posts on each");
    match text(2) {
        "gateway" => {
            measure("the gateway", gateway()?, posters, posts)?;
        }
        "bare" => {
            measure("a bare loop", bare()?, posters, posts)?;
        }
        _ => {
            let (mut of_gateway, mut of_bare) = (Vec::new(), Vec::new());
            let (gateway, bare) = (gateway()?, bare()?);
            for _ in 0..ROUNDS {
                of_bare.push(measure("a bare loop", bare, posters, posts)?);
                of_gateway.push(measure("the gateway", gateway, posters, posts)?);
            }
            let (gateway, bare) = (median(of_gateway), median(of_bare));
            println!(
                "medians: {gateway:.2} µs and {bare:.2} µs CPU a post, {:.2} times the bare loop",
                gateway / bare
            );
        }
    }
    Ok(())
}

/// Posts from another process to the server at `address`, which is in this process. Prints and returns the microseconds of processor
/// time of this process for each post.
fn measure(name: &str, address: SocketAddr, posters: usize, posts: usize) -> Result<f64, AnyError> {
    let (cpu_before, began) = (cpu_time()?, Instant::now());
    let mut client = Command::new(std::env::current_exe()?);
    let client = client.args(["client", &address.to_string(), &posters.to_string(), &posts.to_string()]);
    if !client.status()?.success() {
        return Err("the clients failed".into());
    }
    let (cpu, elapsed) = (cpu_time()? - cpu_before, began.elapsed());
    let all = (posters * posts) as f64;
    let cpu_us = cpu.as_secs_f64() * 1e6 / all;
    println!("{name}: {cpu_us:.2} µs CPU a post, {:.0} posts a second", all / elapsed.as_secs_f64());
    Ok(cpu_us)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn gateway() -> Result<SocketAddr, AnyError> {
    let app = App::new("ws").two_way("$default", |event, _| async move {
        Ok(reply::text(event.request_context.connection_id.unwrap_or_default()))
    });
    let (send, started) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // As many threads as `tickertape serve` has.
        let threads = std::thread::available_parallelism().map_or(1, |all| all.get() - 1).max(1);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
        runtime.expect("threads").block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            send.send(listener.local_addr().expect("an address")).expect("main waits");
            let gateway = app.build().expect("a valid app");
            serve(listener, gateway, ServerSettings::default(), std::future::pending()).await;
        });
    });
    Ok(started.recv()?)
}

/// The least: a thread for each connection, which answers requests of the benchmark without parsing them.
fn bare() -> Result<SocketAddr, AnyError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let viewers: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let viewers = viewers.clone();
            std::thread::spawn(move || answer(stream, &viewers));
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream, viewers: &Mutex<Vec<TcpStream>>) {
    let mut frame = vec![0x81, 126, 0, 128];
    frame.extend([b'x'; PAYLOAD_BYTES]);
    let mut buffer = [0; 8192];
    let mut viewer = None;
    while let Ok(read) = stream.read(&mut buffer) {
        match &buffer[..read] {
            [] => return,
            [b'G', ..] => drop(stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")),
            [b'P', ..] => {
                let take = || viewers.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let viewer = viewer.get_or_insert_with(|| take().expect("as many viewers as posters"));
                let _ = viewer.write_all(&frame);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
            // The viewer asks for its id, which this server does not need.
            _ => {
                let _ = stream.write_all(b"\x81\x10AAAAAAAAAAAAAAA=");
                return viewers.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
            }
        }
    }
}

/// Opens one WebSocket for each poster, and posts to them. One thread waits for all sockets, as the SDKs of AWS do.
fn clients(address: SocketAddr, posters: usize, posts: usize) -> Result<(), AnyError> {
    let viewers = (0..posters).map(|_| viewer(address)).collect::<Result<Vec<_>, _>>()?;
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for (viewer, id) in viewers {
            tasks.spawn(drain(viewer, posts));
            tasks.spawn(post(address, id, posts));
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok(())
    })
}

/// Opens a WebSocket, and returns it with its id as it is written in paths.
fn viewer(address: SocketAddr) -> Result<(TcpStream, String), AnyError> {
    let mut stream = TcpStream::connect(address)?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    // A text frame with the text `id` and a mask of zeros.
    stream.write_all(b"\x81\x82\0\0\0\0id")?;
    let mut answer = [0; 2 + 16];
    stream.read_exact(&mut answer)?;
    Ok((stream, str::from_utf8(&answer[2..])?.replace('=', "%3D")))
}

async fn post(address: SocketAddr, id: String, posts: usize) -> Result<(), AnyError> {
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    // The headers of AWS's SDK for Rust.
    let request = format!(
        "POST /ws/@connections/{id} HTTP/1.1\r\ncontent-type: application/octet-stream\r\n\
         content-length: {PAYLOAD_BYTES}\r\nuser-agent: aws-sdk-rust/1.3.10 os/linux lang/rust/1.95.0\r\n\
         x-amz-user-agent: aws-sdk-rust/1.3.10 ua/2.1 api/apigatewaymanagementapi/1.80.0 os/linux lang/rust/1.95.0 m/E,b\r\n\
         x-amz-date: 20261130T070000Z\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=AKIAIOSFODNN7EXAMPLE/20261130/eu-central-1/execute-api/aws4_request, \
         SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-user-agent, \
         Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n\
         amz-sdk-request: attempt=1; max=3\r\namz-sdk-invocation-id: 00000000-0000-4000-8000-000000000000\r\n\
         host: {address}\r\n\r\n{}",
        "x".repeat(PAYLOAD_BYTES)
    );
    let mut buffer = [0; 4096];
    for _ in 0..posts {
        stream.write_all(request.as_bytes()).await?;
        let read = stream.read(&mut buffer).await?;
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..read]));
    }
    Ok(())
}

async fn drain(viewer: TcpStream, posts: usize) -> Result<(), AnyError> {
    viewer.set_nonblocking(true)?;
    let mut viewer = tokio::net::TcpStream::from_std(viewer)?;
    let mut left = posts * (PAYLOAD_BYTES + 4);
    let mut buffer = [0; 16 * 1024];
    while left > 0 {
        let read = viewer.read(&mut buffer).await?;
        assert!(read > 0, "{left} bytes are missing");
        left -= read;
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
