//! Tests that a process that is killed with `kill -9` at any moment loses nothing that it has acknowledged, and that
//! the file can be opened again.
//!
//! The test starts its own executable a second time as the process to kill. This process appends from several tasks and
//! prints each acknowledgement.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use backend_core::ports::{Append, ReadFrom, TopicLog};
use backend_store::EmbeddedLog;
use common::{T0, append_all, open, producer, topic};
use shared::publication::Item;
use shared::{Filter, Publication};
use tempfile::tempdir;

/// Environment variable with the directory in which the process that is killed writes. Without it, the process is not
/// the one to kill.
const DIRECTORY: &str = "TICKERTAPE_CRASH_TEST_DIRECTORY";
const PUBLISHERS: u64 = 6;

/// The highest acknowledged offset of each topic, by the topic's name.
type Acknowledged = BTreeMap<String, u64>;

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9_at_any_moment() {
    let directory = tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    for acknowledgements in [0, 1, 2, 3, 10, 37, 100, 250, 600, 1_000, 5, 0] {
        let mut child = spawn(directory.path());
        follow(&mut child, acknowledgements, &mut acknowledged);
        verify(directory.path(), &acknowledged).await;
    }
    assert_eq!(acknowledged.len() as u64, PUBLISHERS);
}

/// Environment variable with the number of kills at random moments. The default is few, and `cargo xtask soak` uses a
/// thousand.
const KILLS: &str = "TICKERTAPE_KILLS";
/// Number of kills after which a new directory is used, so that the check after each kill stays fast.
const KILLS_OF_ONE_STORE: usize = 25;
/// Latest moment of a random kill, in milliseconds after the start of the process. The process opens its file in the
/// first tenth of this time.
const LATEST_MS: u64 = 300;

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9_at_random_moments() {
    let kills: usize = std::env::var(KILLS).map_or(30, |kills| kills.parse().unwrap());
    let (mut total, mut random) = (0, 1_u64);
    for first in (0..kills).step_by(KILLS_OF_ONE_STORE) {
        let directory = tempdir().unwrap();
        let mut acknowledged = Acknowledged::new();
        for _ in first..kills.min(first + KILLS_OF_ONE_STORE) {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut child = spawn(directory.path());
            let stdout = BufReader::new(child.stdout.take().unwrap());
            let reading = std::thread::spawn(move || {
                let lines = stdout.lines().map_while(Result::ok);
                lines.filter_map(|line| parse(&line)).collect::<Vec<_>>()
            });
            std::thread::sleep(std::time::Duration::from_millis((random >> 33) % LATEST_MS));
            child.kill().unwrap();
            child.wait().unwrap();
            note(reading.join().unwrap(), &mut acknowledged);
            verify(directory.path(), &acknowledged).await;
        }
        total += acknowledged.values().sum::<u64>();
    }
    println!("{kills} kills: every file opened, and none of {total} acknowledged publications was lost");
    assert!(total > 0, "no publication was acknowledged before a kill");
}

#[tokio::test]
async fn a_store_killed_while_it_is_being_made_opens() {
    for wait_for in ["", "tickertape.lock", "tickertape.redb.new", "tickertape.redb"] {
        let directory = tempdir().unwrap();
        let mut child = spawn(directory.path());
        while !directory.path().join(wait_for).exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let mut acknowledged = Acknowledged::new();
        follow(&mut child, 0, &mut acknowledged);
        verify(directory.path(), &acknowledged).await;
    }
}

fn spawn(directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_program_that_is_killed", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the process `child` after it has printed this number of acknowledgements. Adds all acknowledgements that it
/// has printed to `acknowledged`.
fn follow(child: &mut Child, acknowledgements: usize, acknowledged: &mut Acknowledged) {
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let mut lines = stdout.lines().map_while(Result::ok).filter_map(|line| parse(&line));
    let before: Vec<_> = lines.by_ref().take(acknowledgements).collect();
    assert_eq!(before.len(), acknowledgements, "the child ended by itself");
    child.kill().unwrap();
    note(before.into_iter().chain(lines), acknowledged);
    child.wait().unwrap();
}

fn note(acknowledgements: impl IntoIterator<Item = (String, u64)>, acknowledged: &mut Acknowledged) {
    for (name, offset) in acknowledgements {
        let highest = acknowledged.entry(name).or_default();
        *highest = (*highest).max(offset);
    }
}

/// Parses a line `ack NAME OFFSET.` that the killed process has printed. A line without the full stop was cut off, and
/// is ignored.
fn parse(line: &str) -> Option<(String, u64)> {
    let (name, offset) = line.split_once("ack ")?.1.strip_suffix('.')?.split_once(' ')?;
    Some((name.into(), offset.parse().ok()?))
}

async fn verify(directory: &Path, acknowledged: &Acknowledged) {
    let (log, _changes) = open(directory);
    for (name, offset) in acknowledged {
        let page = log.read(&topic(name), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap();
        assert!(page.head >= *offset, "{name}: {offset} was acknowledged, {} is there", page.head);
        assert_eq!((page.oldest, page.items.len() as u64), (1, page.head), "{name}");
        assert!(page.items.iter().all(is_as_sent), "{name}");
    }
    for head in log.heads(&Filter::All).await.unwrap() {
        let repeated = log.append(numbered(head.topic.as_str(), head.last.offset)).await.unwrap();
        assert!(repeated.repeated, "{}: the producer's seq is in the same transaction", head.topic);
    }
}

fn is_as_sent(publication: &Publication) -> bool {
    publication.data.value() == text(publication.offset)
}

fn text(offset: u64) -> String {
    format!("{offset}").repeat(1 + (offset % 50) as usize)
}

/// Returns the request to append that gets the offset `offset`. It has the same number as its `seq`, so that a repeat
/// is recognised.
fn numbered(name: &str, offset: u64) -> Append {
    Append { producer: producer("p", offset), ..append_all(name, vec![Item::now(text(offset))]) }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not a test of its own: the others run it and kill it"]
async fn the_program_that_is_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let (log, changes) = open(Path::new(&directory));
    drop(changes);
    let log = Arc::new(log);
    let publishers: Vec<_> = (0..PUBLISHERS).map(|n| tokio::spawn(publish(log.clone(), n))).collect();
    for publisher in publishers {
        publisher.await.unwrap();
    }
}

/// Publishes and prints an acknowledgement after each append, until the process is killed or its output is closed.
async fn publish(log: Arc<EmbeddedLog>, publisher: u64) {
    let name = format!("crash/{publisher}");
    let head = log.head(&topic(&name)).await.unwrap().map_or(0, |head| head.last.offset);
    for offset in head + 1.. {
        assert_eq!(log.append(numbered(&name, offset)).await.unwrap().position.offset, offset);
        if writeln!(std::io::stdout(), "\nack {name} {offset}.").is_err() {
            return;
        }
    }
}
