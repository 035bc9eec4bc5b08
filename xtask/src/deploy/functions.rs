//! Builds the four Lambda functions for AWS (64-bit ARM) and checks the results.

use crate::error::TaskError;
use crate::function_names::FUNCTIONS;
use crate::project::Project;
use crate::step;
use crate::terminal::{self, human_bytes};
use crate::tools::{self, ARM_TARGET};
use std::fs;
use std::path::{Path, PathBuf};

/// Maximum size of a zipped function in bytes. It is far below Lambda's limit of 50 MB, because large functions start
/// slowly.
const MOST_BYTES: u64 = 10_000_000;
/// Value of the field `e_machine` in an ELF file for 64-bit ARM (ELF for the Arm 64-bit Architecture, section "ELF
/// Header").
const AARCH64: u16 = 183;

/// The optimisation with which the functions are compiled.
#[derive(Clone, Copy, Debug)]
pub enum Optimisation {
    /// That of the `lambda` profile, for a deployment.
    Full,
    /// A little, for a test that only needs functions that could be deployed. Compilation takes less time.
    Little,
}

/// Builds all functions into the folders to which the SAM template refers, and checks them. Returns the number of
/// functions.
pub fn build(project: &Project, optimisation: Optimisation) -> Result<u32, TaskError> {
    let mut build = tools::cargo_lambda(project)?;
    build.args(["build", "--locked", "--arm64", "--profile", "lambda", "--package", "backend-lambda"]);
    build.args(["--output-format", "zip", "--lambda-dir"]).arg(folder(project));
    if let Optimisation::Little = optimisation {
        build.env("CARGO_PROFILE_LAMBDA_OPT_LEVEL", "1");
    }
    step::run(project, "functions (arm64)", &mut build)?;
    FUNCTIONS.iter().try_fold(0, |count, name| check(project, name).map(|()| count + 1))
}

fn check(project: &Project, name: &str) -> Result<(), TaskError> {
    let binary = project.target.join(ARM_TARGET).join("lambda").join(name);
    require_arm(name, &fs::read(&binary).map_err(reading(&binary))?)?;
    let zip = zip(project, name);
    let bytes = fs::metadata(&zip).map_err(reading(&zip))?.len();
    require_small(name, bytes)?;
    terminal::done(&format!("function {name}"), &format!("arm64, {} zipped", human_bytes(bytes)));
    Ok(())
}

/// Returns the path of the zip archive of a function. The archive is uploaded to AWS.
pub fn zip(project: &Project, name: &str) -> PathBuf {
    folder(project).join(name).join("bootstrap.zip")
}

/// Returns the folder with the built functions. The values of `CodeUri` in the SAM template point to it.
fn folder(project: &Project) -> PathBuf {
    project.root.join("infra").join("build")
}

fn reading(file: &Path) -> impl FnOnce(std::io::Error) -> TaskError {
    TaskError::while_doing(format!("reading {}", file.display()))
}

fn require_arm(name: &str, binary: &[u8]) -> Result<(), TaskError> {
    let is_elf = binary.starts_with(b"\x7fELF\x02\x01");
    let machine = binary.get(18..20).map(|two| u16::from_le_bytes([two[0], two[1]]));
    if is_elf && machine == Some(AARCH64) {
        return Ok(());
    }
    Err(TaskError::Failed { summary: format!("function {name} is not a program for 64-bit ARM on Linux") })
}

fn require_small(name: &str, bytes: u64) -> Result<(), TaskError> {
    if bytes < MOST_BYTES {
        return Ok(());
    }
    let (size, limit) = (human_bytes(bytes), human_bytes(MOST_BYTES));
    Err(TaskError::Failed {
        summary: format!("function {name} is {size} zipped; it must be smaller than {limit}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(machine: u16) -> Vec<u8> {
        let mut header = b"\x7fELF\x02\x01\x01".to_vec();
        header.resize(18, 0);
        header.extend(machine.to_le_bytes());
        header
    }

    #[test]
    fn only_a_program_for_arm_is_accepted() {
        const X86_64: u16 = 62;
        assert!(require_arm("f", &elf(AARCH64)).is_ok());
        for wrong in [elf(X86_64), b"\x7fELF\x02\x01".to_vec(), b"#!/bin/sh".to_vec(), Vec::new()] {
            assert!(require_arm("f", &wrong).is_err());
        }
    }

    #[test]
    fn the_error_for_a_large_function_names_it_and_its_size() {
        assert!(require_small("f", MOST_BYTES - 1).is_ok());
        let failure = require_small("ingest", MOST_BYTES).unwrap_err().to_string();
        assert_eq!(failure, "function ingest is 10.0 MB zipped; it must be smaller than 10.0 MB");
    }
}
