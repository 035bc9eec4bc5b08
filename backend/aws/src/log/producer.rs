//! Reads the producers from the item that stores a topic's state. A producer is a publisher that numbers its requests,
//! so that a repeated request is not appended twice. The producers are in three maps with the same keys, because an
//! update can compute a value only at a place that it names. These functions do no IO.

use backend_core::ports::Append;
use backend_core::producers::{Known, LastRequest};
use sha1::{Digest, Sha1};
use shared::client::Producer;

use super::names::{LANDED, SEQS, UNTIL};
use crate::item::{AttributeError, Item, read_map, read_number, read_optional_number};

/// Length of the first part of a producer's key, in bytes: a hash of the name of the principal.
const PRINCIPAL_BYTES: usize = 4;
/// Length of the second part of a producer's key, in bytes: a hash of the principal and the producer's id. To get the key
/// of a given producer of somebody else, a principal would have to try about 2^96 ids. The key is not longer, so that
/// all producers of a topic fit into one item of DynamoDB, which has at most 400 KB.
const PRODUCER_BYTES: usize = 12;

/// Returns the key under which a topic's state contains a producer (a publisher that numbers its requests) of this
/// principal. It consists of two hashes in hexadecimal.
pub fn key(principal: &str, producer: &Producer) -> String {
    let name = format!("{}:{principal}{}", principal.len(), producer.id);
    format!("{}{}", prefix(principal), hash(&name, PRODUCER_BYTES))
}

/// Returns the beginning that is common to the keys of all producers of a principal.
fn prefix(principal: &str) -> String {
    hash(principal, PRINCIPAL_BYTES)
}

fn hash(text: &str, bytes: usize) -> String {
    Sha1::digest(text.as_bytes()).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the last request of the producer with this key, from the item that stores a topic's state. Returns `None` if
/// the item does not contain the producer.
pub fn last_request(head: &Item, key: &str) -> Result<Option<LastRequest>, AttributeError> {
    let Some(seq) = read_optional_number(read_map(head, SEQS)?, key)? else { return Ok(None) };
    let offset = read_number(read_map(head, LANDED)?, key)?;
    // Heads of version 0.1.0 do not have the map `until`.
    let until_ms = match head.get(UNTIL) {
        Some(_) => read_optional_number(read_map(head, UNTIL)?, key)?.unwrap_or_default(),
        None => 0,
    };
    Ok(Some(LastRequest { seq, offset, until_ms }))
}

/// Returns all producers that the item with a topic's state contains, and marks those that belong to the principal of
/// the append.
pub fn known(head: &Item, append: &Append) -> Result<Vec<Known<String>>, AttributeError> {
    let own = prefix(&append.principal);
    let mut known = Vec::new();
    for key in read_map(head, SEQS)?.keys() {
        if let Some(last) = last_request(head, key)? {
            known.push(Known { key: key.clone(), is_own: key.starts_with(&own), last });
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_differ_by_principal_and_by_id() {
        let producer = |id: &str| Producer { id: id.into(), seq: 1, done: false };
        let keys = [
            key("a", &producer("bc")),
            key("ab", &producer("c")),
            key("a", &producer("x")),
            key(&"long".repeat(100), &producer("bc")),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(key.len(), 2 * (PRINCIPAL_BYTES + PRODUCER_BYTES));
            assert!(!keys[..at].contains(key));
        }
        assert!(keys[2].starts_with(&prefix("a")) && !keys[1].starts_with(&prefix("a")));
    }
}
