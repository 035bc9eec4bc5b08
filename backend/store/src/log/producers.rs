//! What idempotent producers sent last.

use redb::{ReadableTable, Table};
use shared::client::Producer;
use shared::limits;

type Producers<'t> = Table<'t, (u32, &'static str), (u64, u64)>;

/// What is known of a producer's `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Higher than any before.
    Never,
    /// The last one; it landed at this offset.
    Last(u64),
    /// Lower than this, the last one.
    TooLate(u64),
}

/// Looks a producer's `seq` up in the topic with this number.
pub fn look_up(producers: &Producers<'_>, number: u32, producer: &Producer) -> Result<Seen, redb::Error> {
    let Some(known) = producers.get((number, producer.id.as_str()))? else { return Ok(Seen::Never) };
    let (last, offset) = known.value();
    Ok(match producer.seq.cmp(&last) {
        std::cmp::Ordering::Greater => Seen::Never,
        std::cmp::Ordering::Equal => Seen::Last(offset),
        std::cmp::Ordering::Less => Seen::TooLate(last),
    })
}

/// Remembers what a producer sent and where it landed. Beyond [`limits::PRODUCERS`] of the topic, the one
/// that has been silent for longest is forgotten.
pub fn remember(
    producers: &mut Producers<'_>,
    number: u32,
    producer: &Producer,
    offset: u64,
) -> Result<(), redb::Error> {
    let replaced = producers.insert((number, producer.id.as_str()), (producer.seq, offset))?.is_some();
    if replaced {
        return Ok(());
    }
    match longest_silent(producers, number)? {
        Some(id) => producers.remove((number, id.as_str())).map(drop).map_err(Into::into),
        None => Ok(()),
    }
}

/// The producer to forget, if there is one too many. Offsets only rise, so the lowest is the least recent.
fn longest_silent(producers: &Producers<'_>, number: u32) -> Result<Option<String>, redb::Error> {
    let mut of_topic = Vec::new();
    for entry in producers.range((number, "")..)? {
        let (key, value) = entry?;
        if key.value().0 != number {
            break;
        }
        of_topic.push((value.value().1, key.value().1.to_owned()));
    }
    let too_many = of_topic.len() > limits::PRODUCERS;
    Ok(of_topic.into_iter().min().filter(|_| too_many).map(|(_, id)| id))
}
