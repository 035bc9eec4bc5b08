//! Runs `tickertape forget`, which deletes topics.

use shared::Filter;

use super::output::Output;
use super::topics;
use crate::cli::ForgetArgs;
use crate::client;
use crate::error::{CliError, Exit};
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
        filter => {
            topics::names(&target, filter.clone()).await.map_err(|error| with_subscribe(error, &filter))?
        }
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

/// Adds a hint to the error of a token that may not read the names of the topics. A token that permits deleting them need
/// not permit this.
fn with_subscribe(error: CliError, filter: &Filter) -> CliError {
    let needs_another_token = error.hint.as_deref().is_none_or(|hint| hint == client::ANOTHER_TOKEN);
    if error.exit != Exit::Refused || !needs_another_token {
        return error;
    }
    error.hint(format_args!(
        "the names of the topics that match '{filter}' are read first: use a token that was made with --subscribe '{filter}' \
         --forget '{filter}', or name a single topic"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_about_the_permission_to_read_names_what_the_token_needs() {
        let filter: Filter = "old/*".parse().unwrap();
        let refused = CliError::new(Exit::Refused, "may not subscribe");
        let hint = |error: CliError| with_subscribe(error, &filter).hint;
        assert!(
            hint(refused.clone()).is_some_and(|hint| hint.contains("--subscribe 'old/*' --forget 'old/*'"))
        );
        let forbidden = refused.clone().hint(client::ANOTHER_TOKEN);
        assert_eq!(hint(forbidden), hint(refused.clone()), "the server does not let such a token connect");
        assert_eq!(hint(refused.hint("give a token")).as_deref(), Some("give a token"));
        assert_eq!(hint(CliError::failed("no room")), None);
    }
}
