//! Tests stores whose files or directories were changed by another program. The error must be clear and name the path,
//! and the store must never be replaced by an empty one.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use backend_core::ports::{Head, ReadFrom, TopicLog};
use backend_store::{EmbeddedLog, OpenError, Retention};
use common::{T0, append, append_all, open, topic};
use redb::{Database, TableDefinition};
use shared::publication::Item;
use shared::{Filter, Publication};
use tempfile::{TempDir, tempdir};

fn file_in(directory: &Path) -> PathBuf {
    directory.join("tickertape.redb")
}

fn open_error(directory: &Path) -> OpenError {
    EmbeddedLog::open(directory, Retention::default()).expect_err("the store must not open")
}

/// Creates a store with some history and closes it. Returns its directory and the bytes of its file.
async fn filled() -> (TempDir, Vec<u8>) {
    let directory = tempdir().unwrap();
    let (log, _changes) = open(directory.path());
    for name in ["a", "b/c"] {
        let items = (0..300).map(|n| Item::now(format!("publication {n} of {name}"))).collect();
        log.append(append_all(name, items)).await.unwrap();
        log.append(append(name, "last")).await.unwrap();
    }
    log.close().await;
    let bytes = fs::read(file_in(directory.path())).unwrap();
    (directory, bytes)
}

type Content = (Vec<Head>, Vec<Publication>);

async fn content(log: &EmbeddedLog) -> Content {
    let mut items = Vec::new();
    for name in ["a", "b/c"] {
        let page = log.read(&topic(name), ReadFrom::After(0), usize::MAX, T0).await.unwrap();
        items.extend(page.into_iter().flat_map(|page| page.items));
    }
    (log.heads(&Filter::All).await.unwrap(), items)
}

#[tokio::test]
async fn a_flipped_byte_is_told_or_does_not_matter() {
    let (directory, good) = filled().await;
    let (file, whole) = (file_in(directory.path()), content(&open(directory.path()).0).await);
    let mut refused = 0;
    for at in (0..320).step_by(5).chain((320..good.len()).step_by(good.len() / 60)) {
        let mut bytes = good.clone();
        bytes[at] ^= 0x5a;
        fs::write(&file, &bytes).unwrap();
        match EmbeddedLog::open(directory.path(), Retention::default()) {
            Ok((log, _changes)) => assert_eq!(content(&log).await, whole, "byte {at}"),
            Err(OpenError::Damaged { path, .. }) => {
                assert_eq!(path, file, "byte {at}");
                refused += 1;
            }
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
    assert!(refused > 10, "only {refused} were noticed");
}

#[tokio::test]
async fn a_file_cut_short_is_told_and_left_alone() {
    let (directory, good) = filled().await;
    let file = file_in(directory.path());
    for length in [0, 1, 100, 511, 4096, 5000, good.len() / 4, good.len() / 2, good.len() - 1] {
        fs::write(&file, &good[..length]).unwrap();
        let error = open_error(directory.path());
        assert!(
            matches!(&error, OpenError::Damaged { path, .. } if *path == file),
            "{length} bytes: {error}"
        );
        assert!(error.to_string().contains("tickertape.redb is damaged"), "{error}");
    }
    fs::write(&file, &good).unwrap();
    assert_eq!(content(&open(directory.path()).0).await.1.len(), 602);
}

#[test]
fn a_file_of_something_else_is_told_and_left_alone() {
    let directory = tempdir().unwrap();
    let text = "These are my notes, please do not overwrite them.\n".repeat(1000);
    fs::write(file_in(directory.path()), &text).unwrap();
    assert!(matches!(open_error(directory.path()), OpenError::Damaged { .. }));
    assert_eq!(fs::read_to_string(file_in(directory.path())).unwrap(), text);
}

#[test]
fn a_file_of_a_newer_format_is_told() {
    let directory = tempdir().unwrap();
    drop(open(directory.path()));
    write_format(directory.path(), 2);
    let error = open_error(directory.path());
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("tickertape.redb was written by a newer tickertape"), "{error}");
}

fn write_format(directory: &Path, format: u64) {
    let db = Database::open(file_in(directory)).unwrap();
    let transaction = db.begin_write().unwrap();
    let meta = TableDefinition::<&str, u64>::new("meta");
    transaction.open_table(meta).unwrap().insert("format", format).unwrap();
    transaction.commit().unwrap();
}

#[test]
fn a_database_of_another_program_is_told() {
    let directory = tempdir().unwrap();
    drop(Database::create(file_in(directory.path())).unwrap());
    assert!(matches!(open_error(directory.path()), OpenError::Damaged { .. }));
}

#[test]
fn a_file_that_another_program_has_open_is_in_use() {
    let directory = tempdir().unwrap();
    drop(open(directory.path()));
    let _other = Database::open(file_in(directory.path())).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(&error, OpenError::InUse { directory: named } if named == directory.path()), "{error}");
}

#[test]
fn a_directory_in_place_of_the_file_is_told() {
    let directory = tempdir().unwrap();
    fs::create_dir(file_in(directory.path())).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(&error, OpenError::Io { path, .. } if *path == file_in(directory.path())), "{error}");
}

#[test]
fn a_file_in_place_of_the_directory_is_told() {
    let directory = tempdir().unwrap();
    let taken = directory.path().join("data");
    fs::write(&taken, "").unwrap();
    for path in [taken.clone(), taken.join("below")] {
        let error = open_error(&path);
        assert!(matches!(&error, OpenError::Io { path: named, .. } if named.starts_with(&taken)), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let is_privileged = fs::write(directory.path().join("probe"), "").is_ok();
    match EmbeddedLog::open(directory.path(), Retention::default()) {
        // Permissions do not restrict root.
        Ok(_) => assert!(is_privileged),
        Err(error) => {
            assert!(
                matches!(&error, OpenError::Io { path, .. } if path.starts_with(directory.path())),
                "{error}"
            );
        }
    }
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_remains_of_an_interrupted_creation_do_no_harm() {
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("tickertape.redb.new"), "half a file").unwrap();
    open(directory.path());
}
