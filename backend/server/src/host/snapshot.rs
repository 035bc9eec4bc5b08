//! What the operating system says at one moment.

/// A machine at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Use of all cores together, in percent.
    pub cpu_percent: f64,
    /// Use of each core, in percent.
    pub cores_percent: Vec<f64>,
    /// Memory and swap.
    pub memory: Memory,
    /// Processes that ran or waited to run, on average over 1, 5 and 15 minutes; `None` where there is no
    /// such figure (Windows).
    pub load: Option<[f64; 3]>,
    /// Traffic since the snapshot before.
    pub network: Network,
    /// Mounted file systems, each device once.
    pub disks: Vec<Disk>,
    /// Those that use the processor most, busiest first.
    pub processes: Vec<Process>,
}

/// Memory and swap, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// In use, caches not counted.
    pub used_bytes: u64,
    /// Installed, or allowed by the container.
    pub total_bytes: u64,
    /// Swapped out.
    pub swap_used_bytes: u64,
    /// Space to swap to; 0 for none.
    pub swap_total_bytes: u64,
}

/// Traffic of all interfaces but loopback.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Network {
    /// Received.
    pub in_bytes: u64,
    /// Sent.
    pub out_bytes: u64,
    /// In this time.
    pub elapsed_ms: u64,
}

/// A mounted file system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    /// Where it is mounted.
    pub mount: String,
    /// In use.
    pub used_bytes: u64,
    /// Its size.
    pub total_bytes: u64,
}

/// A process.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// Use of one core, in percent: more than 100 for several threads.
    pub cpu_percent: f64,
    /// Resident memory.
    pub memory_bytes: u64,
}
