//! Makes the WebAssembly files of the page smaller with `wasm-opt`.

use crate::error::TaskError;
use crate::project::Project;
use crate::step;
use crate::terminal::{self, human_duration};
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

/// Makes `files` smaller. The page has hundreds of them, most of them small, and most of the time is the start of `program`, which uses one
/// processor. So it is run for as many files at once as there are processors.
///
/// # Errors
///
/// The first error of `program`.
pub fn optimise(project: &Project, program: &Path, files: &[PathBuf]) -> Result<(), TaskError> {
    let began = Instant::now();
    for_each_at_once(files, |file| run(project, program, &PASSES, file))?;
    let took = human_duration(began.elapsed());
    terminal::done("wasm-opt", &format!("{} files  {took}", files.len()));
    Ok(())
}

/// Puts the functions of a module in the order of their names.
pub fn order_functions(project: &Project, program: &Path, module: &Path) -> Result<(), TaskError> {
    run(project, program, &ORDER, module)
}

fn run(project: &Project, program: &Path, passes: &[&str], file: &Path) -> Result<(), TaskError> {
    let mut command = project.command(program);
    command.args(passes).args(FEATURES).arg(file).arg("-o").arg(file);
    step::run_quietly(project, "wasm-opt", &mut command)
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
