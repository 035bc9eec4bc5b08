//! Prints every publication of the server that serves a board: `cargo run --example watch -- http://127.0.0.1:8080`.

use tickertape_client::{ConnectOptions, Driver, Target};
use tickertape_session::{Event, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8080".into());
    let target = Target::find(&ConnectOptions::new(url)).await?;
    let mut driver = Driver::open(target, Settings::default());
    let filter = "*".parse()?;
    driver.command(|session, now| session.subscribe(filter, None, now));
    loop {
        if let Event::Publications { topic, items, .. } = driver.next().await? {
            items.iter().for_each(|item| println!("{topic} {}", item.data));
        }
    }
}
