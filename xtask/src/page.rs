//! Building the page: Trunk, then `wasm-opt`, then Brotli.
//!
//! `wasm-opt` runs here and not in Trunk, because Trunk insists on downloading one where it finds none,
//! and a page without it is still a page. So Trunk writes no integrity hashes (Trunk.toml, `no_sri`):
//! they would be those of the code before it was made smaller, and the page comes from the very server
//! that they would guard against.

use crate::failure::Failure;
use crate::project::Project;
use crate::stamp::{files_below, fingerprint};
use crate::step;
use crate::terminal::{self, human_bytes, human_duration};
use crate::tools::PageTools;
use brotli::enc::BrotliEncoderParams;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What the page is made of; also what `trunk serve` watches.
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
/// What the compiler emits by default for this target, and every current browser knows.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Flat code is the easier to make small: two kilobytes less than `-Oz --converge`, and sooner done.
const WASM_PASSES: [&str; 4] = ["--flatten", "--rereloop", "-Oz", "-Oz"];
/// What opening the page may cost a phone, in bytes as Brotli: a ratchet, to be lowered whenever the page gets
/// smaller. The goal is 220,000. A hundredth above what was seen: paths of the machine that builds it are in it.
const MOST_BYTES: u64 = 260_000;
/// What is worth compressing: text, and code.
const COMPRESSED: [&str; 6] = ["html", "js", "css", "wasm", "svg", "json"];

/// Builds the page into [`Project::dist`], unless what is there is what the sources would give.
pub fn build(project: &Project, tools: &PageTools) -> Result<(), Failure> {
    let stamp = project.target.join("xtask").join("page.stamp");
    if fs::read_to_string(&stamp).is_ok_and(|built| current(project, tools).is_ok_and(|now| now == built)) {
        terminal::done("page", "is up to date");
        return Ok(());
    }
    step::run(project, "page", tools.trunk(project).args(["build", "--release", "--locked"]))?;
    if let Some(wasm_opt) = &tools.wasm_opt {
        optimise(project, wasm_opt)?;
    }
    compress(&project.dist())?;
    let now = current(project, tools)?;
    fs::write(&stamp, now).map_err(Failure::while_doing("writing the page's stamp"))
}

/// What opening the page costs, as Brotli: fails when that is more than [`MOST_BYTES`].
pub fn check_size(project: &Project) -> Result<String, Failure> {
    let mut bytes = 0;
    for file in files_in(&project.dist(), &["br"])? {
        let about =
            fs::metadata(&file).map_err(Failure::while_doing(format!("reading {}", file.display())))?;
        bytes += about.len();
    }
    judge_size(bytes)
}

fn judge_size(bytes: u64) -> Result<String, Failure> {
    let (size, limit) = (human_bytes(bytes), human_bytes(MOST_BYTES));
    if bytes == 0 {
        return Err(Failure::Faults { summary: "the page was not built".to_owned() });
    }
    match bytes.checked_sub(MOST_BYTES) {
        None | Some(0) => Ok(format!("{size} as Brotli, of {limit}")),
        Some(over) => {
            let summary = format!("the page has {size} as Brotli: {} over its {limit}", human_bytes(over));
            Err(Failure::Faults { summary })
        }
    }
}

/// Inputs and outputs: so a page built by hand, or damaged, is built anew as well.
fn current(project: &Project, tools: &PageTools) -> Result<String, Failure> {
    let inputs = fingerprint(&project.root, &INPUTS)?;
    let outputs = fingerprint(&project.dist(), &["."])?;
    Ok(format!("{inputs:016x} {outputs:016x} {}", tools.wasm_opt.is_some()))
}

fn optimise(project: &Project, wasm_opt: &Path) -> Result<(), Failure> {
    for file in files_in(&project.dist(), &["wasm"])? {
        let mut command = project.command(wasm_opt);
        command.args(WASM_PASSES).args(WASM_FEATURES).arg(&file).arg("-o").arg(&file);
        step::run(project, "wasm-opt", &mut command)?;
    }
    Ok(())
}

/// Writes `name.br` beside every file worth it, at the highest quality: once here, never per request.
fn compress(dist: &Path) -> Result<(), Failure> {
    let began = Instant::now();
    let (mut plain_bytes, mut brotli_bytes) = (0, 0);
    for file in files_in(dist, &COMPRESSED)? {
        let plain = fs::read(&file).map_err(Failure::while_doing(format!("reading {}", file.display())))?;
        let small = brotli(&plain).map_err(Failure::while_doing("compressing"))?;
        plain_bytes += plain.len() as u64;
        brotli_bytes += small.len() as u64;
        let sibling = sibling(&file);
        fs::write(&sibling, small).map_err(Failure::while_doing(format!("writing {}", sibling.display())))?;
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

/// `app.js` → `app.js.br`.
fn sibling(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// The files in `folder` and below with one of these extensions.
fn files_in(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = files_below(folder)?;
    files.retain(|file| file.extension().is_some_and(|ext| extensions.iter().any(|wanted| ext == *wanted)));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_may_be_as_large_as_its_limit_and_no_larger() {
        assert!(judge_size(MOST_BYTES).is_ok());
        let failure = judge_size(MOST_BYTES + 1_500).expect_err("too large").to_string();
        let words = format!("1.5 KB over its {}", human_bytes(MOST_BYTES));
        assert!(failure.contains(&words), "{failure}");
    }

    #[test]
    fn a_page_that_is_not_there_is_not_small() {
        assert!(judge_size(0).is_err());
    }
}
