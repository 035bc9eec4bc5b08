//! The type of a snapshot of a machine's metrics.

/// The metrics of a machine at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Use of all processor cores together, in percent.
    pub cpu_percent: f64,
    /// Use of each processor core, in percent.
    pub cores_percent: Vec<f64>,
    /// Memory and swap.
    pub memory: Memory,
    /// Average number of processes that ran or waited to run, over the last 1, 5 and 15 minutes. `None` on Windows,
    /// which does not report such averages.
    pub load: Option<[f64; 3]>,
    /// Network traffic since the previous snapshot.
    pub network: Network,
    /// Mounted file systems, in the order of their mount points. On Linux, each device is listed once.
    pub disks: Vec<Disk>,
    /// The processes that use the processor most, the busiest first.
    pub processes: Vec<Process>,
}

/// Memory and swap, in bytes. In a container on Linux with a limit on its memory, they are those of the container; the size of the swap
/// space is that of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Memory in use, without caches, in bytes.
    pub used_bytes: u64,
    /// Memory installed, or allowed by the container, in bytes.
    pub total_bytes: u64,
    /// Swap space in use, in bytes.
    pub swap_used_bytes: u64,
    /// Size of the swap space, in bytes; 0 if there is none.
    pub swap_total_bytes: u64,
}

/// Network traffic since the previous snapshot, without loopback. On Linux, the interfaces of devices are counted, because what passes a
/// bridge, a bond or a tunnel passes them too; in a container, which has no devices, all interfaces are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Network {
    /// Bytes received.
    pub in_bytes: u64,
    /// Bytes sent.
    pub out_bytes: u64,
    /// Time in which these bytes were received and sent, in milliseconds.
    pub elapsed_ms: u64,
}

/// A mounted file system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    /// Path of the mount point.
    pub mount: String,
    /// Space in use, in bytes.
    pub used_bytes: u64,
    /// Size of the file system, in bytes.
    pub total_bytes: u64,
}

/// One of the processes that use the processor most.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// Name of the program.
    pub name: String,
    /// Processor time used, in percent of one core. It exceeds 100 if several threads run.
    pub cpu_percent: f64,
    /// Resident memory, in bytes.
    pub memory_bytes: u64,
}
