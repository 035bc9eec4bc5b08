//! `tickertape pipe`.
//!
//! Lines wait on standard input while the server is away: reading stops when enough is unacknowledged, so
//! memory is bounded and nothing is dropped. Requests are numbered, so that those whose answer was lost are sent
//! again and yet land once.

mod input;
mod progress;
mod reading;

use std::io::{self, IsTerminal};
use std::time::Duration;

use serde_json::json;
use shared::publication::Item;
use tickertape_session::{Event, Outgoing, Session, Settings};
use tokio::time::{Interval, interval};

use super::notice;
use super::output::Output;
use crate::cli::{FormatArg, PipeArgs};
use crate::client::{self, refused};
use crate::failure::Failure;
use crate::pipe::Batcher;
use crate::term::{Look, Paint, say};
use tickertape_client::Driver;
use tickertape_client::clock::wall_ms;

use input::{Input, Line};
use progress::{Progress, lines};
use reading::Reading;

/// Requests that may be unacknowledged before reading stops.
const IN_FLIGHT: usize = 16;
/// More than that may be made of one line: the batch before it, and its own.
const QUEUE: usize = IN_FLIGHT + 8;
/// How often the rate is shown.
const SHOW: Duration = Duration::from_millis(500);

/// Publishes each line of standard input.
///
/// # Errors
///
/// If nobody answers the first call, the server refuses, or lines could not be read.
pub async fn run(args: PipeArgs) -> Result<(), Failure> {
    let target = client::find(&args.client).await?;
    let settings = Settings { queue_messages: QUEUE, queue_age_ms: None, ..Settings::default() };
    let mut pipe = Pipe {
        driver: Driver::open(target, settings),
        input: Some(Input::stdin()),
        reading: Reading::new(args.format),
        batcher: Batcher::default(),
        progress: Progress::default(),
        args,
    };
    let outcome = pipe.run().await;
    pipe.driver.close().await;
    pipe.tell()?;
    outcome
}

struct Pipe {
    args: PipeArgs,
    driver: Driver,
    /// `None` when all was read.
    input: Option<Input>,
    reading: Reading,
    batcher: Batcher,
    progress: Progress,
}

impl Pipe {
    /// Until everything is acknowledged, or the user does not want to wait for that.
    async fn run(&mut self) -> Result<(), Failure> {
        let mut show = io::stderr().is_terminal().then(|| interval(SHOW));
        while !self.is_done() {
            let due = [self.batcher.due_ms(), self.reading.due_ms()].into_iter().flatten().min();
            let due = due.map(|at_ms| self.driver.clock().instant(at_ms));
            let has_room = self.driver.session().outstanding() < IN_FLIGHT;
            tokio::select! {
                line = next_line(self.input.as_mut()), if has_room => self.take(line)?,
                event = self.driver.next() => self.hear(&event?)?,
                () = sleep_until(due) => self.due(),
                () = tick(show.as_mut()) => self.progress.show(self.driver.session(), &self.args.topic),
                _ = tokio::signal::ctrl_c() => return self.interrupted(),
            }
        }
        self.progress.verdict()
    }

    /// Even nothing is not published without a server to publish it to: otherwise an empty input would end well
    /// or badly by chance.
    fn is_done(&self) -> bool {
        self.input.is_none() && self.driver.session().outstanding() == 0 && self.driver.has_been_connected()
    }

    fn take(&mut self, line: Option<Result<Line, Failure>>) -> Result<(), Failure> {
        match line {
            Some(line) => {
                let read = self.reading.take(line?, self.driver.clock().mono_ms());
                self.gather(read);
            }
            None => {
                self.input = None;
                let read = self.reading.settle();
                self.gather(read);
                self.send_batch();
            }
        }
        Ok(())
    }

    /// A batch that has waited long enough, or first lines that have.
    fn due(&mut self) {
        let now_ms = self.driver.clock().mono_ms();
        if self.reading.due_ms().is_some_and(|at_ms| at_ms <= now_ms) {
            let read = self.reading.settle();
            self.gather(read);
        }
        if self.batcher.due_ms().is_some_and(|at_ms| at_ms <= now_ms) {
            self.send_batch();
        }
    }

    fn gather(&mut self, read: Vec<reading::Read>) {
        let (wall_ms, mono_ms) = (wall_ms(), self.driver.clock().mono_ms());
        for (number, outcome) in read {
            match outcome.and_then(|item| reading::check(item, wall_ms)) {
                Ok(item) => {
                    if let Some(full) = self.batcher.push(item, mono_ms) {
                        self.send(full);
                    }
                }
                Err(reason) => self.progress.bad_line(number, &reason),
            }
        }
    }

    fn send_batch(&mut self) {
        let batch = self.batcher.take();
        if !batch.is_empty() {
            self.send(batch);
        }
    }

    fn send(&mut self, items: Vec<Item>) {
        let count = items.len();
        let (topic, meta) = (self.args.topic.clone(), self.args.meta.to_meta());
        let outgoing = Outgoing { topic, items, meta, idempotent: true };
        let ticket = self.driver.command(|session: &mut Session, now| session.publish(outgoing, now));
        self.progress.sent(ticket, count);
    }

    fn hear(&mut self, event: &Event) -> Result<(), Failure> {
        notice::about(event);
        match event {
            Event::Published { ticket, position, .. } => self.progress.published(*ticket, position),
            Event::PublishRefused { refused: why, .. } => return Err(refused(why)),
            Event::Dropped { tickets, .. } => self.progress.dropped(tickets),
            _ => notice::refusal(event)?,
        }
        Ok(())
    }

    fn interrupted(&mut self) -> Result<(), Failure> {
        self.input = None;
        match self.progress.unacknowledged() + self.batcher.take().len() as u64 {
            0 => self.progress.verdict(),
            count => Err(Failure::failed(format!("interrupted; not acknowledged: {}", lines(count)))),
        }
    }

    /// The count, at the end, however it ended.
    fn tell(&self) -> Result<(), Failure> {
        let (published, bad) = (self.progress.published_lines(), self.progress.bad_lines());
        if self.args.json {
            let position = self.progress.position();
            let line = json!({
                "topic": self.args.topic, "published": published, "unreadable": bad, "position": position
            });
            let mut output = Output::open();
            output.line(&line.to_string())?;
            return output.flush();
        }
        let words = format!("{published} published to {}", self.args.topic);
        say(Paint::stderr().paint(Look::Dim, words));
        Ok(())
    }
}

/// The next line; for ever none, when all was read.
async fn next_line(input: Option<&mut Input>) -> Option<Result<Line, Failure>> {
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

/// Whether a format was named.
fn named(format: FormatArg) -> Option<crate::pipe::Format> {
    match format {
        FormatArg::Auto => None,
        FormatArg::Named(format) => Some(format),
    }
}
