//! Implements `tickertape history`.

mod buckets;

use shared::Publication;

use super::output::{self, Output};
use crate::cli::{HistoryArgs, Since, duration};
use crate::client;
use crate::error::CliError;
use crate::term::{Look, Paint, escaped, time_of_day};
use tickertape_client::Conversation;
use tickertape_client::clock::wall_ms;
use tickertape_client::history::{self, Period, Range};

/// Number of publications that are printed if neither `--limit` nor a beginning is given.
const DEFAULT_LIMIT: u64 = 100;

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
    let Range { epoch, items } = read(&mut conversation, &args, period).await?;
    conversation.close().await;
    let mut output = Output::open();
    for item in &items {
        if args.json {
            output.json(&output::publication(&args.topic, &epoch, item))?;
        } else {
            output.words(&words(item))?;
        }
    }
    output.flush()
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
