//! Finds out for which processor a program was built.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Beginning of a program for Linux, of 64 bits and in little-endian order (ELF-64 Object File Format, "ELF Header").
const ELF: &[u8] = b"\x7fELF\x02\x01";
/// Values of `e_machine`, with the names of processors that Rust and AWS have for them.
const PROCESSORS: [(u16, &str, &str); 2] = [(62, "x86_64", "x86_64"), (183, "aarch64", "arm64")];

/// Returns the processor and the operating system that a program was built for, if it cannot run on this machine.
pub fn foreign(program: &Path) -> Option<String> {
    let mut head = [0; 20];
    File::open(program).and_then(|mut file| file.read_exact(&mut head)).ok()?;
    built_for(&head)
        .filter(|built| !built.runs_on(std::env::consts::OS, std::env::consts::ARCH))
        .map(|Built { aws, .. }| format!("Linux on {aws}"))
}

/// The processor of a program for Linux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Built {
    rust: &'static str,
    aws: &'static str,
}

impl Built {
    fn runs_on(self, os: &str, processor: &str) -> bool {
        os == "linux" && processor == self.rust
    }
}

/// Returns the processor of a program for Linux, by its first 20 bytes. It is `None` for scripts and other programs.
fn built_for(head: &[u8; 20]) -> Option<Built> {
    let machine = u16::from_le_bytes([head[18], head[19]]);
    let (_, rust, aws) = PROCESSORS.iter().find(|(code, ..)| head.starts_with(ELF) && *code == machine)?;
    Some(Built { rust, aws })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(machine: u16) -> [u8; 20] {
        let mut head = [0; 20];
        head[..ELF.len()].copy_from_slice(ELF);
        head[18..].copy_from_slice(&machine.to_le_bytes());
        head
    }

    #[test]
    fn a_program_runs_on_the_processor_and_the_system_that_it_was_built_for() {
        let arm = built_for(&head(183)).expect("a known processor");
        assert_eq!(arm.aws, "arm64");
        assert!(arm.runs_on("linux", "aarch64"));
        assert!(!arm.runs_on("linux", "x86_64") && !arm.runs_on("macos", "aarch64"));
        let intel = built_for(&head(62)).expect("a known processor");
        assert!(intel.runs_on("linux", "x86_64") && !intel.runs_on("linux", "aarch64"));
    }

    #[test]
    fn scripts_and_unknown_programs_are_tried() {
        assert_eq!(built_for(b"#!/bin/sh\nexec node "), None);
        assert_eq!(built_for(&head(8)), None);
    }
}
