//! Implements `tickertape pipe`.
//!
//! While the server cannot be reached, the command stops reading standard input as soon as `IN_FLIGHT` requests are
//! not acknowledged. So its memory is bounded, and no line is dropped. Requests have numbers, so that the server
//! recognises a request that is sent again because its answer was lost.

mod input;
mod progress;
mod queue;
mod zone;

use std::io::{self, IsTerminal};
use std::time::Duration;

use serde_json::json;
use shared::publication::Item;
use shared::{Topic, TopicMeta, limits};
use tickertape_inputs::{Destination, Line, LineError, Moment, Options, Outcome, Publication, Reader};
use tickertape_session::{Event, Outgoing, Session, Settings};
use tokio::time::{Interval, interval};

use super::output::Output;
use super::{batch, notice};
use crate::cli::{FormatArg, PipeArgs};
use crate::client::{self, refused};
use crate::error::CliError;
use crate::term::{Look, Paint, say};
use tickertape_client::Driver;
use tickertape_client::clock::wall_ms;

use input::Input;
use progress::{Progress, lines};
use queue::{Batch, Queue};
use zone::LocalZone;

/// Number of unacknowledged requests at which the command stops reading.
const IN_FLIGHT: usize = 16;
/// Size of a request without its items and metadata, in bytes, at most.
const REST_BYTES: usize = 1024;
/// Length of the session's queue of requests. It is longer than [`IN_FLIGHT`], because one line can complete several
/// requests: the previous batch, and the batch with the line itself.
const QUEUE: usize = IN_FLIGHT + 8;
/// Time between two updates of the number of lines and the rate on a terminal.
const SHOW: Duration = Duration::from_millis(500);

/// Publishes each line of standard input.
///
/// # Errors
///
/// An error if the first connection cannot be made, the server refuses a request, or lines could not be published.
pub async fn run(args: PipeArgs) -> Result<(), CliError> {
    let target = client::find(&args.client).await?;
    let settings = Settings::default().with_queue_messages(QUEUE).with_queue_age_ms(None);
    let options = Options { format: named(args.format), key: args.key.clone(), time: args.time.clone() };
    let log = Topic::new(&format!("{}/log", args.topic)).map_err(|error| error.to_string());
    let mut pipe = Pipe {
        driver: Driver::open(target, settings),
        input: Some(Input::stdin()),
        reader: Reader::new(options, Box::new(LocalZone)),
        queue: Queue::default(),
        log_queue: Queue::default(),
        log,
        progress: Progress::default(),
        args,
    };
    let outcome = pipe.run().await;
    pipe.driver.close().await;
    pipe.print_summary()?;
    outcome
}

struct Pipe {
    args: PipeArgs,
    driver: Driver,
    /// The lines of standard input; `None` after the last line was read.
    input: Option<Input>,
    reader: Reader,
    queue: Queue,
    log_queue: Queue,
    /// The topic for lines that are not in the format of the input. If it cannot be used, this is the reason.
    log: Result<Topic, String>,
    progress: Progress,
}

impl Pipe {
    /// Runs until everything is acknowledged, or the user interrupts it.
    async fn run(&mut self) -> Result<(), CliError> {
        let mut show = io::stderr().is_terminal().then(|| interval(SHOW));
        while !self.is_done() {
            let due = [self.queue.due_ms(), self.log_queue.due_ms(), self.reader.due_ms()]
                .into_iter()
                .flatten()
                .min();
            let due = due.map(|at_ms| self.driver.clock().instant(at_ms));
            let has_room = self.driver.session().outstanding() < IN_FLIGHT;
            let line = next_line(self.input.as_mut().filter(|_| has_room));
            tokio::select! {
                step = next_step(line, sleep_until(due)) => match step {
                    Step::Line(line) => self.take(line)?,
                    Step::Due => self.due(),
                },
                event = self.driver.next() => self.on_event(&event?)?,
                () = tick(show.as_mut()) => self.progress.show(self.driver.session(), &self.args.topic),
                _ = tokio::signal::ctrl_c() => return self.interrupted(),
            }
        }
        self.progress.verdict()
    }

    /// Returns true if the whole input was read and acknowledged, and the command has been connected at least once.
    /// Without the second condition, a command with an empty input could succeed before it has tried to connect, even
    /// if there is no server.
    fn is_done(&self) -> bool {
        self.input.is_none() && self.driver.session().outstanding() == 0 && self.driver.has_been_connected()
    }

    fn take(&mut self, line: Option<Result<Line, CliError>>) -> Result<(), CliError> {
        if line.is_some() {
            // `next_step` prefers the input, but lines that are due must not wait until it pauses.
            self.due();
        }
        let now = self.now();
        match line {
            Some(line) => {
                let outcomes = self.reader.read(line?, now);
                self.gather(outcomes, now);
            }
            None => {
                self.input = None;
                let outcomes = self.reader.finish(now);
                self.gather(outcomes, now);
                self.send_waiting(true);
            }
        }
        Ok(())
    }

    /// Sends the batches that have waited long enough, and handles the lines that the reader has held back for some
    /// time.
    fn due(&mut self) {
        let now = self.now();
        let outcomes = self.reader.wake(now);
        self.gather(outcomes, now);
        self.send_waiting(false);
    }

    fn now(&self) -> Moment {
        Moment { mono_ms: self.driver.clock().mono_ms(), wall_ms: wall_ms() }
    }

    fn gather(&mut self, outcomes: Vec<Outcome>, now: Moment) {
        for outcome in outcomes {
            match outcome {
                Outcome::Publish(publication) => self.publish(publication, now),
                Outcome::Structure { .. } => self.progress.structure(),
                Outcome::Blank { .. } => self.progress.blank(),
                Outcome::Unreadable { line, reason } => self.report_line(line, &reason),
            }
        }
        for time in self.reader.take_ignored_times() {
            say(Paint::stderr().paint(Look::Yellow, time));
        }
    }

    fn report_line(&mut self, line: u64, reason: &LineError) {
        self.progress.bad_line(line, &reason.to_string());
    }

    /// Adds a publication to the queue. If it has no time of its own, it gets the present time, because it may wait
    /// while the server cannot be reached. An item that the server would refuse is reported here and left out, because
    /// the server would refuse the whole batch.
    fn publish(&mut self, publication: Publication, now: Moment) {
        let Publication { lines, to, json, ts } = publication;
        let item = batch::item(&json, ts.or(Some(now.wall_ms))).map_err(|error| error.to_string());
        let item =
            item.and_then(|item| item.check(now.wall_ms).map(|()| item).map_err(|error| error.to_string()));
        let log_fault = if to == Destination::Log { self.log.as_ref().err().cloned() } else { None };
        let item = match (item, log_fault) {
            (Ok(item), None) => item,
            (Err(reason), _) => return self.report_lines(&lines, &reason),
            (Ok(_), Some(fault)) => {
                return self.report_lines(
                    &lines,
                    &format!(
                        "the line is not in the format of the input, and cannot be published to {}/log: {fault}",
                        self.args.topic
                    ),
                );
            }
        };
        if to == Destination::Topic && self.queue.due_ms().is_none() {
            self.queue.reserve(batch::bytes_of(self.meta().as_ref()));
        }
        let queue = if to == Destination::Log { &mut self.log_queue } else { &mut self.queue };
        if let Some(full) = queue.push(item, lines, now.mono_ms) {
            self.send(full, to, false);
        }
    }

    fn report_lines(&mut self, lines: &[u64], reason: &str) {
        for line in lines {
            self.progress.bad_line(*line, reason);
        }
    }

    /// Sends the batches that have waited long enough; if `is_end` is true, sends all batches, and nothing follows them.
    fn send_waiting(&mut self, is_end: bool) {
        let now_ms = self.driver.clock().mono_ms();
        for to in [Destination::Topic, Destination::Log] {
            let queue = if to == Destination::Log { &mut self.log_queue } else { &mut self.queue };
            if queue.due_ms().is_some_and(|at_ms| is_end || at_ms <= now_ms) {
                let batch = queue.take();
                self.send(batch, to, is_end);
            }
        }
    }

    /// Sends a batch. If `done` is true, it is the last one to this topic.
    fn send(&mut self, batch: Batch, to: Destination, done: bool) {
        let topic = match (to, &self.log) {
            (Destination::Topic, _) => self.args.topic.clone(),
            (Destination::Log, Ok(topic)) => topic.clone(),
            (Destination::Log, Err(fault)) => {
                let reason = format!(
                    "the line is not in the format of the input, and cannot be published to {}/log: {fault}",
                    self.args.topic
                );
                return self.report_lines(&batch.lines, &reason);
            }
        };
        let meta = match to {
            Destination::Topic => self.meta(),
            Destination::Log => Some(TopicMeta { panel: Some("log".to_owned()), ..TopicMeta::default() }),
        };
        let Batch { items, lines } = batch;
        let meta = fitting(meta, &items);
        let outgoing = Outgoing { topic, items, meta, idempotent: true, done };
        let ticket = self.driver.command(|session: &mut Session, now| session.publish(outgoing, now));
        self.progress.sent(ticket, lines, to);
    }

    /// Returns the metadata from the command line, together with the units that stood after the numbers in the input.
    fn meta(&self) -> Option<TopicMeta> {
        let mut meta = self.args.meta.to_meta().unwrap_or_default();
        let mut units = self.reader.units();
        let own = units.remove("");
        meta.unit = meta.unit.or(own);
        meta.units = units;
        (!meta.is_empty()).then_some(meta)
    }

    fn on_event(&mut self, event: &Event) -> Result<(), CliError> {
        notice::about(event);
        match event {
            Event::Published { ticket, position, .. } => self.progress.published(*ticket, position),
            Event::PublishRefused { ticket, refused: why } => match self.progress.refused_log(*ticket) {
                // These lines, and later ones that are not in the format of the input, are reported instead of being
                // published.
                Some(lines) => {
                    let reason = format!(
                        "the line is not in the format of the input, and cannot be published to {}/log: {}",
                        self.args.topic, why.message
                    );
                    self.log = Err(why.message.clone());
                    self.report_lines(&lines, &reason);
                }
                None => return Err(refused(why)),
            },
            Event::Dropped { tickets, .. } => self.progress.dropped(tickets),
            _ => notice::refusal(event)?,
        }
        Ok(())
    }

    fn interrupted(&mut self) -> Result<(), CliError> {
        self.input = None;
        // Lines that the reader holds back count as read.
        let now = self.now();
        let held = self.reader.finish(now);
        self.gather(held, now);
        let waiting = self.queue.take().lines.len() + self.log_queue.take().lines.len();
        match self.progress.unacknowledged() + waiting as u64 {
            0 => self.progress.verdict(),
            count => Err(CliError::failed(format!(
                "interrupted: {} may be missing on the server, because it did not acknowledge them",
                lines(count)
            ))),
        }
    }

    /// Prints the numbers of lines. It is called both after success and after an error.
    fn print_summary(&self) -> Result<(), CliError> {
        let counts = self.progress.counts();
        if self.args.json {
            let line = json!({
                "topic": self.args.topic,
                "published": counts.published,
                "published_to_log": counts.logged,
                "structure": counts.structure,
                "unreadable": counts.unreadable,
                "blank": counts.blank,
                "format": self.reader.format().map(tickertape_inputs::Format::name),
                "position": self.progress.position(),
            });
            let mut output = Output::open();
            output.json(&line.to_string())?;
            return output.flush();
        }
        say(Paint::stderr().paint(Look::Dim, counts.words(&self.args.topic)));
        Ok(())
    }
}

/// A result of [`next_step`].
enum Step {
    /// The next line of the input; `None` after the last line.
    Line(Option<Result<Line, CliError>>),
    /// Lines that wait are due.
    Due,
}

/// Waits for a line or the end of the input, or until lines that wait are due. If both have come, the input goes first, so that the
/// lines that wait at its end are sent in the last requests.
async fn next_step(
    line: impl Future<Output = Option<Result<Line, CliError>>>,
    due: impl Future<Output = ()>,
) -> Step {
    tokio::select! {
        biased;
        line = line => Step::Line(line),
        () = due => Step::Due,
    }
}

/// Returns the next line of the input. If there is no input, the future never resolves.
async fn next_line(input: Option<&mut Input>) -> Option<Result<Line, CliError>> {
    match input {
        Some(input) => input.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

async fn tick(show: Option<&mut Interval>) {
    match show {
        Some(show) => drop(show.tick().await),
        None => std::future::pending().await,
    }
}

/// Returns the format that was named on the command line. Returns `None` if the format is to be detected.
fn named(format: FormatArg) -> Option<tickertape_inputs::Format> {
    match format {
        FormatArg::Auto => None,
        FormatArg::Named(format) => Some(format),
    }
}

/// Returns the metadata without its units if they do not fit into a frame beside the items, because more series have appeared since the
/// batch was begun. They are sent with the next batch.
fn fitting(meta: Option<TopicMeta>, items: &[Item]) -> Option<TopicMeta> {
    let bytes = batch::bytes_of(meta.as_ref());
    let is_small = bytes <= limits::FRAME_BYTES - batch::BYTES - REST_BYTES;
    let fits = || {
        let items = serde_json::to_string(items).map_or(0, |json| json.len());
        items + bytes + REST_BYTES <= limits::FRAME_BYTES
    };
    if is_small || fits() {
        return meta;
    }
    meta.map(|meta| TopicMeta { units: Default::default(), ..meta }).filter(|meta| !meta.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_of_the_input_goes_before_lines_that_are_due() {
        for _ in 0..100 {
            let step = next_step(std::future::ready(None), std::future::ready(())).await;
            assert!(matches!(step, Step::Line(None)));
        }
        assert!(matches!(next_step(next_line(None), std::future::ready(())).await, Step::Due));
    }
}
