//! Implements `tickertape history`.

mod buckets;

use shared::{Publication, Topic};

use super::output::{self, Output};
use crate::cli::{HistoryArgs, Since, duration};
use crate::client;
use crate::error::CliError;
use crate::term::{Look, Paint, date_and_time, escaped, say, time_of_day};
use tickertape_client::Conversation;
use tickertape_client::clock::wall_ms;
use tickertape_client::history::{self, Gap, Period, Range};

/// Number of publications that are printed if neither `--limit` nor a beginning is given.
const DEFAULT_LIMIT: u64 = 100;

/// A line of the output.
enum Row<'a> {
    Item(&'a Publication),
    Gap(&'a Gap),
}

/// Prints the history of a topic: publications, or buckets with `--step`.
///
/// # Errors
///
/// An error if the server cannot be reached or refuses the request, or if the topic does not exist.
pub async fn run(args: HistoryArgs) -> Result<(), CliError> {
    let now = wall_ms();
    let [from_ms, to_ms] = [args.from, args.to].map(|time| time.map(|time| time.ms(now)));
    if let (Some(from_ms), Some(to_ms)) = (from_ms, to_ms)
        && from_ms >= to_ms
    {
        return Err(CliError::usage("--to is not after --from").hint("give a later time with --to"));
    }
    let period = Period { from_ms, to_ms };
    let mut conversation = Conversation::open(&client::find(&args.client).await?).await?;
    if let Some(step) = args.step {
        let step_ms = duration::ms(step);
        let past = history::buckets(&mut conversation, &args.topic, period, step_ms).await?;
        conversation.close().await;
        return buckets::print(&args.topic, period, step_ms, &past, args.json);
    }
    let range = read(&mut conversation, &args, period).await?;
    conversation.close().await;
    print(&args.topic, &range, args.json)
}

/// Prints publications. Those that are missing are told between them in JSON, and otherwise on standard error.
fn print(topic: &Topic, range: &Range, as_json: bool) -> Result<(), CliError> {
    let mut output = Output::open();
    for row in rows(range) {
        match row {
            Row::Item(item) if as_json => output.json(&output::publication(topic, &range.epoch, item))?,
            Row::Item(item) => output.words(&words(item))?,
            Row::Gap(gap) if as_json => output.json(&output::gap(topic, &gap.from, gap.to.as_ref()))?,
            Row::Gap(_) => {}
        }
    }
    output.flush()?;
    notes(topic, range, as_json).into_iter().for_each(say);
    Ok(())
}

/// Returns publications and gaps in the order of the log. A gap in an earlier log comes first.
fn rows(range: &Range) -> Vec<Row<'_>> {
    let items = range.items.iter().map(Row::Item);
    let mut rows: Vec<_> = items.chain(range.gaps.iter().map(Row::Gap)).collect();
    rows.sort_by_key(|row| match row {
        Row::Item(item) => (true, item.offset, false),
        Row::Gap(gap) => (gap.from.epoch == range.epoch, gap.from.offset, true),
    });
    rows
}

/// Returns sentences about everything that is missing and is not told in JSON.
fn notes(topic: &Topic, range: &Range, as_json: bool) -> Vec<String> {
    let gaps = range.gaps.iter().filter(|_| !as_json);
    let mut notes: Vec<_> = gaps.map(|gap| output::gap_words(topic, &gap.from, gap.to.as_ref())).collect();
    if let Some(before_ms) = range.missing_before_ms {
        let before = date_and_time(before_ms);
        notes.push(format!(
            "publications from before {before} are missing, because the server no longer has them"
        ));
    }
    notes
}

async fn read(
    conversation: &mut Conversation,
    args: &HistoryArgs,
    period: Period,
) -> Result<Range, CliError> {
    let read = match args.since.clone() {
        None if period != Period::default() => {
            let limit = args.limit.or(period.from_ms.is_none().then_some(DEFAULT_LIMIT));
            history::received_in(conversation, &args.topic, period, limit).await
        }
        None => history::newest(conversation, &args.topic, args.limit.unwrap_or(DEFAULT_LIMIT)).await,
        Some(Since::Position(since)) => history::after(conversation, &args.topic, since, args.limit).await,
        Some(Since::Ago(span)) => {
            let cutoff = wall_ms().saturating_sub_unsigned(duration::ms(span));
            history::received_since(conversation, &args.topic, cutoff, args.limit).await
        }
    };
    Ok(read?)
}

fn words(item: &Publication) -> String {
    let time = Paint::stdout().paint(Look::Dim, time_of_day(item.ts));
    format!("{time}  {}", escaped(&item.data.to_string()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use shared::{Epoch, Position};

    use super::*;
    use crate::cli::Cli;

    fn range() -> Range {
        let at = |epoch, offset| Position::new(Epoch::new(epoch), offset);
        let item = |offset| Publication { offset, ts: 0, received_at: 0, data: 1.into() };
        let gap = |from, to| Gap { from, to };
        Range {
            epoch: Epoch::new("e"),
            items: [901, 902, 905].map(item).to_vec(),
            gaps: vec![
                gap(at("old", 990), None),
                gap(at("e", 0), Some(at("e", 900))),
                gap(at("e", 902), Some(at("e", 904))),
                gap(at("e", 905), None),
            ],
            missing_before_ms: Some(1_800_000_000_000),
        }
    }

    #[test]
    fn gaps_stand_where_the_publications_are_missing() {
        let offset = |row: &Row<'_>| match row {
            Row::Item(item) => item.offset.to_string(),
            Row::Gap(gap) => format!("gap after {}", gap.from.offset),
        };
        assert_eq!(
            rows(&range()).iter().map(offset).collect::<Vec<_>>(),
            ["gap after 990", "gap after 0", "901", "902", "gap after 902", "905", "gap after 905"]
        );
    }

    #[test]
    fn what_is_missing_is_told_once() {
        let topic = Topic::new("a").unwrap();
        let by_time = "publications from before 2027-01-15T08:00:00.000Z are missing, because the server no longer has them";
        assert_eq!(
            notes(&topic, &range(), false),
            [
                "gap in a: its log was replaced by a new one after offset 990",
                "gap in a: 900 publications lost, offsets 1 to 900",
                "gap in a: 2 publications lost, offsets 903 to 904",
                "gap in a: its log was replaced by a new one after offset 905",
                by_time,
            ]
        );
        assert_eq!(notes(&topic, &range(), true), [by_time]);
    }

    #[test]
    fn the_help_says_where_missing_publications_are_told() {
        let help = Cli::command().find_subcommand_mut("history").unwrap().render_long_help().to_string();
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("a note on standard error says so"), "{help}");
        assert!(help.contains("a line with the field `gap`"), "{help}");
    }
}
