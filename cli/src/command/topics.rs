//! Runs `tickertape topics`.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::client::{Rewind, Subscribe};
use shared::server::{Publications, Subscribed, SubscribedTopic};
use shared::{ClientMessage, Filter, Position, Publication, ServerMessage, Topic, TopicMeta};

use super::output::Output;
use crate::cli::TopicsArgs;
use crate::client;
use crate::error::CliError;
use crate::term::{Look, Paint, clip, escaped, time_of_day};
use tickertape_client::{Conversation, Target};

/// Maximum number of characters of a value in the list. With `--json`, whole values are printed.
const DATA_CHARS: usize = 100;

/// Prints the topics that match a filter, each with its last publication.
///
/// # Errors
///
/// An error if the server cannot be reached or refuses the request.
pub async fn run(args: TopicsArgs) -> Result<(), CliError> {
    let listing = list(&client::find(&args.client).await?, args.filter).await?;
    print(&listing, args.json)
}

/// Requests the names of the topics that match a filter from the server.
///
/// # Errors
///
/// An error if the server cannot be reached or refuses the request.
pub(super) async fn names(target: &Target, filter: Filter) -> Result<Vec<Topic>, CliError> {
    Ok(list(target, filter).await?.topics.into_keys().collect())
}

async fn list(target: &Target, filter: Filter) -> Result<Listing, CliError> {
    let mut conversation = Conversation::open(target).await?;
    let mut listing = Listing::default();
    let id = conversation.next_id();
    conversation.send(&look(id, filter)).await?;
    while !listing.is_complete() {
        listing.take(id, conversation.receive().await?);
    }
    conversation.close().await;
    Ok(listing)
}

/// Returns a message that subscribes to `filter` and requests the last publication of each topic.
fn look(id: u64, filter: Filter) -> ClientMessage {
    ClientMessage::Subscribe(Subscribe {
        id,
        filter,
        since: BTreeMap::new(),
        rewind: Some(Rewind::Count(1)),
        max_hz: None,
    })
}

/// The topics and last publications that have been received so far.
#[derive(Debug, Default)]
struct Listing {
    topics: BTreeMap<Topic, SubscribedTopic>,
    last: BTreeMap<Topic, Publication>,
    is_whole: bool,
}

impl Listing {
    fn take(&mut self, id: u64, message: ServerMessage) {
        match message {
            ServerMessage::Subscribed(part) if part.id == id => self.topics(part),
            ServerMessage::Publications(part) => self.publications(part),
            ServerMessage::Batch(batch) => batch.parts.into_iter().for_each(|part| self.publications(part)),
            _ => {}
        }
    }

    fn topics(&mut self, part: Subscribed) {
        self.is_whole = !part.more;
        self.topics.extend(part.topics.into_iter().map(|topic| (topic.topic.clone(), topic)));
    }

    fn publications(&mut self, part: Publications) {
        self.last.extend(part.items.into_iter().next_back().map(|item| (part.topic, item)));
    }

    /// Returns true if all topics have been received, and the last publication of each topic that has any in its
    /// history.
    fn is_complete(&self) -> bool {
        let is_awaited = |topic: &SubscribedTopic| {
            topic.replay_from.as_ref().is_some_and(|from| from.offset < topic.position.offset)
        };
        self.is_whole
            && self.topics.values().all(|topic| !is_awaited(topic) || self.last.contains_key(&topic.topic))
    }
}

fn print(listing: &Listing, as_json: bool) -> Result<(), CliError> {
    let mut output = Output::open();
    let width = listing.topics.keys().map(|topic| topic.as_str().len()).max().unwrap_or_default();
    for (name, topic) in &listing.topics {
        let last = listing.last.get(name);
        if as_json {
            output.json(&json_line(topic, last))?;
        } else {
            output.words(&words(topic, last, width))?;
        }
    }
    output.flush()
}

fn json_line(topic: &SubscribedTopic, last: Option<&Publication>) -> String {
    // `json!` is not used, because it would parse the data and lose digits.
    #[derive(Serialize)]
    struct Line<'a> {
        topic: &'a Topic,
        #[serde(flatten)]
        position: &'a Position,
        meta: &'a TopicMeta,
        last: Option<&'a Publication>,
    }
    let SubscribedTopic { topic, position, meta, .. } = topic;
    // This cannot fail, because only names, numbers and JSON text are serialised.
    serde_json::to_string(&Line { topic, position, meta, last }).unwrap_or_default()
}

fn words(topic: &SubscribedTopic, last: Option<&Publication>, width: usize) -> String {
    let paint = Paint::stdout();
    let name = format!("{:width$}", topic.topic.as_str());
    let Some(last) = last else { return format!("{name}  {}", paint.paint(Look::Dim, "(no history left)")) };
    let unit = topic.meta.unit.as_deref().map(escaped).unwrap_or_default();
    let time = paint.paint(Look::Dim, time_of_day(last.ts));
    let data = clip(&escaped(&last.data.to_string()), DATA_CHARS);
    format!("{}  {time}  {data} {unit}", paint.paint(Look::Bold, name)).trim_end().to_owned()
}
