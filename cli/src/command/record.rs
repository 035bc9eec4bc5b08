//! Runs `tickertape record`: writes what a session receives to a file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use shared::Millis;
use shared::recording::{Entry, Header, MOST_LINES, Writer};
use tickertape_client::clock::wall_ms;
use tickertape_client::{ClientError, Driver, Heard};
use tickertape_session::{Event, Settings};
use tokio::sync::mpsc;

use super::notice;
use super::serve::signals::Signals;
use crate::cli::RecordArgs;
use crate::client;
use crate::error::CliError;
use crate::term::say;

/// Longest recording, if `--for` is not given.
const MOST_TIME: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Records until Ctrl-C, the end of `--for`, the size of `--max-bytes`, or the largest number of lines that can be played.
///
/// # Errors
///
/// An error if the file exists or cannot be written, the first connection cannot be made, or the server refuses the
/// subscription. What was recorded until then stays in the file.
pub async fn run(args: RecordArgs) -> Result<(), CliError> {
    let mut stop = Signals::listen()
        .map_err(|error| CliError::failed(format!("signals such as Ctrl-C cannot be received: {error}")))?;
    let target = client::find(&args.client).await?;
    let header =
        Header { started_at: wall_ms(), filter: args.filter.clone(), server: target.ws().to_string() };
    let mut tape = Tape::create(&args, &header)?;
    let mut driver = Driver::open(target, Settings::default());
    let (sender, mut heard) = mpsc::unbounded_channel();
    driver.tap(move |heard| {
        // The receiver lives as long as the driver.
        let _ = sender.send((wall_ms(), entry(heard)));
    });
    driver.command(|session, now| session.subscribe(args.filter.clone(), args.rewind, now));
    let end = tokio::time::sleep(args.duration.unwrap_or(MOST_TIME).min(MOST_TIME));
    tokio::pin!(end);
    let mut failed: Option<ClientError> = None;
    while tape.has_room && failed.is_none() {
        tokio::select! {
            // What was received is written before the events that it causes.
            biased;
            Some((at, entry)) = heard.recv() => tape.write(at, &entry)?,
            () = stop.next() => break,
            () = &mut end => break,
            event = driver.next() => match event {
                Ok(event) => {
                    notice::refusal(&event)?;
                    notice::about(&event);
                    gap(event).into_iter().try_for_each(|gap| tape.write(wall_ms(), &gap))?;
                }
                Err(error) => failed = Some(error),
            },
        }
    }
    driver.close().await;
    say(tape.summary(&args.file, header.started_at));
    failed.map_or(Ok(()), |error| Err(error.into()))
}

fn entry(heard: Heard<'_>) -> Entry {
    match heard {
        Heard::Opened => Entry::Opened,
        Heard::Frame(text) => Entry::Frame(text.into()),
        Heard::Closed { code, reason } => Entry::Closed { code, reason: reason.to_owned() },
    }
}

fn gap(event: Event) -> Option<Entry> {
    match event {
        Event::Gap { topic, from, to, from_ts, to_ts } => {
            Some(Entry::Gap { topic, from, to, from_ts, to_ts })
        }
        _ => None,
    }
}

/// The file that is written.
struct Tape {
    file: File,
    writer: Writer,
    bytes: u64,
    /// Number of lines in the file. The header is one of them.
    lines: usize,
    frames: u64,
    has_room: bool,
}

impl Tape {
    fn create(args: &RecordArgs, header: &Header) -> Result<Self, CliError> {
        let most_bytes = usize::try_from(args.max_bytes).unwrap_or(usize::MAX);
        let (writer, first) = Writer::new(header, most_bytes);
        let file = create(&args.file, args.force)?;
        let mut tape = Self { file, writer, bytes: 0, lines: 0, frames: 0, has_room: true };
        tape.append(&first)?;
        Ok(tape)
    }

    /// Writes an entry, unless the file would become too long. Each line is written at once, so that a recorder that is
    /// killed loses at most a part of one line.
    fn write(&mut self, at: Millis, entry: &Entry) -> Result<(), CliError> {
        let Some(line) = self.writer.line(at, entry) else {
            self.has_room = false;
            return Ok(());
        };
        self.frames += u64::from(matches!(entry, Entry::Frame(_)));
        self.append(&line)
    }

    fn append(&mut self, line: &str) -> Result<(), CliError> {
        self.bytes += line.len() as u64;
        self.lines += 1;
        self.file
            .write_all(line.as_bytes())
            .map_err(|error| CliError::failed(format!("the recording cannot be written: {error}")))
    }

    fn summary(&self, path: &Path, started_at: Millis) -> String {
        let seconds = (wall_ms() - started_at).max(0) / 1_000;
        let end = if self.has_room { String::new() } else { reached(self.lines) };
        let Self { frames, bytes, .. } = self;
        let frames = if *frames == 1 { "1 frame".to_owned() } else { format!("{frames} frames") };
        format!("recorded {frames} in {seconds} s, {bytes} bytes, to {}{end}", path.display())
    }
}

/// Returns the reason why a recording of this number of lines has ended by itself, as the end of a sentence.
fn reached(lines: usize) -> String {
    if lines < MOST_LINES {
        return "; it ended because the file would have become larger than --max-bytes".to_owned();
    }
    format!("; it ended because it has {MOST_LINES} lines, and a longer recording cannot be played")
}

fn create(path: &Path, force: bool) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => CliError::usage(format!("the file {} exists", path.display()))
            .hint("choose another name, or add --force to replace it"),
        _ => CliError::usage(format!("the file {} cannot be written: {error}", path.display())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_ends_by_itself_names_the_limit_that_was_reached() {
        assert!(reached(MOST_LINES - 1).ends_with("larger than --max-bytes"));
        assert!(reached(MOST_LINES).contains("4000000 lines"));
    }
}
