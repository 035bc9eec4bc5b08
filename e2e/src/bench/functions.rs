//! Versions of the Lambda function `broadcast`, which are measured one after the other behind the same gateway and with
//! the same viewers.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::peers;
use crate::setting;
use crate::topology::Topology;

const BROADCAST: &str = "broadcast";
/// Time after which the emulator has seen that a program has changed, and has replaced its processes. It looks twice a second.
const RELOADED: Duration = Duration::from_secs(2);

/// A version of the Lambda function `broadcast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The deployed function, with 1,000 viewers per shard.
    Ours,
    /// The deployed function, with this many viewers per shard.
    Shards(usize),
    /// A function for Node with AWS's SDK that makes the same posts.
    Node,
}

impl Version {
    /// Returns the name of this version in the benchmark's report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours | Self::Shards(_) => "tickertape",
            Self::Node => "node, AWS SDK 3",
        }
    }

    /// Returns the text of the shell script that starts this version, or `None` if the version cannot run on this
    /// machine.
    fn bootstrap(self) -> Option<String> {
        let functions = PathBuf::from(setting("TICKERTAPE_FUNCTION_DIR"));
        let ours = functions.join(BROADCAST).join("bootstrap");
        let command = match self {
            Self::Ours => format!("exec '{}'", ours.display()),
            Self::Shards(size) => format!("TICKERTAPE_SHARD_SIZE={size} exec '{}'", ours.display()),
            Self::Node => format!("exec node --no-warnings '{}/broadcast.mjs'", peers()?.display()),
        };
        Some(format!("#!/bin/sh\n{command}\n"))
    }
}

/// A folder of Lambda functions, in which `broadcast` can be replaced by another version.
pub struct Functions {
    folder: TempDir,
}

impl Functions {
    /// Creates the folder, with links to the functions that were built.
    ///
    /// # Panics
    ///
    /// If a link cannot be made.
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let built = PathBuf::from(setting("TICKERTAPE_FUNCTION_DIR"));
        for name in ["websocket", "authorizer", "ingest"] {
            symlink(built.join(name), folder.path().join(name)).expect("a link");
        }
        fs::create_dir(folder.path().join(BROADCAST)).expect("a directory");
        let functions = Self { folder };
        functions.put(Version::Ours);
        functions
    }

    /// Returns the path of the folder, which contains one folder for each function.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces `broadcast` by this version, and kills the processes of the previous version. Returns false if this
    /// version cannot run on this machine.
    pub async fn deploy(&self, version: Version, topology: &Topology) -> bool {
        let is_there = self.put(version);
        tokio::time::sleep(RELOADED).await;
        topology.kill_function(BROADCAST).await;
        is_there
    }

    fn put(&self, version: Version) -> bool {
        let Some(script) = version.bootstrap() else { return false };
        let folder = self.folder.path().join(BROADCAST);
        let fresh = folder.join("fresh");
        fs::write(&fresh, script).expect("written");
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).expect("made a program");
        fs::rename(&fresh, folder.join("bootstrap")).expect("in place");
        true
    }
}

impl Default for Functions {
    fn default() -> Self {
        Self::new()
    }
}
