//! Deletes a topic with its head, its history, its rollups and its producers in one transaction.

use redb::Database;

use super::index::Entry;
use super::tables::Tables;

/// Deletes the topic of `entry` with its head, its history, its rollups and its producers, and commits this.
pub fn forget(db: &Database, entry: &Entry) -> Result<(), redb::Error> {
    let transaction = db.begin_write()?;
    let number = entry.number;
    {
        let mut tables = Tables::open(&transaction)?;
        tables.heads.remove(entry.head.topic.as_str())?;
        tables.history.retain_in((number, 0)..=(number, u64::MAX), |_, _| false)?;
        tables.rollups.retain_in((number, 0, 0)..(number + 1, 0, 0), |_, _| false)?;
        tables.producers.retain_in((number, "")..(number + 1, ""), |_, _| false)?;
        tables.old_producers.retain_in((number, "")..(number + 1, ""), |_, _| false)?;
    }
    transaction.commit()?;
    Ok(())
}
