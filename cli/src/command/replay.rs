//! Runs `tickertape replay`: serves the page with a recording, which the page plays back.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use shared::recording::{Damage, MOST_BYTES, Recording};
use tickertape_server::Replay;
use tokio::net::TcpListener;

use super::serve::signals::Signals;
use crate::cli::ReplayArgs;
use crate::error::CliError;
use crate::term::{Look, Paint, escaped_json, say, time_of_day};

/// Serves the recording until Ctrl-C. Damaged lines are named and left out.
///
/// # Errors
///
/// An error if the file is not a recording, or the address cannot be used.
pub async fn run(args: ReplayArgs) -> Result<(), CliError> {
    if !args.listen.ip().is_loopback() {
        let error = format!(
            "--listen {} can be reached from other machines, and recordings need no token",
            args.listen
        );
        return Err(
            CliError::usage(error).hint("listen on this machine only, such as --listen 127.0.0.1:8090")
        );
    }
    let (bytes, recording) = read(&args.file)?;
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        CliError::failed(format!("cannot listen on {}: {error}", args.listen))
            .hint("choose another address with --listen, such as --listen 127.0.0.1:0 for a free port")
    })?;
    let address = listener.local_addr().map_err(tickertape_server::ServerError::Listener)?;
    let server = Replay::new(args.site.as_deref(), bytes.into(), address)?;
    if !server.has_page() {
        say("this program was built without the page: give a built page with --site");
    }
    let mut stop = Signals::listen()
        .map_err(|error| CliError::failed(format!("signals such as Ctrl-C cannot be received: {error}")))?;
    announce(&recording, &format!("http://{address}/"), args.json);
    server.run(listener, async move { stop.next().await }).await?;
    Ok(())
}

fn read(path: &Path) -> Result<(Vec<u8>, Recording), CliError> {
    let unreadable =
        |error: io::Error| CliError::usage(format!("{} cannot be read: {error}", path.display()));
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > MOST_BYTES as u64 {
        let error = shared::recording::RecordingError::TooLong {
            bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        };
        return Err(CliError::usage(format!("{}: {error}", path.display())));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let recording =
        Recording::read(&bytes).map_err(|error| CliError::usage(format!("{}: {error}", path.display())))?;
    Ok((bytes, recording))
}

fn announce(recording: &Recording, url: &str, as_json: bool) {
    let (from, to) = (recording.header.started_at, recording.ended_at());
    let mut out = io::stdout().lock();
    let text = if as_json {
        let damage =
            |damage: &Damage| json!({"first": damage.first, "last": damage.last, "fault": damage.fault});
        let damaged: Vec<_> = recording.damage.iter().map(damage).collect();
        let truncated = recording.is_truncated;
        let line = json!({"url": url, "started_at": from, "ended_at": to, "truncated": truncated, "damaged": damaged});
        // The faults may contain text of the file.
        escaped_json(&line.to_string()).into_owned()
    } else {
        let paint = Paint::stdout();
        let times = format!("{} to {}", time_of_day(from), time_of_day(to));
        format!(
            "{} {}\n{} {times}",
            paint.paint(Look::Dim, "board"),
            paint.paint(Look::Bold, url),
            paint.paint(Look::Dim, "from ")
        )
    };
    // Errors are ignored, so that the server goes on if standard output is closed.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    Damage::words(&recording.damage).into_iter().for_each(say);
    if recording.is_truncated {
        say("the last line of the recording is incomplete and is left out");
    }
}
