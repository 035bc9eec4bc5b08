//! Runs `tickertape watch`.

use shared::{Epoch, Position, Publication, Topic};
use tickertape_session::{Event, Settings};

use super::notice;
use super::output::{self, Output, gap_words};
use crate::cli::WatchArgs;
use crate::client;
use crate::error::CliError;
use crate::term::{Look, Paint, escaped, say, time_of_day};
use tickertape_client::Driver;

/// Prints publications as they arrive. Ends after `--count` publications, or when the process is stopped.
///
/// # Errors
///
/// An error if the first connection cannot be made, or the server refuses the subscription.
pub async fn run(args: WatchArgs) -> Result<(), CliError> {
    let mut driver = Driver::open(client::find(&args.client).await?, Settings::default());
    driver.command(|session, now| session.subscribe(args.filter.clone(), args.rewind, now));
    let mut printer = Printer::new(args.json, args.count);
    while !printer.is_done() {
        let event = driver.next().await?;
        notice::refusal(&event)?;
        notice::about(&event);
        printer.print(event)?;
    }
    driver.close().await;
    Ok(())
}

struct Printer {
    output: Output,
    paint: Paint,
    as_json: bool,
    left: Option<u64>,
}

impl Printer {
    fn new(as_json: bool, left: Option<u64>) -> Self {
        Self { output: Output::open(), paint: Paint::stdout(), as_json, left }
    }

    fn is_done(&self) -> bool {
        self.left == Some(0)
    }

    fn print(&mut self, event: Event) -> Result<(), CliError> {
        match event {
            Event::Publications { topic, epoch, items, replay, .. } => {
                items.iter().try_for_each(|item| self.publication(&topic, &epoch, item, replay))?;
            }
            Event::Gap { topic, from, to, .. } => self.gap(&topic, &from, Some(&to))?,
            Event::EpochChanged { topic, last, .. } | Event::TopicGone { topic, last } => {
                self.gap(&topic, &last, None)?;
            }
            Event::Conditions { conditions } => {
                conditions.iter().for_each(|condition| say(escaped(&condition.message)));
            }
            _ => return Ok(()),
        }
        self.output.flush()
    }

    fn publication(
        &mut self,
        topic: &Topic,
        epoch: &Epoch,
        item: &Publication,
        replay: bool,
    ) -> Result<(), CliError> {
        if self.is_done() {
            return Ok(());
        }
        self.left = self.left.map(|left| left - 1);
        if self.as_json {
            return self.output.json(&output::publication(topic, epoch, item));
        }
        let line = self.words(topic, item, replay);
        self.output.words(&line)
    }

    fn words(&self, topic: &Topic, item: &Publication, replay: bool) -> String {
        let time = self.paint.paint(Look::Dim, time_of_day(item.ts));
        let mark = if replay { self.paint.paint(Look::Dim, "  (replayed)") } else { String::new() };
        let name = self.paint.paint(Look::Bold, topic);
        format!("{time}  {name}  {}{mark}", escaped(&item.data.to_string()))
    }

    /// Prints that the publications after `from` are missing. They end at `to`. If `to` is `None`, their number is
    /// unknown, because the log of the topic was replaced by a new one.
    fn gap(&mut self, topic: &Topic, from: &Position, to: Option<&Position>) -> Result<(), CliError> {
        if self.as_json {
            return self.output.json(&output::gap(topic, from, to));
        }
        self.output.words(&self.paint.paint(Look::Red, gap_words(topic, from, to)))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn a_gap_names_the_publications_that_are_lost_as_the_help_describes_them() {
        let topic = Topic::new("a").unwrap();
        let at = |offset| Position::new(Epoch::new("e"), offset);
        let words = |from, to| gap_words(&topic, &at(from), Some(&at(to)));
        assert_eq!(words(1, 40), "gap in a: 39 publications lost, offsets 2 to 40");
        assert_eq!(words(4, 5), "gap in a: 1 publication lost, offset 5");
        let help = Cli::command().find_subcommand_mut("watch").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("`to` that of the last missing one"), "{help}");
    }
}
