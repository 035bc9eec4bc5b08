//! Tests a store on a small real file system that becomes full. It is a tmpfs, which only root can mount.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use backend_core::DiskTrouble;
use backend_core::ports::{AppendError, ReadFrom, TopicLog};
use common::{T0, append_all, open, topic};
use shared::publication::Item;
use tempfile::{TempDir, tempdir};

/// A mounted file system, which is unmounted when the value is dropped.
struct Mount(TempDir);

impl Mount {
    /// Mounts a tmpfs of `mb` megabytes; returns `None` if this process has no permission to do so.
    fn tmpfs(mb: u32) -> Option<Self> {
        let directory = tempdir().unwrap();
        let size = format!("size={mb}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tickertape-test"])
            .arg(directory.path())
            .output()
            .ok()?;
        mounted.status.success().then_some(Self(directory))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Fills the file system until `leave_bytes` bytes are free.
fn fill(path: &Path, leave_bytes: u64) {
    let free = fs::File::open(path.parent().unwrap()).unwrap();
    let found = rustix::fs::fstatvfs(&free).unwrap();
    let bytes = (found.f_bavail * found.f_frsize).saturating_sub(leave_bytes);
    fs::write(path, vec![1; bytes as usize]).unwrap();
}

#[tokio::test]
async fn on_a_full_disk_reading_goes_on_and_publishing_recovers_by_itself() {
    let Some(mount) = Mount::tmpfs(64) else {
        eprintln!(
            "SKIPPED: this process may not mount a tmpfs, so no full disk was tested; run the test as root"
        );
        return;
    };
    let (log, changes) = open(&mount.data());
    drop(changes);
    let send = || log.append(append_all("t", vec![Item::now("x".repeat(20_000)); 20]));
    let mut acknowledged = send().await.unwrap().position.offset;
    let filler = mount.0.path().join("filler");

    for (round, leave_bytes) in [2_000_000, 100_000, 0].into_iter().enumerate() {
        let at = T0 + 10_000 * round as i64;
        fill(&filler, leave_bytes);
        let refused = loop {
            match send().await {
                Ok(appended) => acknowledged = appended.position.offset,
                Err(refused) => break refused,
            }
        };
        assert!(matches!(refused, AppendError::Disk(DiskTrouble::Full { .. })), "{leave_bytes}: {refused}");
        assert!(matches!(log.check_disk(at).await, Some(DiskTrouble::Full { .. })));
        let page = log.read(&topic("t"), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap();
        assert_eq!(page.items.len() as u64, acknowledged, "{leave_bytes} bytes free");

        fs::remove_file(&filler).unwrap();
        assert_eq!(log.check_disk(at + 5_000).await, None, "{leave_bytes}");
        let before = acknowledged;
        acknowledged = send().await.unwrap().position.offset;
        assert_eq!(acknowledged, before + 20, "{leave_bytes}");
    }
}

#[tokio::test]
async fn a_write_that_fails_for_want_of_room_loses_nothing_and_reading_goes_on() {
    let Some(mount) = Mount::tmpfs(64) else {
        eprintln!(
            "SKIPPED: this process may not mount a tmpfs, so no full disk was tested; run the test as root"
        );
        return;
    };
    let (log, changes) = open(&mount.data());
    drop(changes);
    log.append(append_all("t", vec![Item::now("x".repeat(20_000)); 20])).await.unwrap();
    let filler = mount.0.path().join("filler");
    fill(&filler, 6_000_000);
    let large = append_all("large", vec![Item::now("x".repeat(1_000)); 10_000]);
    let refused = log.append(large).await.unwrap_err();
    assert!(matches!(refused, AppendError::Disk(_)), "{refused}");
    let page = log.read(&topic("t"), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap();
    assert_eq!(page.items.len(), 20);
    fs::remove_file(&filler).unwrap();
    assert_eq!(log.check_disk(T0 + 5_000).await, None);
    log.append(append_all("large", vec![Item::now("x".repeat(1_000)); 10_000])).await.unwrap();
}

#[tokio::test]
async fn a_store_that_was_killed_opens_on_a_full_disk_for_reading() {
    let Some(mount) = Mount::tmpfs(48) else {
        eprintln!(
            "SKIPPED: this process may not mount a tmpfs, so no full disk was tested; run the test as root"
        );
        return;
    };
    let file = mount.data().join("tickertape.redb");
    let (log, changes) = open(&mount.data());
    drop(changes);
    log.append(append_all("t", vec![Item::now("x".repeat(10_000)); 50])).await.unwrap();
    // This is the file as it is after the process was killed: it was not closed.
    let killed = fs::read(&file).unwrap();
    drop(log);
    fs::write(&file, &killed).unwrap();
    let filler = mount.0.path().join("filler");
    fill(&filler, 0);
    let (log, changes) = open(&mount.data());
    drop(changes);
    let page = log.read(&topic("t"), ReadFrom::After(0), usize::MAX, T0).await.unwrap().unwrap();
    assert_eq!(page.items.len(), 50);
    fs::remove_file(&filler).unwrap();
    assert_eq!(log.check_disk(T0 + 5_000).await, None);
    assert_eq!(log.append(append_all("t", vec![Item::now(1)])).await.unwrap().position.offset, 51);
}
