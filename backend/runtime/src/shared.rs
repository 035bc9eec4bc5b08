//! The part of a host that all of its functions share.

use std::sync::Arc;

use crate::limits::Limits;
use crate::log::Log;
use crate::sweeper::Sweeper;

/// Limits, log and sweeper of a host, which all of its functions share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub limits: Limits,
    pub log: Arc<dyn Log>,
    pub sweeper: Sweeper,
}
