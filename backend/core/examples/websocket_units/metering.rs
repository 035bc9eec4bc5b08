//! The metering of API Gateway.

use shared::limits;

/// Size of the messages that were sent, and the number that is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bill {
    /// Payload, in bytes.
    pub bytes: usize,
    /// Messages as they are billed.
    pub units: usize,
}

impl Bill {
    /// Adds a message of this size in bytes.
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes;
        self.units += units(bytes);
    }

    /// Payload, in kilobytes of 1,000 bytes.
    pub fn kb(&self) -> f64 {
        self.bytes as f64 / 1_000.0
    }
}

/// Number of messages that one message of this size is billed as: every begun 32 KB counts, "a 33 KB message is metered as two messages"
/// (Amazon API Gateway pricing, "WebSocket APIs").
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
