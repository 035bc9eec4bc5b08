//! Counts WebSocket messages as API Gateway bills them.

use shared::limits;

/// The total size of the WebSocket messages that were sent, and the number of messages that API Gateway bills for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bill {
    /// Total payload of the messages, in bytes.
    pub bytes: usize,
    /// Number of messages that API Gateway bills.
    pub units: usize,
}

impl Bill {
    /// Adds one WebSocket message of `bytes` bytes to the bill.
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.units += units(bytes);
    }

    /// Returns the total payload in kilobytes of 1,000 bytes.
    pub fn kb(&self) -> f64 {
        self.bytes as f64 / 1_000.0
    }
}

/// Returns the number of messages that API Gateway bills for one WebSocket message of `bytes` bytes. Each started 32 KB
/// count as one message: "a 33 KB message is metered as two messages" (Amazon API Gateway pricing, "WebSocket APIs").
pub fn units(bytes: usize) -> usize {
    bytes.div_ceil(limits::FRAME_BYTES).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_billed_in_begun_units_of_32_kb() {
        for (bytes, billed) in
            [(0, 1), (1, 1), (32 * 1024, 1), (32 * 1024 + 1, 2), (33 * 1024, 2), (128 * 1024, 4)]
        {
            assert_eq!(units(bytes), billed, "{bytes} bytes");
        }
    }

    #[test]
    fn a_bill_adds_up_message_by_message() {
        let mut bill = Bill::default();
        [100, 33 * 1024].into_iter().for_each(|bytes| bill.add(bytes));
        assert_eq!(bill, Bill { bytes: 100 + 33 * 1024, units: 3 });
    }
}
