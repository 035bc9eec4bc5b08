//! Runs `tickertape forget`, which deletes topics.

use shared::Filter;

use super::output::Output;
use super::topics;
use crate::cli::ForgetArgs;
use crate::client;
use crate::error::CliError;
use tickertape_client::forget;

/// Maximum number of topics that are named in the error about a missing `--yes`.
const NAMED: usize = 5;

/// Deletes topics with their history. If several topics match the filter, `--yes` is necessary.
///
/// # Errors
///
/// An error if the server cannot be reached or refuses the request, or if `--yes` is missing.
pub async fn run(args: ForgetArgs) -> Result<(), CliError> {
    let target = client::find(&args.client).await?;
    let topics = match args.filter {
        Filter::Only(topic) => vec![topic],
        filter => topics::names(&target, filter).await?,
    };
    if topics.len() > 1 && !args.yes {
        let some: Vec<&str> = topics.iter().take(NAMED).map(|topic| topic.as_str()).collect();
        let more = if topics.len() > NAMED { ", …" } else { "" };
        let what =
            format!("{} topics would be deleted with their history: {}{more}", topics.len(), some.join(", "));
        return Err(CliError::usage(what).hint("add --yes to delete them"));
    }
    let mut output = Output::open();
    for topic in &topics {
        forget(&target, topic).await?;
        output.words(&format!("deleted {topic}"))?;
    }
    output.flush()
}
