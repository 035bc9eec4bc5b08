//! Tests of `serve` on a disk that fills up: a tmpfs, which only root can mount.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Server;

/// Maximum time until the server notices that the disk has free space again.
const SOON: Duration = Duration::from_secs(30);

#[test]
fn on_a_full_disk_history_is_served_and_publishing_is_refused_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64m", "tickertape-test"])
        .arg(directory.path())
        .output();
    if !mount.is_ok_and(|mount| mount.status.success()) {
        eprintln!(
            "SKIPPED: this process may not mount a tmpfs, so no full disk was tested; run the test as root"
        );
        return;
    }
    let mut server = Server::start_at("127.0.0.1:0", &directory.path().join("data"), &[]);
    assert_eq!(server.post("/topics/a", "1").status, 200);
    let mut viewer = server.watch("*");

    let filler = directory.path().join("filler");
    let found = rustix::fs::statvfs(directory.path()).unwrap();
    fs::write(&filler, vec![1; (found.f_bavail * found.f_frsize - 1_000_000) as usize]).unwrap();
    let refused = server.post("/topics/a", "2");
    assert_eq!(refused.status, 507);
    assert_eq!(refused.header("retry-after"), Some("5"));
    let (_, code, _, message) = refused.error();
    assert!(code == 102 && message.contains("the disk of the server is full"), "{code} {message}");
    let told = viewer.hear_type("conditions");
    assert_eq!(told["conditions"][0]["name"], "disk_full", "{told}");
    let health = server.get("/healthz");
    assert_eq!((health.status, health.json()["status"].as_str()), (503, Some("disk_full")));
    assert!(health.json()["reason"].as_str().unwrap().contains("is full"));
    let history = server.get("/topics/a");
    assert_eq!((history.status, history.json()["items"].as_array().unwrap().len()), (200, 1));
    let mut newcomer = server.connect();
    newcomer.say(&serde_json::json!({"action": "subscribe", "id": 1, "filter": "*"}));
    let subscribed = newcomer.hear_type("subscribed");
    assert_eq!(subscribed["conditions"][0]["name"], "disk_full", "{subscribed}");

    fs::remove_file(&filler).unwrap();
    let over = viewer.hear_type("conditions");
    assert_eq!(over["conditions"].as_array().unwrap().len(), 0, "nobody has to publish for that");
    assert_eq!(server.get("/healthz").status, 200);
    let began = Instant::now();
    while server.post("/topics/a", "2").status != 200 {
        assert!(began.elapsed() < SOON);
        thread::sleep(Duration::from_millis(100));
    }
    server.kill();
    let unmounted = Command::new("umount").arg("--lazy").arg(directory.path()).status();
    assert!(unmounted.unwrap().success());
}
