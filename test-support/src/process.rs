//! Finds out if processes of this machine have ended. Only Linux has `/proc`, so the module is empty on other systems.

/// Returns true if the process with this id does not exist, or is a zombie whose other threads have ended. While one of
/// its threads runs, the sockets of the process are still open.
#[cfg(target_os = "linux")]
pub fn has_ended(pid: u64) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else { return true };
    let is_zombie = stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'));
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    is_zombie && threads <= 1
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_has_ended_once_it_was_killed_even_if_nobody_has_waited_for_it() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().expect("cat starts");
        let pid = u64::from(child.id());
        assert!(!has_ended(pid));
        child.kill().expect("it can be killed");
        let ended = (0..1_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(10));
            has_ended(pid)
        });
        assert!(ended, "a zombie counts as ended");
        child.wait().expect("it is reaped");
        assert!(has_ended(pid));
    }
}
