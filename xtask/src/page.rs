//! Builds the web page: with Trunk, then `wasm-opt`, then Brotli.
//!
//! Trunk runs a program that splits the page's code before wasm-bindgen (`xtask/tools/wasm-bindgen`). The main part is
//! loaded at the start of the page, and the others, in the folder [`PARTS`], when they are needed.
//!
//! `wasm-opt` is run here and not by Trunk. If it is not installed, Trunk would fail, but here the page is built
//! without it and is only larger. For this reason Trunk must not write integrity hashes (Trunk.toml, `no_sri`), because
//! they would be those of the code before `wasm-opt`. They would protect little, because the hashes and the code come
//! from the same server.

use crate::error::TaskError;
use crate::glue;
use crate::parts;
use crate::project::Project;
use crate::script;
use crate::stamp::{files_below, fingerprint};
use crate::step;
use crate::styles;
use crate::terminal::{self, human_bytes, human_duration};
use crate::tools::PageTools;
use crate::wasm_opt::WasmOpt;
use brotli::enc::BrotliEncoderParams;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Files and folders from which the page is built. The page is built again if one of them has changed.
const INPUTS: [&str; 16] = [
    "frontend",
    "session",
    "shared",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "xtask/src/glue.rs",
    "xtask/src/glue",
    "xtask/src/page.rs",
    "xtask/src/parts.rs",
    "xtask/src/script.rs",
    "xtask/src/stamp.rs",
    "xtask/src/styles.rs",
    "xtask/src/wasm_opt.rs",
    "xtask/tools/wasm-bindgen",
];
/// Maximum size in bytes of the files that a browser loads for the first picture, compressed with Brotli. Lower the
/// limit whenever the page gets smaller.
const MOST_FIRST_BYTES: u64 = 170_000;
/// Maximum size of all files of the page in bytes, compressed with Brotli.
const MOST_BYTES: u64 = 786_000;
/// Environment variable with additional options of the compiler for WebAssembly.
const WASM_FLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
/// The options of the compiler in `.cargo/config.toml`, as the value of this variable.
const CONFIGURED: &str = "--cfg erase_components";
/// Size in bytes from which the functions of a file of code are ordered. In a small one, all are near each other.
const ORDERED_BYTES: u64 = 20_000;
/// Folder of the parts of the code that are loaded when they are needed.
const PARTS: &str = "snippets/parts";
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
    step::run(project, "page", &mut trunk(project, tools)?)?;
    rewrite_glue(&project.dist(), glue::without_classes)?;
    if let Some(program) = &tools.wasm_opt {
        let wasm_opt = WasmOpt::new(project, program);
        wasm_opt.optimise(&files_in(&project.dist(), &["wasm"])?)?;
        order_functions(&project.dist(), &wasm_opt)?;
    }
    rewrite_glue(&project.dist(), glue::shorten)?;
    list_parts(&project.dist())?;
    join_styles(&project.dist())?;
    compact_scripts(&project.dist())?;
    compress(&project.dist())?;
    show_parts(&project.dist().join(PARTS))?;
    let now = current(project, tools)?;
    fs::write(&stamp, now).map_err(TaskError::while_doing("writing the page's stamp"))
}

/// Checks the size of the page after compression with Brotli, and returns the sizes as text.
///
/// # Errors
///
/// If the page is larger than [`MOST_FIRST_BYTES`] or [`MOST_BYTES`], or has not been built.
pub fn check_size(project: &Project) -> Result<String, TaskError> {
    let parts = project.dist().join(PARTS);
    let (later, first): (Vec<_>, Vec<_>) =
        files_in(&project.dist(), &["br"])?.into_iter().partition(|file| is_loaded_later(file, &parts));
    let first = size_of(&first)?;
    let all = first + size_of(&later)?;
    let first = judge_size("the first picture", first, MOST_FIRST_BYTES)?;
    Ok(format!("{first}; {}", judge_size("the page", all, MOST_BYTES)?))
}

/// Returns true for a file that the first picture does not need: a part of the page, or the service worker, which the page
/// registers when it is shown.
fn is_loaded_later(file: &Path, parts: &Path) -> bool {
    file.starts_with(parts) || file.file_name().is_some_and(|name| name == "worker.js.br")
}

fn size_of(files: &[PathBuf]) -> Result<u64, TaskError> {
    let sizes = files.iter().map(|file| {
        let about = fs::metadata(file);
        about.map(|about| about.len()).map_err(TaskError::while_doing(format!("reading {}", file.display())))
    });
    sizes.sum()
}

fn judge_size(subject: &str, bytes: u64, limit_bytes: u64) -> Result<String, TaskError> {
    let (size, limit) = (human_bytes(bytes), human_bytes(limit_bytes));
    if bytes == 0 {
        return Err(TaskError::Failed { summary: "the page was not built".to_owned() });
    }
    match bytes.checked_sub(limit_bytes) {
        None | Some(0) => Ok(format!("{subject} is {size} as Brotli, limit {limit}")),
        Some(over) => {
            let summary =
                format!("{subject} is {size} as Brotli, {} over its limit of {limit}", human_bytes(over));
            Err(TaskError::Failed { summary })
        }
    }
}

/// Returns the command that builds the page with Trunk.
fn trunk(project: &Project, tools: &PageTools) -> Result<Command, TaskError> {
    let mut command = tools.trunk(project, "build");
    command.args(["--release", "--locked"]).env(WASM_FLAGS, without_paths(project)?);
    Ok(command)
}

/// Sets the compiler's options for the page in the environment of a test that runs Trunk in another folder, where Cargo
/// does not read this project's configuration. With other options, Cargo would compile all of the page's dependencies
/// again for the test.
pub fn announce(project: &Project, command: &mut Command) -> Result<(), TaskError> {
    command.env(WASM_FLAGS, format!("{CONFIGURED} {}", without_paths(project)?));
    Ok(())
}

/// Returns options of the compiler that remove the folders of this machine from the paths in messages of panics. The page
/// then has the same size wherever it is built, and does not name these folders.
fn without_paths(project: &Project) -> Result<String, TaskError> {
    let metadata = project.metadata()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    // The paths of our own packages, which have no source, are relative.
    let dependencies = packages.filter(|package| package["source"].is_string());
    let manifests = dependencies.filter_map(|package| Some(Path::new(package["manifest_path"].as_str()?)));
    let folders = manifests.filter_map(|manifest| manifest.parent()?.parent()?.to_str());
    // Cargo divides the value of the variable at spaces. A folder with a space in its name stays in the page.
    let folders: BTreeSet<&str> = folders.filter(|folder| !folder.contains(' ')).collect();
    let options = folders.iter().map(|folder| format!("--remap-path-prefix={folder}/="));
    Ok(options.collect::<Vec<_>>().join(" "))
}

/// Returns a hash of the sources and of the built page. The built page is part of the hash, so that a page that
/// somebody has damaged, or has built by other means, is built again.
fn current(project: &Project, tools: &PageTools) -> Result<String, TaskError> {
    let inputs = fingerprint(&project.root, &INPUTS)?;
    let outputs = fingerprint(&project.dist(), &["."])?;
    Ok(format!("{inputs:016x} {outputs:016x} {}", tools.wasm_opt.is_some()))
}

/// Puts similar functions beside each other, in the main module and in all large parts.
fn order_functions(dist: &Path, wasm_opt: &WasmOpt<'_>) -> Result<(), TaskError> {
    let mut files = files_in(dist, &["wasm"])?;
    files.retain(|file| fs::metadata(file).is_ok_and(|about| about.len() >= ORDERED_BYTES));
    files.iter().try_for_each(|file| order_functions_of(file, wasm_opt))
}

fn order_functions_of(file: &Path, wasm_opt: &WasmOpt<'_>) -> Result<(), TaskError> {
    let module = fs::read(file).map_err(TaskError::while_doing(format!("reading {}", file.display())))?;
    let Some(named) = glue::name_by_likeness(&module) else {
        terminal::note("the functions of the page cannot be ordered: the page works, but is larger");
        return Ok(());
    };
    fs::write(file, named).map_err(TaskError::while_doing(format!("writing {}", file.display())))?;
    wasm_opt.order_functions(file)
}

/// A function that rewrites a script and a module, which refer to each other by names. It returns `None` if they are not as expected.
type RewriteGlue = fn(&str, &[u8]) -> Option<(String, Vec<u8>)>;

/// Rewrites the page's main module together with its script. A page whose files are not as expected stays as it is, and is larger.
fn rewrite_glue(dist: &Path, rewrite: RewriteGlue) -> Result<(), TaskError> {
    let Some(file) = main_module(dist)? else { return Ok(()) };
    let script = script_of(&file);
    let module = fs::read(&file).map_err(TaskError::while_doing(format!("reading {}", file.display())))?;
    let Some((text, module)) = rewrite(&read(&script)?, &module) else {
        terminal::note("wasm-bindgen's files are not as expected: the page works, but is larger");
        return Ok(());
    };
    write(&script, &text)?;
    fs::write(&file, module).map_err(TaskError::while_doing(format!("writing {}", file.display())))
}

/// Moves the list of the page's parts out of its script, and puts their small files into one.
fn list_parts(dist: &Path) -> Result<(), TaskError> {
    let Some(file) = main_module(dist)? else { return Ok(()) };
    let script = script_of(&file);
    let read_bytes =
        |path: &str| fs::read(dist.join(path)).map_err(TaskError::while_doing(format!("reading {path}")));
    let Some(listed) = parts::list(&read(&script)?, PARTS, read_bytes)? else {
        terminal::note("the splitter's files are not as expected: the page works, but is larger");
        return Ok(());
    };
    for path in listed.replaced {
        fs::remove_file(dist.join(&path)).map_err(TaskError::while_doing(format!("removing {path}")))?;
    }
    for (path, content) in listed.files {
        fs::write(dist.join(&path), content).map_err(TaskError::while_doing(format!("writing {path}")))?;
    }
    write(&script, &listed.script)
}

/// Returns the path of the main module, without which the page was not built by wasm-bindgen.
fn main_module(dist: &Path) -> Result<Option<PathBuf>, TaskError> {
    let is_main =
        |file: &PathBuf| file.parent() == Some(dist) && file.to_string_lossy().ends_with("_bg.wasm");
    Ok(files_in(dist, &["wasm"])?.into_iter().find(is_main))
}

/// Returns the path of the script that wasm-bindgen has written for the main module.
fn script_of(main_module: &Path) -> PathBuf {
    PathBuf::from(main_module.to_string_lossy().replace("_bg.wasm", ".js"))
}

/// Replaces the style sheets of the page by one file.
fn join_styles(dist: &Path) -> Result<(), TaskError> {
    let page = dist.join("index.html");
    let Some(joined) = styles::join(&read(&page)?, |name| read(&dist.join(name)))? else { return Ok(()) };
    for name in joined.replaced {
        let file = dist.join(name);
        fs::remove_file(&file).map_err(TaskError::while_doing(format!("removing {}", file.display())))?;
    }
    write(&dist.join(joined.name), &joined.css)?;
    write(&page, &joined.html)
}

fn read(file: &Path) -> Result<String, TaskError> {
    fs::read_to_string(file).map_err(TaskError::while_doing(format!("reading {}", file.display())))
}

fn write(file: &Path, text: &str) -> Result<(), TaskError> {
    fs::write(file, text).map_err(TaskError::while_doing(format!("writing {}", file.display())))
}

fn compact_scripts(dist: &Path) -> Result<(), TaskError> {
    for file in files_in(dist, &["js"])? {
        write(&file, &script::compact(&read(&file)?))?;
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

/// Prints the sizes of the parts that are loaded when they are needed.
fn show_parts(parts: &Path) -> Result<(), TaskError> {
    for file in files_in(parts, &["br"])? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let size = human_bytes(size_of(std::slice::from_ref(&file))?);
        terminal::done(&format!("part {}", name.split('-').next().unwrap_or_default()), &size);
    }
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
        let judge = |bytes| judge_size("the page", bytes, 200_000);
        assert!(judge(200_000).is_ok());
        let failure = judge(201_500).expect_err("too large").to_string();
        assert!(
            failure.contains("the page is 201.5 KB as Brotli, 1.5 KB over its limit of 200.0 KB"),
            "{failure}"
        );
    }

    #[test]
    fn tests_build_the_page_with_the_options_of_the_configuration() {
        let file = include_str!("../../.cargo/config.toml");
        let words: Vec<_> = CONFIGURED.split(' ').map(|word| format!("{word:?}")).collect();
        assert!(file.contains(&format!("rustflags = [{}]", words.join(", "))), "{file}");
    }

    #[test]
    fn a_page_that_was_not_built_is_an_error() {
        assert!(judge_size("the page", 0, 200_000).is_err());
    }
}
