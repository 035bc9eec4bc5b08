//! The earlier values of the tables of all topics, until the topic is deleted or the page is closed. A panel that is removed and added
//! again, as by a search, still has them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use shared::Topic;

use board_model::stream::Stream;
use board_model::trails::Trails;

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Trails>> = const { RefCell::new(BTreeMap::new()) };
    /// The function that drops the values of a topic; `None` before there are any. It is called by a pointer, so that the first picture
    /// does not contain it.
    static DROP: Cell<Option<fn(&Topic)>> = const { Cell::new(None) };
}

/// Drops the earlier values of a topic that the server has deleted. One that comes back under this name is another topic.
pub(crate) fn forget(topic: &Topic) {
    if let Some(drop_known) = DROP.get() {
        drop_known(topic);
    }
}

fn drop_known(topic: &Topic) {
    KNOWN.with_borrow_mut(|known| known.remove(topic.as_str()));
}

/// Adds the values of the table that a topic shows, unless it is a table of the past.
pub(super) fn observe(stream: &Stream) {
    let at = stream.table_at().filter(|_| stream.look_back().is_none());
    at.into_iter().for_each(|at| {
        DROP.set(Some(drop_known));
        KNOWN.with_borrow_mut(|known| {
            known.entry(stream.topic().to_string()).or_default().observe(stream.table(), at);
        });
    });
}

/// Calls `read` with the earlier values of the table of a topic, and returns its result; `None` if there are none.
pub(super) fn read<T>(topic: &str, read: impl FnOnce(&Trails) -> T) -> Option<T> {
    KNOWN.with_borrow(|known| known.get(topic).map(read))
}

#[cfg(test)]
mod tests {
    use board_model::chart::series::SeriesSet;
    use board_model::stream::Origin;
    use shared::Publication;

    use super::*;

    fn publication(offset: u64, load: f64) -> Publication {
        let at = i64::try_from(offset).unwrap() * 1_000;
        let data = serde_json::json!([{"name": "a", "load": load}, {"name": "b", "load": 1.5}]);
        Publication { offset, ts: at, received_at: at, data: data.into() }
    }

    #[test]
    fn a_topic_that_comes_back_after_it_was_deleted_has_no_earlier_values() {
        let topic = Topic::new("host/procs").unwrap();
        let (mut stream, mut series) = (Stream::new(topic.clone()), SeriesSet::new(9));
        forget(&topic);
        for (offset, load) in [(1, 2.5), (2, 3.5)] {
            stream.take(&[publication(offset, load)], Origin::Live, &mut series, 9_000);
            observe(&stream);
        }
        let has_changed = || read(topic.as_str(), |trails| !trails.changed().is_empty());
        assert_eq!(has_changed(), Some(true));
        forget(&topic);
        assert_eq!(has_changed(), None);
        observe(&stream);
        assert_eq!(has_changed(), Some(false));
    }
}
