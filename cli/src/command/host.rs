//! Implements `tickertape host`.

use std::time::Duration;

use shared::publication::Item;
use tickertape_session::{Event, Outgoing, Session, Settings};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::notice;
use crate::cli::HostArgs;
use crate::client::{self, refused};
use crate::error::CliError;
use crate::term::{Look, Paint, say};
use tickertape_client::Driver;
use tickertape_client::clock::wall_ms;
use tickertape_server::host::{self, HostPublication, Probe};

/// Time between the first reading of the counters and the first publication. The first rates are measured in this time.
const FIRST: Duration = Duration::from_millis(250);
/// Maximum number of publications that wait while the server cannot be reached. These are the metrics of half a minute.
/// Older ones are dropped, because they are no longer useful.
const QUEUE: usize = 200;

/// Publishes this machine's metrics until the process is stopped.
///
/// # Errors
///
/// An error if the first connection cannot be made, or the server refuses the publications.
pub async fn run(args: HostArgs) -> Result<(), CliError> {
    let target = client::find(&args.client).await?;
    let mut probe = Probe::new()
        .map_err(|error| CliError::failed(format!("this machine's metrics cannot be read: {error}")))?;
    host::publications(&args.topic, &probe.read()).map_err(CliError::usage)?;
    let paint = Paint::stderr();
    say(paint.paint(Look::Dim, format_args!("publishing {}/* to {target}", args.topic)));
    let mut driver = Driver::open(target, Settings::default().with_queue_messages(QUEUE));
    let mut ticks = interval_at(Instant::now() + FIRST, Duration::from_millis(host::EVERY_MS));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = ticks.tick() => publish(&mut driver, &args, &mut probe)?,
            event = driver.next() => on_event(&event?)?,
        }
    }
}

fn publish(driver: &mut Driver, args: &HostArgs, probe: &mut Probe) -> Result<(), CliError> {
    let publications = host::publications(&args.topic, &probe.read()).map_err(CliError::usage)?;
    let ts = wall_ms();
    for publication in publications {
        driver.command(|session: &mut Session, now| session.publish(outgoing(publication, ts), now));
    }
    Ok(())
}

fn outgoing(publication: HostPublication, ts: i64) -> Outgoing {
    let HostPublication { topic, data, meta } = publication;
    Outgoing {
        topic,
        items: vec![Item { data: data.into(), ts: Some(ts) }],
        meta: Some(meta),
        idempotent: true,
        done: false,
    }
}

fn on_event(event: &Event) -> Result<(), CliError> {
    notice::about(event);
    match event {
        Event::PublishRefused { refused: why, .. } => Err(refused(why)),
        _ => notice::refusal(event),
    }
}
