//! The program `wasm-bindgen`. Trunk runs it to create JavaScript code for a compiled WebAssembly file.
//!
//! If the environment variable `TICKERTAPE_SPLIT` is set, the messages of panics are removed from the file, and it is split into a
//! main file and the parts that the page loads when they are needed. The file must then contain relocations, that is, it must have been
//! linked with `--emit-relocs`.

mod loader;
mod panics;
mod parts;
mod split;

use std::process::ExitCode;

use anyhow::Result;

/// Name of the environment variable that requests splitting. `cargo xtask` sets it.
const SPLIT: &str = "TICKERTAPE_SPLIT";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    match split::Task::requested_by(&arguments) {
        Some(task) if std::env::var_os(SPLIT).is_some() => task.run(arguments),
        Some(_) | None => wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(arguments),
    }
}
