//! The last request of each idempotent producer.

use redb::{ReadableTable, Table};
use shared::client::Producer;
use shared::limits;

type Producers<'t> = Table<'t, (u32, &'static str), (u64, u64)>;

/// Relation of a `seq` to the producer's last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The `seq` is higher than any before.
    Never,
    /// The `seq` is the last one; its last item has this offset.
    Last(u64),
    /// The `seq` is lower than this, the last one.
    TooLow(u64),
}

/// Compares a producer's `seq` with its last one in the topic with this number.
pub fn look_up(producers: &Producers<'_>, number: u32, producer: &Producer) -> Result<Seen, redb::Error> {
    let Some(known) = producers.get((number, producer.id.as_str()))? else { return Ok(Seen::Never) };
    let (last, offset) = known.value();
    Ok(match producer.seq.cmp(&last) {
        std::cmp::Ordering::Greater => Seen::Never,
        std::cmp::Ordering::Equal => Seen::Last(offset),
        std::cmp::Ordering::Less => Seen::TooLow(last),
    })
}

/// Stores a producer's `seq` and the offset of its last item. Beyond [`limits::PRODUCERS`] of the topic, the producer that
/// published longest ago is forgotten.
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
    match least_recent(producers, number)? {
        Some(id) => producers.remove((number, id.as_str())).map(drop).map_err(Into::into),
        None => Ok(()),
    }
}

/// The producer to forget, if there is one too many. Offsets only rise, so that the lowest is the least recent.
fn least_recent(producers: &Producers<'_>, number: u32) -> Result<Option<String>, redb::Error> {
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
