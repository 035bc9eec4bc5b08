//! Splits the deliveries of a broadcast (frames and the connections that get them) into shards that are posted at the
//! same time. So the last connection of a long list does not wait for all the others.

use bytes::Bytes;

use super::Delivery;
use crate::pack;
use crate::ports::ConnectionId;

/// Limits on the size of a shard. A shard is a list of deliveries that are posted one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardSize {
    /// Maximum number of connections in a shard. If all deliveries together have no more connections than this, they
    /// stay in one shard, whatever their size in bytes.
    pub connections: usize,
    /// Maximum size of a shard as JSON, in bytes, with every frame and every connection id as a string. A shard may
    /// only be larger if it consists of a single large frame.
    pub bytes: usize,
}

/// Splits deliveries (frames and the connections that get them) into shards of at most `size`, which are posted at the
/// same time. Every connection gets all its frames. If the frames of a connection are in one shard, they arrive in
/// order. If they are in several shards, a later frame may arrive before an earlier one.
pub fn shards(deliveries: Vec<Delivery>, size: ShardSize) -> Vec<Vec<Delivery>> {
    if deliveries.iter().map(|delivery| delivery.to.len()).sum::<usize>() <= size.connections {
        return if deliveries.is_empty() { Vec::new() } else { vec![deliveries] };
    }
    let mut shards = Shards { size, full: Vec::new(), open: Vec::new(), connections: 0, bytes: 0 };
    for Delivery { frames, to } in deliveries {
        for run in runs(frames, size.bytes / 2) {
            shards.add(&run, &to);
        }
    }
    shards.close();
    shards.full
}

struct Shards {
    size: ShardSize,
    full: Vec<Vec<Delivery>>,
    open: Vec<Delivery>,
    connections: usize,
    bytes: usize,
}

impl Shards {
    fn add(&mut self, frames: &[Bytes], mut to: &[ConnectionId]) {
        let fixed = frames.iter().map(frame_bytes).sum::<usize>() + DELIVERY;
        while !to.is_empty() {
            let room = self.size.bytes.saturating_sub(self.bytes + fixed);
            let by_bytes = pack::fitting(to.iter().map(id_bytes), room);
            let count = by_bytes.min(self.size.connections.saturating_sub(self.connections)).min(to.len());
            if count == 0 && !self.open.is_empty() {
                self.close();
                continue;
            }
            let (now, later) = to.split_at(count.max(1));
            self.connections += now.len();
            self.bytes += fixed + now.iter().map(|id| id_bytes(id) + 1).sum::<usize>();
            self.open.push(Delivery { frames: frames.to_vec(), to: now.to_vec() });
            to = later;
        }
    }

    fn close(&mut self) {
        (self.connections, self.bytes) = (0, 0);
        self.full.extend(Some(std::mem::take(&mut self.open)).filter(|shard| !shard.is_empty()));
    }
}

/// Length of `{"frames":[],"to":[]},` in bytes: the JSON of a delivery without its frames and connection ids.
const DELIVERY: usize = 22;

/// Splits frames into groups of consecutive frames. Each group has at most `limit` bytes in total, unless it consists
/// of a single larger frame.
fn runs(frames: Vec<Bytes>, limit: usize) -> Vec<Vec<Bytes>> {
    let mut runs: Vec<Vec<Bytes>> = Vec::new();
    let mut left = 0;
    for frame in frames {
        let bytes = frame_bytes(&frame);
        match runs.last_mut().filter(|_| bytes <= left) {
            Some(run) => run.push(frame),
            None => {
                runs.push(vec![frame]);
                left = limit;
            }
        }
        left = left.saturating_sub(bytes);
    }
    runs
}

/// Returns the length of a frame as a JSON string followed by a comma, in bytes.
fn frame_bytes(frame: &Bytes) -> usize {
    pack::json_len(&String::from_utf8_lossy(frame)) + 1
}

/// Returns the length of an id as a JSON string, in bytes. Ids are base64, which needs no escapes.
fn id_bytes(id: &ConnectionId) -> usize {
    id.as_str().len() + 2
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn delivery(frames: &[usize], to: std::ops::Range<usize>) -> Delivery {
        let frame = |size: &usize| Bytes::from("\"".repeat(*size));
        Delivery { frames: frames.iter().map(frame).collect(), to: to.map(id).collect() }
    }

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new(&format!("{number:015}="))
    }

    fn frames_by_connection(deliveries: &[Delivery]) -> BTreeMap<ConnectionId, Vec<Bytes>> {
        let mut frames: BTreeMap<ConnectionId, Vec<Bytes>> = BTreeMap::new();
        for delivery in deliveries {
            for id in &delivery.to {
                frames.entry(id.clone()).or_default().extend(delivery.frames.clone());
            }
        }
        frames
    }

    /// Returns the length in bytes of the JSON text in which a shard is passed to another invocation of the Lambda
    /// function.
    fn json_bytes(shard: &[Delivery]) -> usize {
        let delivery = |delivery: &Delivery| {
            let frames: Vec<_> = delivery.frames.iter().map(|frame| String::from_utf8_lossy(frame)).collect();
            let to: Vec<_> = delivery.to.iter().map(ConnectionId::as_str).collect();
            serde_json::json!({"frames": frames, "to": to})
        };
        serde_json::json!(shard.iter().map(delivery).collect::<Vec<_>>()).to_string().len()
    }

    #[test]
    fn connections_that_fit_into_one_shard_stay_together() {
        let deliveries = vec![delivery(&[5_000; 100], 0..6), delivery(&[10], 6..10)];
        let size = ShardSize { connections: 10, bytes: 1_000 };
        assert_eq!(shards(deliveries.clone(), size), [deliveries]);
        assert_eq!(shards(Vec::new(), size), Vec::<Vec<Delivery>>::new());
    }

    #[test]
    fn a_long_list_is_cut_into_equal_parts() {
        let size = ShardSize { connections: 400, bytes: 200_000 };
        let shards = shards(vec![delivery(&[1_000, 1_000], 0..1_000)], size);
        let counts: Vec<usize> = shards.iter().map(|shard| shard[0].to.len()).collect();
        assert_eq!(counts, [400, 400, 200]);
    }

    proptest! {
        #[test]
        fn every_connection_gets_every_frame_once_in_order_and_no_shard_is_too_large(
            groups in prop::collection::vec((prop::collection::vec(1_usize..900, 1..5), 1_usize..120), 1..5),
            connections in 1_usize..60,
        ) {
            let size = ShardSize { connections, bytes: 10_000 };
            let mut next = 0;
            let deliveries: Vec<Delivery> = groups
                .iter()
                .map(|(frames, count)| {
                    next += count;
                    delivery(frames, next - count..next)
                })
                .collect();
            let shards = shards(deliveries.clone(), size);
            prop_assert_eq!(frames_by_connection(&shards.concat()), frames_by_connection(&deliveries));
            if shards.len() > 1 {
                for shard in &shards {
                    prop_assert!(shard.iter().map(|delivery| delivery.to.len()).sum::<usize>() <= connections);
                    prop_assert!(json_bytes(shard) <= size.bytes, "{}", json_bytes(shard));
                }
            }
        }
    }
}
