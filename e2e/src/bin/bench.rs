//! `cargo xtask bench`: the figures of the program and the page, from release builds, in one run.

use e2e::bench;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| name == only);
    println!("{:<52} {:>12}  unit", "figure", "value");
    if wanted("fanout") {
        bench::fanout::run().await;
    }
    if wanted("latency") {
        bench::latency::run().await;
    }
    if wanted("recovery") {
        bench::recovery::run().await;
    }
    if wanted("memory") {
        bench::memory::run().await;
    }
    if wanted("page") {
        bench::page::run().await;
    }
    if wanted("page-memory") {
        bench::page_memory::run().await;
    }
}
