//! Parses the lines of programs that print numbers in formats of their own: dd, pv, rsync and tqdm, fping, iperf3, sensors.
//!
//! Each program has a module, apart from the first four, which share one. A line is only accepted if the whole line has the
//! format of a program.

mod fping;
mod iperf;
mod parts;
mod progress;
mod sensors;

use crate::verdict::Read;

/// Parses the lines of all these programs.
#[derive(Debug, Default)]
pub struct Tools {
    sensors: sensors::Sensors,
}

impl Tools {
    /// Parses a line of any of these programs.
    pub fn read(&mut self, line: &str) -> Read {
        let line = line.trim_end();
        progress::read(line)
            .or_else(|| fping::read(line))
            .or_else(|| iperf::read(line))
            .or_else(|| self.sensors.read(line))
            .unwrap_or(Read::Unfit)
    }
}

#[cfg(test)]
mod tests;
