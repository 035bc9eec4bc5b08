//! Builds the web page: with Trunk, then `wasm-opt`, then Brotli.
//!
//! `wasm-opt` is run here and not by Trunk. If it is not installed, Trunk would fail, but here the page is built
//! without it and is only larger. For this reason Trunk must not write integrity hashes (Trunk.toml, `no_sri`), because
//! they would be those of the code before `wasm-opt`. They would protect little, because the hashes and the code come
//! from the same server.

use crate::error::TaskError;
use crate::project::Project;
use crate::stamp::{files_below, fingerprint};
use crate::step;
use crate::terminal::{self, human_bytes, human_duration};
use crate::tools::PageTools;
use brotli::enc::BrotliEncoderParams;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Files and folders from which the page is built. The page is built again if one of them has changed.
const INPUTS: [&str; 8] = [
    "frontend",
    "session",
    "shared",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/page.rs",
];
/// WebAssembly features that the compiler uses by default, as options of `wasm-opt`. All current browsers support them.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Options of `wasm-opt` that make the page small. With `--flatten` first, the page becomes two kilobytes smaller than
/// with `-Oz --converge`, in less time.
const WASM_PASSES: [&str; 4] = ["--flatten", "--rereloop", "-Oz", "-Oz"];
/// Maximum size of the page in bytes, compressed with Brotli. It is slightly above the present size, because the page
/// contains paths of the machine that builds it, so its size varies. Lower the limit whenever the page gets smaller.
/// The goal is 220,000.
const MOST_BYTES: u64 = 303_500;
/// Extensions of the files that are compressed with Brotli.
const COMPRESSED: [&str; 6] = ["html", "js", "css", "wasm", "svg", "json"];

/// Builds the page into the folder [`Project::dist`]. Does nothing if neither the sources nor the built page have
/// changed since the last build.
pub fn build(project: &Project, tools: &PageTools) -> Result<(), TaskError> {
    let stamp = project.target.join("xtask").join("page.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|built| current(project, tools).is_ok_and(|now| now == built)) {
        terminal::done("page", "up to date");
        return Ok(());
    }
    step::run(project, "page", tools.trunk(project).args(["build", "--release", "--locked"]))?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        optimise(project, wasm_opt)?;
    }
    compress(&project.dist())?;
    let now = current(project, tools)?;
    fs::write(&stamp, now).map_err(TaskError::while_doing("writing the page's stamp"))
}

/// Checks the size of the page after compression with Brotli, and returns the size as text.
///
/// # Errors
///
/// If the page is larger than [`MOST_BYTES`], or has not been built.
pub fn check_size(project: &Project) -> Result<String, TaskError> {
    let mut bytes = 0;
    for file in files_in(&project.dist(), &["br"])? {
        let about =
            fs::metadata(&file).map_err(TaskError::while_doing(format!("reading {}", file.display())))?;
        bytes += about.len();
    }
    judge_size(bytes)
}

fn judge_size(bytes: u64) -> Result<String, TaskError> {
    let (size, limit) = (human_bytes(bytes), human_bytes(MOST_BYTES));
    if bytes == 0 {
        return Err(TaskError::Failed { summary: "the page was not built".to_owned() });
    }
    match bytes.checked_sub(MOST_BYTES) {
        None | Some(0) => Ok(format!("{size} as Brotli, limit {limit}")),
        Some(over) => {
            let summary =
                format!("the page is {size} as Brotli, {} over its limit of {limit}", human_bytes(over));
            Err(TaskError::Failed { summary })
        }
    }
}

/// Returns a hash of the sources and of the built page. The built page is part of the hash, so that a page that
/// somebody has damaged, or has built by other means, is built again.
fn current(project: &Project, tools: &PageTools) -> Result<String, TaskError> {
    let inputs = fingerprint(&project.root, &INPUTS)?;
    let outputs = fingerprint(&project.dist(), &["."])?;
    Ok(format!("{inputs:016x} {outputs:016x} {}", tools.wasm_opt.is_some()))
}

fn optimise(project: &Project, wasm_opt: &Path) -> Result<(), TaskError> {
    for file in files_in(&project.dist(), &["wasm"])? {
        let mut command = project.command(wasm_opt);
        command.args(WASM_PASSES).args(WASM_FEATURES).arg(&file).arg("-o").arg(&file);
        step::run(project, "wasm-opt", &mut command)?;
    }
    Ok(())
}

/// Writes a file compressed with Brotli, such as `app.js.br`, beside every file of the page with one of the extensions
/// in [`COMPRESSED`]. The highest compression level is used.
fn compress(dist: &Path) -> Result<(), TaskError> {
    let began = Instant::now();
    let (mut plain_bytes, mut brotli_bytes) = (0, 0);
    for file in files_in(dist, &COMPRESSED)? {
        let plain = fs::read(&file).map_err(TaskError::while_doing(format!("reading {}", file.display())))?;
        let small = brotli(&plain).map_err(TaskError::while_doing("compressing"))?;
        plain_bytes += plain.len() as u64;
        brotli_bytes += small.len() as u64;
        let sibling = sibling(&file);
        fs::write(&sibling, small)
            .map_err(TaskError::while_doing(format!("writing {}", sibling.display())))?;
    }
    let sizes = format!("{} as Brotli, {} plain", human_bytes(brotli_bytes), human_bytes(plain_bytes));
    terminal::done("page compressed", &format!("{sizes}  {}", human_duration(began.elapsed())));
    Ok(())
}

fn brotli(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: 11, size_hint: plain.len(), ..Default::default() };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut &plain[..], &mut small, &parameters)?;
    Ok(small)
}

/// Returns the path of the compressed version of a file, such as `app.js.br` for `app.js`.
fn sibling(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Returns all files below `folder` that have one of these extensions.
fn files_in(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, TaskError> {
    let mut files = files_below(folder)?;
    files.retain(|file| file.extension().is_some_and(|ext| extensions.iter().any(|wanted| ext == *wanted)));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_be_as_large_as_its_limit_and_not_larger() {
        assert!(judge_size(MOST_BYTES).is_ok());
        let failure = judge_size(MOST_BYTES + 1_500).expect_err("too large").to_string();
        let words = format!("1.5 KB over its limit of {}", human_bytes(MOST_BYTES));
        assert!(failure.contains(&words), "{failure}");
    }

    #[test]
    fn a_page_that_was_not_built_is_an_error() {
        assert!(judge_size(0).is_err());
    }
}
