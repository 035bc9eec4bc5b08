//! Splits a WebAssembly file without the messages of panics, and runs wasm-bindgen for its main part.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::{loader, panics, parts};

/// Name under which the main part imports the functions that load the other parts.
const LOADER: &str = "./split.js";
/// Name of the main part in the folder for intermediate files.
const MAIN: &str = "main.wasm";
/// Options for wasm-bindgen. The parts import objects of the main part that the linker has defined, such as the table
/// of functions. Without the first option, they would not be exported.
const FOR_SPLIT_MODULES: [&str; 2] = ["--keep-lld-exports", "--no-demangle"];

/// The arguments of Trunk that are needed for splitting.
pub struct Task {
    input: PathBuf,
    out_dir: PathBuf,
    out_name: String,
}

impl Task {
    /// Reads the arguments that Trunk passes to wasm-bindgen. Returns `None` if they do not request a conversion.
    pub fn requested_by(arguments: &[String]) -> Option<Self> {
        let value = |option| arguments.iter().find_map(|argument| argument.strip_prefix(option));
        Some(Self {
            input: arguments.iter().find(|argument| is_input(argument))?.into(),
            out_dir: value("--out-dir=")?.into(),
            out_name: value("--out-name=")?.to_owned(),
        })
    }

    /// Splits the input, runs wasm-bindgen for the main part, and writes the other parts beside its output.
    ///
    /// # Errors
    ///
    /// If the input contains no relocations, or a file cannot be written.
    pub fn run(&self, arguments: Vec<String>) -> Result<()> {
        let scratch = self.out_dir.join("split");
        clear(&scratch)?;
        let modules = split(&self.input, &scratch)?;
        bind(arguments, &scratch.join(MAIN))?;
        let names = parts::publish(&modules, &self.out_dir)?;
        let loader = read(&scratch.join(LOADER))?;
        let script = self.out_dir.join(format!("{}.js", self.out_name));
        let joined = loader::join(&read(&script)?, &loader, LOADER, &names)?;
        fs::write(&script, joined).with_context(|| format!("writing {}", script.display()))?;
        clear(&scratch)
    }
}

/// Splits the file at `input`. Writes the parts and the loader to the folder `scratch`, and returns the paths of all
/// parts but the main one.
fn split(input: &Path, scratch: &Path) -> Result<Vec<PathBuf>> {
    let module = fs::read(input).with_context(|| format!("reading {}", input.display()))?;
    let module = panics::without_messages(&module).with_context(|| {
        format!("{} has code that xtask/tools/wasm-bindgen does not know", input.display())
    })?;
    let main = scratch.join(MAIN);
    let mut options = Options::new(&module);
    options.output_dir = scratch;
    options.main_out_path = &main;
    options.link_name = LOADER;
    let split = transform(options).map_err(|error| anyhow!("splitting {}: {error:?}", input.display()))?;
    Ok(split.split_modules)
}

fn bind(mut arguments: Vec<String>, main: &Path) -> Result<()> {
    for argument in arguments.iter_mut().filter(|argument| is_input(argument)) {
        *argument = main.display().to_string();
    }
    arguments.extend(FOR_SPLIT_MODULES.map(str::to_owned));
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments)
}

fn is_input(argument: &str) -> bool {
    !argument.starts_with("--") && argument.ends_with(".wasm")
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}
