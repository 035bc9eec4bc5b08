//! Implements `tickertape publish`.

use std::io::{self, Read};

use backend_core::{Refusal, body};
use serde_json::json;
use shared::client::Publish;
use shared::publication::Item;
use shared::{ClientMessage, Position, ServerMessage, TopicMeta, limits};
use tickertape_inputs::data::Data;
use tickertape_inputs::word;

use super::batch::{Batcher, bytes_of, item};
use super::output::Output;
use crate::cli::PublishArgs;
use crate::client;
use crate::error::CliError;
use crate::term::say;
use tickertape_client::Conversation;
use tickertape_client::clock::wall_ms;

/// Publishes the data, and prints the position of the last publication.
///
/// # Errors
///
/// An error if the data is invalid, the server cannot be reached, or the server refuses the publication.
pub async fn run(args: PublishArgs) -> Result<(), CliError> {
    let target = client::find(&args.client).await?;
    let mut items = items(&args.data)?;
    for item in &mut items {
        item.ts = item.ts.or(args.ts);
        item.check(wall_ms()).map_err(CliError::usage)?;
    }
    let count = items.len();
    let mut conversation = Conversation::open(&target).await?;
    let mut landed = None;
    for batch in batches(items, args.meta.to_meta().as_ref()) {
        landed = Some(publish(&mut conversation, &args, batch).await?);
    }
    conversation.close().await;
    landed.map_or(Ok(()), |position| print_summary(&args, &position, count))
}

/// Reads the data from the arguments after the topic.
fn items(words: &[String]) -> Result<Vec<Item>, CliError> {
    match words {
        [dash] if dash == "-" => from_stdin(),
        [word] if !is_pair(word) => one(word).map(|item| vec![item]),
        pairs if pairs.iter().all(|word| is_pair(word)) => object(pairs).map(|item| vec![item]),
        _ => Err(CliError::usage("DATA has several words, but not all of them are KEY=VALUE")
            .hint("to publish text with spaces, quote it: tickertape publish TOPIC 'like this'")),
    }
}

fn is_pair(text: &str) -> bool {
    word::pair(text).is_some()
}

/// Reads a single argument. If it begins like JSON, it must be JSON. Otherwise it is a number, a bool or text.
fn one(text: &str) -> Result<Item, CliError> {
    if text.starts_with(['{', '[', '"']) {
        let (json, ts) = word::json(text).map_err(|error| {
            CliError::usage(error).hint("quote JSON for the shell: tickertape publish TOPIC '{\"in\": 21.5}'")
        })?;
        return item(&json, ts).map_err(CliError::usage);
    }
    let data = word::alone(text).map_err(CliError::usage)?;
    item(&data.to_json(), None).map_err(CliError::usage)
}

fn object(words: &[String]) -> Result<Item, CliError> {
    let mut fields: Vec<(String, Data)> = Vec::new();
    for (name, value) in words.iter().filter_map(|word| word.split_once('=')) {
        let value = word::field(value).map_err(CliError::usage)?;
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name.to_owned(), value)),
        }
    }
    item(&Data::Object(fields).to_json(), None).map_err(CliError::usage)
}

/// Reads standard input in the forms that the HTTP request `POST /topics/{topic}` accepts: one JSON value, a list of
/// values, or one value on each line.
fn from_stdin() -> Result<Vec<Item>, CliError> {
    let mut bytes = Vec::new();
    let most = limits::BODY_BYTES as u64 + 1;
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| CliError::failed(format!("standard input cannot be read: {error}")))?;
    from_bytes(&bytes)
}

/// Reads standard input, or its first bytes if it is too large.
fn from_bytes(bytes: &[u8]) -> Result<Vec<Item>, CliError> {
    if bytes.len() > limits::BODY_BYTES {
        let error = format!("standard input has more than {} bytes", limits::BODY_BYTES);
        return Err(CliError::usage(error)
            .hint("to publish so much, one value or line at a time, use `tickertape pipe TOPIC`"));
    }
    let body = body::read(bytes).map_err(|error| unreadable(&error.into()))?;
    Ok(body.items)
}

fn unreadable(refusal: &Refusal) -> CliError {
    let line = refusal.line.map(|line| format!(", line {line}")).unwrap_or_default();
    CliError::usage(format!("standard input{line}: {}", refusal.message)).hint(
        "`tickertape publish` reads JSON; to publish lines in another format, use `tickertape pipe TOPIC`",
    )
}

/// Divides items into requests, each of which fits into a frame together with the metadata.
fn batches(items: Vec<Item>, meta: Option<&TopicMeta>) -> Vec<Vec<Item>> {
    let mut batcher = Batcher::default();
    batcher.reserve(bytes_of(meta));
    let mut batches: Vec<_> = items.into_iter().filter_map(|item| batcher.push(item, 0)).collect();
    batches.push(batcher.take());
    batches
}

async fn publish(
    conversation: &mut Conversation,
    args: &PublishArgs,
    items: Vec<Item>,
) -> Result<Position, CliError> {
    let id = conversation.next_id();
    let request = Publish {
        id,
        topic: args.topic.clone(),
        data: None,
        ts: None,
        items,
        producer: None,
        meta: args.meta.to_meta(),
    };
    conversation.send(&ClientMessage::Publish(Box::new(request))).await?;
    loop {
        match conversation.receive().await? {
            ServerMessage::Published(published) if published.id == id => return Ok(published.position),
            _ => {}
        }
    }
}

fn print_summary(args: &PublishArgs, position: &Position, count: usize) -> Result<(), CliError> {
    let Position { epoch, offset } = position;
    if args.json {
        let line = json!({"topic": args.topic, "epoch": epoch, "offset": offset, "count": count});
        let mut output = Output::open();
        output.json(&line.to_string())?;
        return output.flush();
    }
    say(format_args!("{} {position}", args.topic));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::error::Exit;

    fn data(words: &[&str]) -> Value {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        items(&words).unwrap().remove(0).data.value()
    }

    #[test]
    fn an_argument_becomes_the_json_that_it_looks_like() {
        assert_eq!(data(&["21.5"]), json!(21.5));
        assert_eq!(data(&["true"]), json!(true));
        assert_eq!(data(&["open"]), json!("open"));
        assert_eq!(data(&["like this"]), json!("like this"));
        assert_eq!(data(&["{\"in\": 1}"]), json!({"in": 1}));
        assert_eq!(data(&["in=21.5", "door=open"]), json!({"in": 21.5, "door": "open"}));
        assert_eq!(data(&["1234e8"]), json!("1234e8"), "an id");
        assert_eq!(data(&["sha=83e2010", "build=0042"]), json!({"sha": "83e2010", "build": "0042"}));
        assert_eq!(data(&["note=two words"]), json!({"note": "two words"}));
    }

    #[test]
    fn requests_have_room_for_their_metadata() {
        let states = (0..64).map(|number| (format!("state-{number:050}"), "good".to_owned())).collect();
        let meta = TopicMeta { states, ..TopicMeta::default() };
        let items = || vec![Item::now("x".repeat(1_000)); 100];
        let largest = |meta: Option<&TopicMeta>| {
            let batches = batches(items(), meta);
            assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 100);
            batches.iter().map(|batch| serde_json::to_string(batch).unwrap().len()).max().unwrap()
        };
        let meta_bytes = bytes_of(Some(&meta));
        assert!(meta_bytes > 4_000, "{meta_bytes}");
        assert!(largest(None) > limits::FRAME_BYTES - meta_bytes, "no room is left if none is needed");
        assert!(largest(Some(&meta)) + meta_bytes + 1_024 <= limits::FRAME_BYTES);
    }

    #[test]
    fn standard_input_that_is_too_large_for_one_request_is_refused_with_its_limit() {
        let error = from_bytes("1".repeat(limits::BODY_BYTES + 1).as_bytes()).unwrap_err();
        assert_eq!(
            (error.exit, error.what.as_str()),
            (Exit::Usage, "standard input has more than 1048576 bytes")
        );
        assert!(error.hint.is_some_and(|hint| hint.contains("`tickertape pipe TOPIC`")));
        assert_eq!(from_bytes(b"1\n2\n").unwrap().len(), 2);
    }

    #[test]
    fn invalid_data_is_a_usage_error() {
        for words in [&["{in: 1}"][..], &["a=1", "b"], &["NaN"]] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(items(&words).unwrap_err().exit, Exit::Usage, "{words:?}");
        }
    }
}
