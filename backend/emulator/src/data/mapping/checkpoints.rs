//! Keeps the progress of mappings in the data folder, so that they go on where they ended. DynamoDB Local keeps the records of streams
//! there, too.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::progress::Progress;
use crate::data::error::DataError;

/// Sequence numbers by mapping and shard.
type Numbers = BTreeMap<String, BTreeMap<String, String>>;

/// The progress of all mappings of an app. Without a data folder, nothing is kept.
#[derive(Debug, Clone, Default)]
pub(in crate::data) struct Checkpoints(Option<Arc<Kept>>);

#[derive(Debug)]
struct Kept {
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    finished: Numbers,
    progress: BTreeMap<(String, String), Progress>,
    is_changed: bool,
}

impl Checkpoints {
    /// Reads the progress that was kept in a data folder.
    ///
    /// # Errors
    ///
    /// [`DataError::Io`] if the file cannot be read.
    pub fn open(data_dir: Option<&Path>) -> Result<Self, DataError> {
        let Some(folder) = data_dir else { return Ok(Self::default()) };
        let file = folder.join("checkpoints.json");
        let finished = read(&file).map_err(DataError::io(&file))?;
        let state = Mutex::new(State { finished, ..State::default() });
        Ok(Self(Some(Arc::new(Kept { file, state }))))
    }

    /// Returns the sequence number up to which a mapping has finished the records of a shard.
    pub(super) fn finished(&self, mapping: &str, shard: &str) -> Option<String> {
        self.state()?.finished.get(mapping)?.get(shard).cloned()
    }

    /// Forgets the shards of a mapping that are not listed any more.
    pub(super) fn retain(&self, mapping: &str, shards: &BTreeSet<&str>) {
        let Some(mut state) = self.state() else { return };
        if let Some(finished) = state.finished.get_mut(mapping) {
            finished.retain(|shard, _| shards.contains(shard.as_str()));
        }
    }

    /// Notes that a mapping has read a record.
    pub(super) fn read(&self, mapping: &str, shard: &str, number: &str) {
        let Some(mut state) = self.state() else { return };
        state.progress.entry((mapping.to_owned(), shard.to_owned())).or_default().read(number);
    }

    /// Notes that a mapping has finished a record.
    pub(super) fn finish(&self, mapping: &str, shard: &str, number: &str) {
        let Some(mut state) = self.state() else { return };
        let progress = state.progress.entry((mapping.to_owned(), shard.to_owned())).or_default();
        if let Some(number) = progress.finish(number) {
            state.finished.entry(mapping.to_owned()).or_default().insert(shard.to_owned(), number);
            state.is_changed = true;
        }
    }

    /// Writes the progress to the data folder, if it has changed.
    ///
    /// # Errors
    ///
    /// The error of the operating system. The next call tries again.
    pub fn save(&self) -> io::Result<()> {
        let (Some(kept), Some(mut state)) = (&self.0, self.state()) else { return Ok(()) };
        if state.is_changed {
            let new = kept.file.with_extension("new");
            std::fs::write(&new, serde_json::to_string(&state.finished)?)?;
            std::fs::rename(new, &kept.file)?;
            state.is_changed = false;
        }
        Ok(())
    }

    fn state(&self) -> Option<MutexGuard<'_, State>> {
        self.0.as_ref().map(|kept| kept.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn read(file: &Path) -> io::Result<Numbers> {
    match std::fs::read(file) {
        Ok(json) => serde_json::from_slice(&json).map_err(|error| {
            let advice = "delete it, and the streams are read again from their starting positions";
            io::Error::new(io::ErrorKind::InvalidData, format!("{error}: {advice}"))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Numbers::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_found_again_and_unlisted_shards_are_forgotten() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let open = || Checkpoints::open(Some(folder.path())).expect("a readable folder");
        let checkpoints = open();
        for shard in ["one", "two"] {
            checkpoints.read("mapping", shard, "7");
            checkpoints.finish("mapping", shard, "7");
        }
        checkpoints.save().expect("a writable folder");
        let checkpoints = open();
        assert_eq!(checkpoints.finished("mapping", "one").as_deref(), Some("7"));
        checkpoints.retain("mapping", &BTreeSet::from(["two"]));
        assert_eq!(checkpoints.finished("mapping", "one"), None);
        assert_eq!(checkpoints.finished("mapping", "two").as_deref(), Some("7"));
        assert_eq!(checkpoints.finished("other", "two"), None);
    }

    #[test]
    fn a_damaged_file_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        std::fs::write(folder.path().join("checkpoints.json"), "{").expect("a new file");
        let error = Checkpoints::open(Some(folder.path())).expect_err("a damaged file").to_string();
        assert!(error.contains("checkpoints.json: ") && error.contains("delete it"), "{error}");
    }
}
