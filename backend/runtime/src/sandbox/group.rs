//! The process group of a function's process. The group also contains the child processes that this process has
//! started, except for those that have left it.

use tokio::process::Child;

/// The process group that a function's process leads. Killing only the leader is not enough: if a `bootstrap` is a
/// shell script, for example, the shell starts the runtime as a child, which would outlive the shell.
#[cfg(unix)]
pub(super) struct ProcessGroup(Option<rustix::process::Pid>);

#[cfg(unix)]
impl ProcessGroup {
    /// Returns the group of a process. The process must have been started as the leader of a new group.
    pub fn of(leader: &Child) -> Self {
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(rustix::process::Pid::from_raw))
    }

    /// Kills all processes of the group, and on Linux also the descendants of the leader that have left the group.
    pub fn kill(&self) {
        if let Some(leader) = self.0 {
            #[cfg(target_os = "linux")]
            let descendants = crate::sweeper::descendants(leader);
            // An error only means that all processes of the group have exited.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
            #[cfg(target_os = "linux")]
            descendants.iter().for_each(crate::sweeper::Handle::kill);
        }
    }
}

#[cfg(not(unix))]
pub(super) struct ProcessGroup;

#[cfg(not(unix))]
impl ProcessGroup {
    pub fn of(_: &Child) -> Self {
        Self
    }

    pub fn kill(&self) {}
}
