//! The program that `cargo xtask bench` runs. It measures release builds of the program and of the page.

use std::process::ExitCode;

use e2e::bench;

/// Names of the benchmarks that run by default. Of the others, `init` and `broadcast` need the AWS topology, and `emulate` DynamoDB Local. See
/// [`run`].
const ALL: [&str; 7] = ["fanout", "latency", "recovery", "memory", "page", "page-memory", "board"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let only = std::env::args().nth(1);
    if only.as_deref() == Some(bench::hub::BARE) {
        bench::bare::run().await;
    }
    let wanted = only.as_deref().map_or(ALL.to_vec(), |only| vec![only]);
    if wanted != ["init"] {
        // The program that measures this figure prints its own table.
        println!("{:<52} {:>12}  unit", "figure", "value");
    }
    for name in wanted {
        if !run(name).await {
            eprintln!("there is no figure {name:?}: {} hostile kills init broadcast emulate", ALL.join(" "));
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Runs the benchmark with this name. Returns false if there is no such benchmark.
async fn run(name: &str) -> bool {
    match name {
        "fanout" => {
            bench::fanout::run(std::env::args().nth(2).and_then(|viewers| viewers.parse().ok())).await
        }
        "latency" => bench::latency::run().await,
        "recovery" => bench::recovery::run().await,
        "memory" => bench::memory::run().await,
        "page" => bench::page::run().await,
        "page-memory" => bench::page_memory::run().await,
        "board" => bench::board::run().await,
        "init" => bench::init::run().await,
        "kills" => bench::kills::run().await,
        "hostile" => bench::hostile::run().await,
        #[cfg(target_os = "linux")]
        "emulate" => bench::emulate::run().await,
        #[cfg(target_os = "linux")]
        "broadcast" => bench::broadcast::run().await,
        _ => return false,
    }
    true
}
