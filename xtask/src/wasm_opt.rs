//! Makes the WebAssembly files of the page smaller with `wasm-opt`.

use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal::{self, human_duration};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// WebAssembly features that the compiler uses by default, as options of `wasm-opt`. All current browsers support them.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Options of `wasm-opt` that make the page small. Each of them was measured as Brotli: `--flatten` saves two kilobytes and is faster than
/// `--converge`, the limit for inlining and the assumption about memory save one and a half each, and the third round 0.4.
///
/// Nothing is stored in the first kilobyte of memory but the end of the stack, which grows downwards from one megabyte. So an address
/// may be computed as if it could not overflow.
const PASSES: [&str; 7] = [
    "--flatten",
    "--rereloop",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=60",
    "-Oz",
    "-Oz",
    "-Oz",
];
/// Options of `wasm-opt` that sort the functions by their names. Variables are assigned anew before, because this makes the code a
/// little smaller. The last two options choose the shortest encoding.
const ORDER: [&str; 4] =
    ["--coalesce-locals-learning", "--reorder-functions-by-name", "--optimize-level=2", "--shrink-level=2"];

/// Option with which Node.js compiles WebAssembly once and quickly. Otherwise it compiles `wasm-opt` a second time, with its optimising compiler,
/// which takes four times as long as a small file.
const QUICK_START: &str = "--liftoff-only";
/// Size in bytes of the smallest file that takes longer with [`QUICK_START`].
const LARGE_BYTES: u64 = 250_000;
/// First line of the program if it was installed by npm.
const FOR_NODE: &[u8] = b"#!/usr/bin/env node";

/// The program `wasm-opt`.
pub struct WasmOpt<'a> {
    project: &'a Project,
    program: &'a Path,
    /// True if the program runs on a Node.js that knows [`QUICK_START`].
    starts_quickly: bool,
}

impl<'a> WasmOpt<'a> {
    /// Returns the program with this path.
    pub fn new(project: &'a Project, program: &'a Path) -> Self {
        let starts_quickly = is_for_node(program) && knows_quick_start(project);
        Self { project, program, starts_quickly }
    }

    /// Makes `files` smaller. The page has hundreds of them, and the program uses one processor. So it is run for as many files at once as
    /// there are processors.
    ///
    /// # Errors
    ///
    /// The first error of the program.
    pub fn optimise(&self, files: &[PathBuf]) -> Result<(), TaskError> {
        let began = Instant::now();
        terminal::note(&format!("making {} files of code smaller", files.len()));
        for_each_at_once(files, |file| self.run(&PASSES, file))?;
        terminal::done("wasm-opt", &human_duration(began.elapsed()));
        Ok(())
    }

    /// Puts the functions of a module in the order of their names.
    ///
    /// # Errors
    ///
    /// The error of the program.
    pub fn order_functions(&self, module: &Path) -> Result<(), TaskError> {
        self.run(&ORDER, module)
    }

    fn run(&self, passes: &[&str], file: &Path) -> Result<(), TaskError> {
        let is_small = fs::metadata(file).is_ok_and(|about| about.len() < LARGE_BYTES);
        let mut command = if self.starts_quickly && is_small {
            let mut node = self.project.command("node");
            node.arg(QUICK_START).arg(self.program);
            node
        } else {
            self.project.command(self.program)
        };
        command.args(passes).args(FEATURES).arg(file).arg("-o").arg(file);
        step::run_quietly(self.project, "wasm-opt", &mut command)
    }
}

/// Returns true if Node.js runs the program.
fn is_for_node(program: &Path) -> bool {
    let mut start = [0; FOR_NODE.len()];
    let read = File::open(program).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == FOR_NODE
}

/// Returns true if the Node.js on the `PATH` knows [`QUICK_START`].
fn knows_quick_start(project: &Project) -> bool {
    let asked = project.command("node").args([QUICK_START, "--version"]).output();
    asked.is_ok_and(|output| output.status.success())
}

/// Calls `act` for each item, on as many threads as there are processors. Returns an error of a call, after which its thread made no
/// further calls.
fn for_each_at_once<T: Sync, E: Send>(
    items: &[T],
    act: impl Fn(&T) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let queue = Mutex::new(items.iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || std::iter::from_fn(next).try_for_each(&act);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_acted_on_once() {
        let seen = Mutex::new(Vec::new());
        let items: Vec<usize> = (0..100).collect();
        let all = for_each_at_once(&items, |item| {
            seen.lock().map(|mut seen| seen.push(*item)).map_err(|_| "poisoned")
        });
        let mut seen = seen.into_inner().unwrap();
        seen.sort_unstable();
        assert_eq!((all, seen), (Ok(()), items));
    }

    #[test]
    fn an_error_is_returned() {
        assert_eq!(
            for_each_at_once(&[1, 2, 3], |item| if *item == 2 { Err("two") } else { Ok(()) }),
            Err("two")
        );
        assert_eq!(for_each_at_once::<u8, &str>(&[], |_| Err("none")), Ok(()));
    }
}
