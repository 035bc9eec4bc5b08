//! `kill -9` at any moment loses nothing that was acknowledged, and the file opens again.
//!
//! The test runs this very executable a second time as the program to kill: it appends from several tasks and
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

/// Tells the child where to write; without it, it is no child.
const DIRECTORY: &str = "TICKERTAPE_CRASH_TEST_DIRECTORY";
const PUBLISHERS: u64 = 6;

/// The highest acknowledged offset of each topic.
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

/// Sets the number of kills at random moments: few in every run of the tests, and a thousand in `cargo xtask soak`.
const KILLS: &str = "TICKERTAPE_KILLS";
/// Number of kills after which a new directory is begun, so that reading everything stays quick.
const KILLS_OF_ONE_STORE: usize = 25;
/// Latest moment of a kill after the start of the program, in milliseconds. It opens the file in the first tenth of it.
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

/// Kills the child after it has printed so many acknowledgements, and notes all that it got to print.
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

/// Reads `ack NAME OFFSET.`; the full stop tells a whole line from one that was cut off.
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

/// The append that lands at `offset`, and has it for its `seq` too.
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

/// Publishes and prints until it is killed, or nobody reads what it prints.
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
