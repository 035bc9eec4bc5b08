//! Reads metrics from the operating system, with the crate sysinfo. A read blocks for some milliseconds, so it must run
//! on a thread that may block.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

use sysinfo::{
    CGroupLimits, CpuRefreshKind, DiskRefreshKind, Disks, MemoryRefreshKind, NetworkData, Networks,
    ProcessRefreshKind, ProcessesToUpdate, RefreshKind, System,
};

use super::disks::{self, Names};
use super::interfaces::{self, Interface};
use super::snapshot::{Disk, Memory, Network, Process, Snapshot};

/// Maximum number of processes in a snapshot.
const PROCESSES: usize = 8;
/// Folder in which Linux describes the network interfaces. Other systems have no such folder.
const INTERFACES: &str = "/sys/class/net";

/// The counters of this machine. The rates in a snapshot are averages since the previous read.
#[derive(Debug)]
pub struct Probe {
    system: System,
    /// The disks of this machine; `None` if the platform does not report disks.
    disks: Option<Disks>,
    networks: Option<Networks>,
    read_at: Instant,
}

impl Probe {
    /// Creates a probe, and reads all counters for the first time.
    ///
    /// # Errors
    ///
    /// [`sysinfo::Error`] on a platform that sysinfo does not support.
    pub fn new() -> Result<Self, sysinfo::Error> {
        let kind = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing().with_usage());
        let mut probe = Self {
            system: System::new_with_specifics(kind)?,
            disks: Disks::new().ok(),
            networks: Networks::new_with_refreshed_list().ok(),
            read_at: Instant::now(),
        };
        probe.refresh();
        Ok(probe)
    }

    /// Reads all counters.
    pub fn read(&mut self) -> Snapshot {
        let elapsed_ms = self.refresh();
        Snapshot {
            cpu_percent: f64::from(self.system.global_cpu_usage()),
            cores_percent: self.system.cpus().iter().map(|core| f64::from(core.usage())).collect(),
            memory: self.memory(),
            load: load(),
            network: self.network(elapsed_ms),
            disks: self.disks.as_ref().map(disks).unwrap_or_default(),
            processes: self.processes(),
        }
    }

    /// Updates all counters, and returns the milliseconds since the previous update.
    fn refresh(&mut self) -> u64 {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::everything());
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        if let Some(disks) = &mut self.disks {
            disks.refresh_specifics(true, DiskRefreshKind::nothing().with_storage());
        }
        if let Some(networks) = &mut self.networks {
            networks.refresh(true);
        }
        let now = Instant::now();
        let elapsed = now.duration_since(std::mem::replace(&mut self.read_at, now));
        elapsed.as_millis() as u64
    }

    fn memory(&self) -> Memory {
        let machine = Memory {
            used_bytes: self.system.used_memory(),
            total_bytes: self.system.total_memory(),
            swap_used_bytes: self.system.used_swap(),
            swap_total_bytes: self.system.total_swap(),
        };
        allowed(machine, self.system.cgroup_limits().as_ref())
    }

    fn network(&self, elapsed_ms: u64) -> Network {
        let networks = self.networks.iter().flat_map(|networks| networks.iter());
        let interfaces: Vec<Interface> = networks.map(|(name, data)| interface(name, data)).collect();
        let (in_bytes, out_bytes) = interfaces::traffic(&interfaces);
        Network { in_bytes, out_bytes, elapsed_ms }
    }

    fn processes(&self) -> Vec<Process> {
        let mut all: Vec<&sysinfo::Process> = self.system.processes().values().collect();
        all.sort_by(|a, b| b.cpu_usage().total_cmp(&a.cpu_usage()).then(b.memory().cmp(&a.memory())));
        all.truncate(PROCESSES);
        all.into_iter().map(process).collect()
    }
}

/// Returns the memory of the container, if it may use less than the machine has. The processes in it are then ended at this limit, whatever
/// memory the machine has left.
fn allowed(machine: Memory, limits: Option<&CGroupLimits>) -> Memory {
    let limits = limits.filter(|limits| (1..machine.total_bytes).contains(&limits.total_memory));
    limits.map_or(machine, |limits| Memory {
        // The limit is also compared with caches, but these are given up before it is reached.
        used_bytes: limits.rss,
        total_bytes: limits.total_memory,
        swap_used_bytes: machine.swap_total_bytes.saturating_sub(limits.free_swap),
        ..machine
    })
}

fn process(process: &sysinfo::Process) -> Process {
    Process {
        pid: process.pid().as_u32(),
        name: process.name().to_string_lossy().into_owned(),
        cpu_percent: f64::from(process.cpu_usage()),
        memory_bytes: process.memory(),
    }
}

fn disks(disks: &Disks) -> Vec<Disk> {
    let shown = disks.iter().filter(|disk| disk.total_space() > 0 && !is_image(disk));
    let mounted = shown.map(|disk| {
        let found = Disk {
            mount: disk.mount_point().to_string_lossy().into_owned(),
            used_bytes: disk.total_space().saturating_sub(disk.available_space()),
            total_bytes: disk.total_space(),
        };
        (disk.name().to_owned(), found)
    });
    disks::distinct(mounted, Names::here())
}

/// Returns true for a disk image that can only be read. Images are left out, because they are always full and no user
/// can free space in them.
fn is_image(disk: &sysinfo::Disk) -> bool {
    disk.file_system() == "squashfs" || disk.file_system() == "iso9660"
}

fn interface(name: &OsStr, data: &NetworkData) -> Interface {
    let folder = Path::new(INTERFACES).join(name);
    let master = std::fs::read_link(folder.join("master")).ok();
    Interface {
        name: name.to_string_lossy().into_owned(),
        has_device: folder.join("device").exists(),
        master: master.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned())),
        in_bytes: data.received(),
        out_bytes: data.transmitted(),
    }
}

fn load() -> Option<[f64; 3]> {
    let average = System::load_average().ok().filter(|_| !cfg!(windows))?;
    Some([average.one, average.five, average.fifteen])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_that_of_the_container_if_it_may_use_less_than_the_machine_has() {
        let machine =
            Memory { used_bytes: 9_000, total_bytes: 64_000, swap_used_bytes: 300, swap_total_bytes: 1_000 };
        let limits = |total_memory| CGroupLimits { total_memory, free_memory: 100, free_swap: 950, rss: 200 };
        let container =
            Memory { used_bytes: 200, total_bytes: 512, swap_used_bytes: 50, swap_total_bytes: 1_000 };
        for (limits, expected) in [
            (None, machine),
            (Some(limits(512)), container),
            (Some(limits(64_000)), machine),
            (Some(limits(u64::MAX)), machine),
            (Some(limits(0)), machine),
        ] {
            assert_eq!(allowed(machine, limits.as_ref()), expected, "{limits:?}");
        }
    }
}
