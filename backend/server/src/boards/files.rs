//! Boards in the files of a directory, which are read again when they change.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use backend_core::lock::{read, write};
use backend_core::ports::{BoardEntry, StoredBoard};
use shared::board::{BadBoardName, Board, BoardName, Finding, lint};
use shared::{Millis, limits};
use tokio::time::{MissedTickBehavior, interval};

use crate::notify::Notify;
use crate::stamp::Stamp;

/// Time between two checks for changes of the directory.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// End of the names of the files that contain boards.
const EXTENSION: &str = "json";
/// Name of the one who has saved a board that comes from a file.
const SAVED_BY: &str = "file";

/// The boards in the files `NAME.json` of a directory. Clones share the same boards.
#[derive(Debug, Clone)]
pub struct BoardFiles {
    directory: PathBuf,
    boards: Arc<RwLock<BTreeMap<BoardName, StoredBoard>>>,
}

/// The reason why the boards in a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BoardFileError {
    /// The directory or a file cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    Io {
        /// Path of the directory or file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The name of a file cannot be the name of a board.
    #[error("{}: {error}", path.display())]
    Name {
        /// Path of the file.
        path: PathBuf,
        /// The rule that the name breaks.
        error: BadBoardName,
    },
    /// A file contains no board that a server would accept.
    #[error("{}:{}:{}: {}", path.display(), finding.location.line, finding.location.column, finding.fault)]
    Document {
        /// Path of the file.
        path: PathBuf,
        /// The first error in the file, and its place.
        finding: Box<Finding>,
    },
    /// There are more files than boards that a server may have.
    #[error("{} has {found} boards, and the limit is {limit}: move some to another directory", path.display(), limit = limits::BOARDS)]
    TooMany {
        /// Path of the directory.
        path: PathBuf,
        /// Number of files with boards.
        found: usize,
    },
}

impl BoardFiles {
    /// Reads the boards in a directory.
    ///
    /// # Errors
    ///
    /// [`BoardFileError`], which names the file and the line.
    pub fn open(directory: &Path) -> Result<Self, BoardFileError> {
        let boards = Arc::new(RwLock::new(load(directory)?));
        Ok(Self { directory: directory.to_owned(), boards })
    }

    /// Returns the entries of all boards, in order of name.
    pub fn list(&self) -> Vec<BoardEntry> {
        read(&self.boards).values().map(|board| board.entry.clone()).collect()
    }

    /// Returns a board; `None` if there is no file of this name.
    pub fn board(&self, name: &BoardName) -> Option<StoredBoard> {
        read(&self.boards).get(name).cloned()
    }

    /// Checks the directory for changes at regular intervals, and reads it again after a change. If a file cannot be used then,
    /// the boards stay as they were, and the operator is told. Runs until it is aborted.
    pub(crate) async fn follow(self, notify: Notify) {
        let mut ticks = interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = None;
        loop {
            ticks.tick().await;
            let files = self.clone();
            let checked = tokio::task::spawn_blocking(move || files.check(seen)).await;
            let Ok((stamps, outcome)) = checked else { return };
            seen = Some(stamps);
            if let Err(error) = outcome {
                notify.notify(&format!("the boards in the directory have changed and cannot be used: {error}; the former ones stay in use"));
            }
        }
    }

    /// Reads the directory again if its stamps differ from `seen`. Returns the present stamps.
    fn check(&self, seen: Option<Stamps>) -> (Stamps, Result<(), BoardFileError>) {
        // The stamps are taken before the content is read: if a file changes in between, it is read again.
        let stamps = stamps(&self.directory);
        if seen.as_ref() == Some(&stamps) {
            return (stamps, Ok(()));
        }
        let loaded = load(&self.directory).map(|boards| *write(&self.boards) = boards);
        (stamps, loaded)
    }
}

type Stamps = BTreeMap<PathBuf, Option<Stamp>>;

fn stamps(directory: &Path) -> Stamps {
    let paths = paths(directory).unwrap_or_default();
    paths.into_iter().map(|path| (path.clone(), Stamp::of(&path))).collect()
}

fn load(directory: &Path) -> Result<BTreeMap<BoardName, StoredBoard>, BoardFileError> {
    let paths = paths(directory).map_err(|error| BoardFileError::Io { path: directory.to_owned(), error })?;
    if paths.len() > limits::BOARDS {
        return Err(BoardFileError::TooMany { path: directory.to_owned(), found: paths.len() });
    }
    let boards = paths.iter().map(|path| load_file(path).map(|board| (board.entry.name.clone(), board)));
    boards.collect()
}

/// Returns the paths of the files with boards. Other files and hidden ones are left out.
fn paths(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

fn load_file(path: &Path) -> Result<StoredBoard, BoardFileError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let name =
        BoardName::new(&name).map_err(|error| BoardFileError::Name { path: path.to_owned(), error })?;
    let io = |error| BoardFileError::Io { path: path.to_owned(), error };
    let text = std::fs::read_to_string(path).map_err(io)?;
    if let Some(finding) = lint(&text).into_iter().find(Finding::is_error) {
        return Err(BoardFileError::Document { path: path.to_owned(), finding: Box::new(finding) });
    }
    let entry = BoardEntry {
        name,
        version: version(&text),
        title: Board::read(&text).ok().and_then(|board| board.title),
        saved_at: modified_at(path),
        saved_by: SAVED_BY.into(),
        bytes: text.len() as u64,
        is_read_only: true,
    };
    Ok(StoredBoard { entry, text: Arc::from(text) })
}

/// Returns a version that changes with the text.
fn version(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn modified_at(path: &Path) -> Millis {
    let modified = std::fs::metadata(path).and_then(|found| found.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| Millis::try_from(since.as_millis()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOARD: &str = r#"{"version": 1, "title": "Shop"}"#;

    fn names(files: &BoardFiles) -> Vec<String> {
        files.list().iter().map(|entry| format!("{} {:?}", entry.name, entry.title)).collect()
    }

    #[test]
    fn only_files_with_boards_are_read() {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in
            [("shop.json", BOARD), ("README.md", "x"), (".#shop.json", "x"), ("a.json", "{\"version\": 1}")]
        {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        let files = BoardFiles::open(directory.path()).unwrap();
        assert_eq!(names(&files), ["a None", "shop Some(\"Shop\")"]);
        let board = files.board(&BoardName::new("shop").unwrap()).unwrap();
        assert!(board.entry.is_read_only);
        assert_eq!((&*board.text, board.entry.saved_by.as_str()), (BOARD, "file"));
    }

    #[test]
    fn a_change_is_seen_and_one_that_cannot_be_used_leaves_the_boards_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shop.json");
        std::fs::write(&path, BOARD).unwrap();
        let files = BoardFiles::open(directory.path()).unwrap();
        let (seen, outcome) = files.check(None);
        assert!(outcome.is_ok());
        std::fs::write(&path, "{\"version\": 1,\n\"panels\": 7}").unwrap();
        let (seen, outcome) = files.check(Some(seen));
        let error = outcome.unwrap_err().to_string();
        assert!(error.ends_with("shop.json:2:11: panels is a number: write a list, […]"), "{error}");
        assert_eq!(names(&files), ["shop Some(\"Shop\")"]);
        let (seen, outcome) = files.check(Some(seen));
        assert!(outcome.is_ok(), "the operator is told once");
        std::fs::write(&path, "{\"version\": 1, \"title\": \"New floor\"}").unwrap();
        let (seen, outcome) = files.check(Some(seen));
        assert!(outcome.is_ok());
        assert_eq!(names(&files), ["shop Some(\"New floor\")"]);
        std::fs::remove_file(&path).unwrap();
        assert!(files.check(Some(seen)).1.is_ok());
        assert_eq!(files.list(), []);
    }

    #[test]
    fn a_directory_that_cannot_be_used_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let missing = BoardFiles::open(&directory.path().join("missing")).unwrap_err();
        assert!(matches!(missing, BoardFileError::Io { .. }));
        std::fs::write(directory.path().join("a b.json"), BOARD).unwrap();
        assert!(matches!(BoardFiles::open(directory.path()), Err(BoardFileError::Name { .. })));
    }
}
