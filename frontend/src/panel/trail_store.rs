//! The earlier values of the tables of all topics, as long as the page is open. A panel that is removed and added again, as by a search,
//! still has them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use board_model::stream::Stream;
use board_model::trails::Trails;

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Trails>> = const { RefCell::new(BTreeMap::new()) };
}

/// Adds the values of the table that a topic shows, unless it is a table of the past.
pub(super) fn observe(stream: &Stream) {
    let at = stream.table_at().filter(|_| stream.look_back().is_none());
    at.into_iter().for_each(|at| {
        KNOWN.with_borrow_mut(|known| {
            known.entry(stream.topic().to_string()).or_default().observe(stream.table(), at);
        });
    });
}

/// Calls `read` with the earlier values of the table of a topic, and returns its result; `None` if there are none.
pub(super) fn read<T>(topic: &str, read: impl FnOnce(&Trails) -> T) -> Option<T> {
    KNOWN.with_borrow(|known| known.get(topic).map(read))
}
