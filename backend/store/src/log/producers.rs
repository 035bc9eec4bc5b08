//! Stores the number (`seq`) and the result of the last request of each producer, which is a publisher that numbers its
//! requests. So a request that is sent twice is recognised. There are two tables: the current one, and the one of
//! version 0.1.0, whose producers belong to no principal.

use backend_core::producers::{Known, LastRequest, Seen, make_room};
use redb::{ReadableTable, Table};
use shared::Millis;
use shared::client::Producer;

/// Type of the table of producers. It maps the topic's number and the producer's [`key`] to the `seq` of its last
/// request, the offset of the last publication of that request, and the time from which the row may be deleted.
pub type Producers<'t> = Table<'t, (u32, &'static str), (u64, u64, i64)>;
/// Type of the table of producers that version 0.1.0 wrote. It maps the topic's number and the producer's id to the
/// `seq` of its last request and the offset of the last publication of that request.
pub type OldProducers<'t> = Table<'t, (u32, &'static str), (u64, u64)>;

/// The tables of producers, together with the topic and the principal (authenticated sender) to which the methods
/// apply.
pub struct Memory<'a, 't> {
    pub producers: &'a mut Producers<'t>,
    pub old: &'a mut OldProducers<'t>,
    pub number: u32,
    pub principal: &'a str,
}

/// Returns the key of a producer in the table: the length and the name of its principal, and its id. Because of the
/// length, the principal `a` with the id `bc` and the principal `ab` with the id `c` have different keys.
pub fn key(principal: &str, id: &str) -> String {
    format!("{}{id}", prefix(principal))
}

fn prefix(principal: &str) -> String {
    format!("{}:{principal}", principal.len())
}

/// Compares the `seq` of a request with the last `seq` of the same producer in the topic with this number. A producer
/// that version 0.1.0 stored is recognised for every principal that uses its id, until it publishes again.
pub fn look_up(
    producers: &Producers<'_>,
    old: &OldProducers<'_>,
    number: u32,
    principal: &str,
    producer: &Producer,
) -> Result<Seen, redb::Error> {
    if let Some(known) = producers.get((number, key(principal, &producer.id).as_str()))? {
        return Ok(last_request(known.value()).compare(producer.seq));
    }
    let known = old.get((number, producer.id.as_str()))?;
    let last = known.map(|known| {
        let (seq, offset) = known.value();
        LastRequest { seq, offset, until_ms: 0 }
    });
    Ok(last.map_or(Seen::Never, |last| last.compare(producer.seq)))
}

fn last_request((seq, offset, until_ms): (u64, u64, i64)) -> LastRequest {
    LastRequest { seq, offset, until_ms }
}

impl Memory<'_, '_> {
    /// If the producer `id` is new and there is no room for it, deletes rows of other producers that may be deleted. If
    /// none may be deleted yet, returns the time in milliseconds after which the new producer should try again;
    /// otherwise `None`.
    pub fn make_room(&mut self, id: &str, now: Millis) -> Result<Option<u64>, redb::Error> {
        if self.producers.get((self.number, key(self.principal, id).as_str()))?.is_some() {
            return Ok(None);
        }
        match make_room(self.known()?, now) {
            Ok(forgotten) => {
                for key in forgotten {
                    self.producers.remove((self.number, key.as_str()))?;
                }
                Ok(None)
            }
            Err(retry_after_ms) => Ok(Some(retry_after_ms)),
        }
    }

    /// Stores a request as the last one of its producer: its `seq`, the offset of its last publication, and the time
    /// from which the row may be deleted.
    pub fn remember(&mut self, producer: &Producer, offset: u64, now: Millis) -> Result<(), redb::Error> {
        let LastRequest { seq, offset, until_ms } = LastRequest::new(producer, offset, now);
        let key = key(self.principal, &producer.id);
        self.producers.insert((self.number, key.as_str()), (seq, offset, until_ms))?;
        self.old.remove((self.number, producer.id.as_str()))?;
        Ok(())
    }

    fn known(&self) -> Result<Vec<Known<String>>, redb::Error> {
        let (own, mut known) = (prefix(self.principal), Vec::new());
        for entry in self.producers.range((self.number, "")..)? {
            let (key, last) = entry?;
            let (number, name) = key.value();
            if number != self.number {
                break;
            }
            let is_own = name.starts_with(&own);
            known.push(Known { key: name.to_owned(), is_own, last: last_request(last.value()) });
        }
        Ok(known)
    }
}
