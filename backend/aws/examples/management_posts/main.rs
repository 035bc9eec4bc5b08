//! Measures the processor time of posts to connections: those of this crate, and those of the client in AWS's SDK. Both post the
//! same message to the same server on this machine, without and with TLS, in turns.
//!
//! `cargo run --release -p backend-aws --example management_posts -- POSTS`. The server runs in this process, and the posts are made by
//! another process of the same program, whose time is measured. It can be read on Linux only. For a profiler, further words
//! select what is measured, for example `ours plain`.

mod server;

use std::error::Error;
use std::fs;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use backend_aws::{ApiGatewayManagement, Aws};
use backend_core::ports::{ConnectionId, Management};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use server::Server;
use tokio::process::Command;

const USAGE: &str = "usage: posts POSTS [ours|sdk|plain|tls]…";
const TURNS: usize = 3;
const AT_ONCE: usize = 64;
/// A frame with one publication of some numbers has about this size.
const MESSAGE: Bytes = Bytes::from_static(&[b'x'; 250]);
/// A session token of a function has about this length.
const TOKEN_BYTES: usize = 900;

/// A client of the management API.
enum Poster {
    Ours(Box<ApiGatewayManagement>),
    Sdk(Client),
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["post", plain, tls, count, ref only @ ..] => {
            post(&[("plain", plain), ("tls", tls)], count.parse()?, only)
        }
        [_, ..] => serve(&words),
        [] => Err(USAGE.into()),
    }
}

/// Runs the server and the process that posts.
#[tokio::main(flavor = "current_thread")]
async fn serve(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path()).await?;
    let mut posts = Command::new(std::env::current_exe()?);
    posts.args(["post", &server.plain, &server.tls]).args(words).env("SSL_CERT_FILE", &server.certificate);
    posts.envs([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]);
    posts.env("AWS_SESSION_TOKEN", "t".repeat(TOKEN_BYTES));
    match posts.status().await?.success() {
        true => Ok(()),
        false => Err("the posts failed".into()),
    }
}

/// Makes the posts and prints their time.
#[tokio::main(flavor = "current_thread")]
async fn post(servers: &[(&str, &str)], count: usize, only: &[&str]) -> Result<(), Box<dyn Error>> {
    let ids: Vec<ConnectionId> = (0..count).map(|id| ConnectionId::new(&format!("c{id:013}="))).collect();
    let is_wanted = |name: &str| only.is_empty() || only.contains(&name);
    for (way, address) in servers.iter().filter(|(way, _)| is_wanted(way)) {
        let mut took = [("ours", vec![]), ("sdk", vec![])];
        for _ in 0..TURNS {
            for (name, figures) in took.iter_mut().filter(|(name, _)| is_wanted(name)) {
                let poster = Poster::new(name, address).await?;
                poster.post_to_all(&ids[..ids.len().min(AT_ONCE)]).await;
                let before = cpu()?;
                poster.post_to_all(&ids).await;
                figures.push((cpu()? - before).as_secs_f64() * 1e6 / count as f64);
            }
        }
        for (name, mut figures) in took.into_iter().filter(|(_, figures)| !figures.is_empty()) {
            figures.sort_by(f64::total_cmp);
            println!("{way:6} {name:6} {:6.1} µs a post ({figures:.1?})", figures[figures.len() / 2]);
        }
    }
    Ok(())
}

impl Poster {
    async fn new(name: &str, address: &str) -> Result<Self, Box<dyn Error>> {
        Ok(match name {
            "ours" => {
                let management = Aws::load().await.management(&address.parse()?);
                Self::Ours(Box::new(management.with_posts_at_once(AT_ONCE)))
            }
            _ => Self::Sdk(sdk(address).await),
        })
    }

    /// Posts to all connections, many at the same time. All posts succeed.
    async fn post_to_all(&self, ids: &[ConnectionId]) {
        match self {
            Self::Ours(ours) => assert_eq!(ours.post_to_all(ids, MESSAGE).await, []),
            Self::Sdk(sdk) => {
                let posts = ids.iter().map(|id| {
                    let post = sdk.post_to_connection().connection_id(id.as_str());
                    post.data(Blob::new(MESSAGE.to_vec())).send()
                });
                let posted = stream::iter(posts).buffer_unordered(AT_ONCE);
                posted.for_each(async |answer| drop(answer.expect("a post succeeds"))).await;
            }
        }
    }
}

/// Returns the SDK's client, with the same TLS as ours.
async fn sdk(address: &str) -> Client {
    let tls = Provider::Rustls(CryptoMode::Ring);
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().tls_provider(tls).build_https())
        .retry_config(RetryConfig::disabled())
        .endpoint_url(address);
    Client::new(&config.load().await)
}

/// Returns the processor time of the only thread of this process (proc(5), `schedstat`).
fn cpu() -> Result<Duration, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/schedstat")?;
    Ok(Duration::from_nanos(stat.split_whitespace().next().ok_or("no processor time")?.parse()?))
}
