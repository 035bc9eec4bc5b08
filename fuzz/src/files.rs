//! Reads and writes the inputs of each target, one file for each input. Seeds are inputs to begin with, regressions are
//! inputs that once made the target fail.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Target;

/// Reads all seeds and regressions of a target, in the order of their names. Returns each with the path of its file.
///
/// # Errors
///
/// If a file cannot be read. A missing folder is not an error and has no inputs.
pub fn inputs(target: Target) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut inputs = Vec::new();
    for folder in [folder("corpus", target), folder("regressions", target)] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry?.path();
            let input = fs::read(&path)?;
            inputs.push((path, input));
        }
    }
    inputs.extend(
        target.seeds.into_iter().flat_map(|seeds| seeds()).map(|input| (PathBuf::from("made"), input)),
    );
    inputs.sort();
    Ok(inputs)
}

/// Writes an input that made the target fail to the folder of regressions. The name of the file is computed from its
/// content. Returns the path of the file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn keep(target: Target, input: &[u8]) -> io::Result<PathBuf> {
    let folder = folder("regressions", target);
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{:016x}", crate::signature(input)));
    fs::write(&path, input)?;
    Ok(path)
}

fn folder(kind: &str, target: Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target.name)
}
