//! Runs the conformance suites on the fakes, and tests that `conformance!` includes every check of a suite.
#![allow(clippy::unwrap_used, reason = "also called by functions that only tests call")]

use backend_core::ports::ConnectionId;
use backend_core::testing::conformance::management::Harness;
use backend_core::testing::{FakeBoards, FakeConnections, FakeLog, FakeManagement, Keep};
use bytes::Bytes;

mod log {
    backend_core::conformance!(log, super::open_log);
}

mod boards {
    backend_core::conformance!(boards, super::open_boards);
}

mod connections {
    backend_core::conformance!(connections, super::open_connections);
}

mod management {
    backend_core::conformance!(management, super::open_management);
}

#[test]
fn every_check_of_every_suite_is_run() {
    let macro_text = include_str!("../src/testing/conformance.rs");
    for suite in [
        include_str!("../src/testing/conformance/log.rs"),
        include_str!("../src/testing/conformance/boards.rs"),
        include_str!("../src/testing/conformance/connections.rs"),
        include_str!("../src/testing/conformance/management.rs"),
    ] {
        let checks: Vec<&str> = suite
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn "))
            .filter_map(|rest| rest.split('<').next())
            .collect();
        assert!(checks.len() > 5);
        for check in checks {
            assert!(macro_text.lines().any(|line| line.trim() == check), "{check} is in no list");
        }
    }
}

async fn open_log(keep: Keep) -> (FakeLog, ()) {
    (FakeLog::keeping(keep), ())
}

async fn open_boards() -> (FakeBoards, ()) {
    (FakeBoards::default(), ())
}

async fn open_connections() -> (FakeConnections, ()) {
    (FakeConnections::default(), ())
}

async fn open_management() -> (Clients, ()) {
    (Clients::default(), ())
}

#[derive(Default)]
struct Clients {
    port: FakeManagement,
    made: std::sync::atomic::AtomicUsize,
}

impl Harness for Clients {
    type Port = FakeManagement;

    fn port(&self) -> &FakeManagement {
        &self.port
    }

    async fn connect(&self) -> ConnectionId {
        let number = self.made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let id = ConnectionId::new(&format!("client{number}"));
        self.port.connect(&id);
        id
    }

    async fn vanish(&self, id: &ConnectionId) {
        self.port.vanish(id);
    }

    async fn receive(&self, id: &ConnectionId, count: usize) -> Vec<Bytes> {
        let messages = self.port.take_posts_to(id);
        assert_eq!(messages.len(), count);
        messages
    }
}
