//! Versions of `broadcast`, deployed in turns behind one gateway with one and the same audience.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::peers;
use crate::setting;
use crate::topology::Topology;

const BROADCAST: &str = "broadcast";

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// As it is deployed: a shard is a thousand viewers.
    Ours,
    /// With shards of so many viewers.
    Shards(usize),
    /// The same posts as one writes them for Node, with AWS's SDK.
    Node,
}

impl Version {
    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours | Self::Shards(_) => "tickertape",
            Self::Node => "node, AWS SDK 3",
        }
    }

    /// As a program that becomes the function; `None` if that cannot be had here.
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

/// The functions, with a `broadcast` that can be replaced.
pub struct Functions {
    folder: TempDir,
}

impl Functions {
    /// Those that were built.
    ///
    /// # Panics
    ///
    /// If they cannot be linked to.
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

    /// The folder of folders.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces `broadcast` and ends the processes of the old one; whether there is such a version here.
    pub async fn deploy(&self, version: Version, topology: &Topology) -> bool {
        let is_there = self.put(version);
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
