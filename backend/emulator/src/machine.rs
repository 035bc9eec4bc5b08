//! This machine: the number of processes that it has room for, and its addresses.

use std::num::NonZeroUsize;

use sysinfo::{Networks, System};

/// Memory that a process of a function is expected to need, in bytes. An idle process of Node.js with an AWS SDK needs some
/// 60 MB.
const PROCESS_BYTES: u64 = 64 * 1024 * 1024;
/// Free memory that is assumed if the operating system does not report it, in bytes.
const UNKNOWN_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Smallest and largest number of processes.
const PROCESSES: (u64, u64) = (4, 1_000);

/// Returns the number of processes of functions that fit into the free memory of this machine, of which half is left for others.
pub fn processes() -> usize {
    let available_bytes = System::new().map_or(UNKNOWN_BYTES, |mut system| {
        system.refresh_memory();
        system.available_memory()
    });
    fitting(available_bytes)
}

/// Returns the number of processes that may start at a time: two for each processor.
pub fn starts() -> usize {
    2 * processors()
}

/// Returns the number of processors.
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Returns the IP addresses of this machine's network interfaces.
pub fn addresses() -> Vec<String> {
    // If they cannot be read, only loopback addresses are names of this machine.
    let networks = Networks::new_with_refreshed_list().ok();
    let all =
        networks.iter().flat_map(|networks| networks.values()).flat_map(|network| network.ip_networks());
    all.map(|network| network.addr.to_string()).collect()
}

fn fitting(available_bytes: u64) -> usize {
    let fitting = available_bytes / 2 / PROCESS_BYTES;
    usize::try_from(fitting.clamp(PROCESSES.0, PROCESSES.1)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_free_memory_is_for_functions() {
        assert_eq!(fitting(16 * 1024 * 1024 * 1024), 128);
        assert_eq!((fitting(0), fitting(u64::MAX)), (4, 1_000));
    }
}
