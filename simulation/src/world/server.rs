//! The simulated server: the real service (the server's decisions), and the functions that are running.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use backend_core::ports::{Change, Unavailable};
use backend_core::testing::FakeConnections;
use backend_core::token::Verifier;
use backend_core::{Access, Reply, Service, Settings};

use crate::gateway::Gateway;
use crate::link::LinkId;
use crate::plan::{Platform, Setting};
use crate::ports::Paced;
use crate::store::SharedStore;

/// Secret with which the tokens of the simulated clients are signed.
pub const SECRET: &[u8] = b"a secret that nobody but this world knows";

/// Number of a running function of the simulated server.
pub type TaskId = u64;

type Subject = Service<Paced<FakeConnections>, SharedStore, Gateway>;

/// The real service (the server's decisions), with the functions that are running.
pub struct Server {
    pub service: Arc<Subject>,
    pub is_up: bool,
    pub tasks: BTreeMap<TaskId, Pin<Box<dyn Future<Output = Done>>>>,
    pub task_ids: TaskId,
    /// Changes of logs that are being broadcast to subscribers. The list is empty if a broadcast is scheduled but not
    /// running. `None` if there is no broadcast.
    pub in_flight: Option<Vec<Change>>,
    /// Time at which conflated publications are sent next; `None` if none wait.
    pub conflated_at_ms: Option<u64>,
}

/// Result of a function of the simulated server that has ended.
pub enum Done {
    Event(LinkId, Option<Reply>),
    Broadcast(Result<(), Unavailable>),
    Other,
}

impl Server {
    pub fn new(
        setting: &Setting,
        rows: &FakeConnections,
        store: &SharedStore,
        gateway: &Gateway,
        seed: u64,
    ) -> Self {
        let access = if setting.tokens { tokens() } else { Access::Open };
        let bits = AtomicU64::new(seed);
        let random = move || bits.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let Setting { rotate_in_ms, frame_every_ms, .. } = *setting;
        let conflates = setting.platform == Platform::Laptop;
        let settings = Settings { rotate_in_ms, frame_every_ms, conflates, ..Settings::new(access, random) };
        let service = Service::new(Paced(rows.clone()), store.clone(), gateway.clone(), settings);
        Self {
            service: Arc::new(service),
            is_up: true,
            tasks: BTreeMap::new(),
            task_ids: 0,
            in_flight: None,
            conflated_at_ms: None,
        }
    }
}

fn tokens() -> Access {
    let verifier = Verifier::new(SECRET);
    Access::Tokens(verifier.unwrap_or_else(|weak| unreachable!("{weak}")))
}
