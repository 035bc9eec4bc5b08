//! Parses the lines of programs that print numbers in formats of their own: dd, pv, rsync, tqdm, fping, iperf3 and
//! sensors.
//!
//! The first four share one module, and each of the others has one of its own. A line is accepted only if the whole
//! line has the format of a program.

mod fping;
mod iperf;
mod parts;
mod progress;
mod sensors;

use crate::verdict::Read;

/// Parses the output of dd, pv, rsync, tqdm, fping, iperf3 and sensors.
#[derive(Debug, Default)]
pub struct Tools {
    sensors: sensors::Sensors,
}

impl Tools {
    /// Parses a line of dd, pv, rsync, tqdm, fping, iperf3 or sensors.
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
