//! The limits on the history and on the file of a store.

use backend_core::Retention;

/// The limits on the history and on the file of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StoreSettings {
    /// The limits on the history of each topic: the age and the number of publications.
    pub retention: Retention,
    /// Maximum number of bytes that the file takes on the disk; `None` for the default, which depends on the disk
    /// ([`backend_core::Space::default_keep_bytes`]).
    pub keep_bytes: Option<u64>,
}

impl From<Retention> for StoreSettings {
    fn from(retention: Retention) -> Self {
        Self { retention, keep_bytes: None }
    }
}
