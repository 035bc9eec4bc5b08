//! Lines of programs that print numbers in a form of their own: dd, pv, rsync and tqdm, fping, iperf3, sensors.
//!
//! Each program has a file. A line is only taken if the whole of it has the program's form.

mod fping;
mod iperf;
mod parts;
mod progress;
mod sensors;

use crate::verdict::Read;

/// Reads the lines of these programs.
#[derive(Debug, Default)]
pub struct Tools {
    sensors: sensors::Sensors,
}

impl Tools {
    /// Reads a line.
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
