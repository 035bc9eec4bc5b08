//! The progress of a mapping in one shard. The module is pure.

use std::collections::VecDeque;

/// The records of a shard that were read, and which of them are finished: processed, discarded or left out by a filter. With several
/// batches at a time, records are not finished in their order.
#[derive(Debug, Default)]
pub(super) struct Progress(VecDeque<(String, bool)>);

impl Progress {
    /// Notes that a record was read. Records have to be noted in the order of the shard.
    pub fn read(&mut self, number: &str) {
        self.0.push_back((number.to_owned(), false));
    }

    /// Notes that a record is finished. Returns the sequence number up to which all records now are, if this has changed.
    pub fn finish(&mut self, number: &str) -> Option<String> {
        if let Some((_, is_finished)) = self.0.iter_mut().find(|(read, _)| read == number) {
            *is_finished = true;
        }
        let mut last = None;
        while self.0.front().is_some_and(|(_, is_finished)| *is_finished) {
            last = self.0.pop_front().map(|(number, _)| number);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checkpoint_is_before_the_first_record_that_is_not_finished() {
        let mut progress = Progress::default();
        ["1", "2", "3", "4"].iter().for_each(|number| progress.read(number));
        assert_eq!(progress.finish("2"), None);
        assert_eq!(progress.finish("1").as_deref(), Some("2"));
        assert_eq!(progress.finish("4"), None);
        assert_eq!(progress.finish("3").as_deref(), Some("4"));
    }
}
