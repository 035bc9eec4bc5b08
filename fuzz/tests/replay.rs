//! Runs every target with its seeds, with every input that once failed, and with some mutations. The mutations are the
//! same in each run.

use std::time::{Duration, Instant};

use fuzz::{Fuzzer, Target, files, targets};

/// Returns the number of mutations that are run for a target. There are fewer for the store, because opening a store
/// takes milliseconds, while the other targets take microseconds.
fn mutations(target: Target) -> usize {
    if target.name == "store" { 20 } else { 2_000 }
}

/// Maximum time for one input. It is much longer than any input should take, even on a busy machine.
const LONG: Duration = Duration::from_secs(20);

#[test]
fn seeds_regressions_and_their_mutations_break_no_promise() {
    for target in targets::ALL {
        let mut fuzzer = Fuzzer::new(target, 10);
        for (path, input) in files::inputs(target).expect("the inputs can be read") {
            let began = Instant::now();
            if let Err(failure) = fuzzer.seed(input) {
                panic!("{}: {}: {}", target.name, path.display(), failure.message);
            }
            assert!(began.elapsed() < LONG, "{}: {} takes too long", target.name, path.display());
        }
        for _ in 0..mutations(target) {
            let input = fuzzer.input();
            if let Err(failure) = fuzzer.step(input) {
                panic!("{}: {:?}: {}", target.name, String::from_utf8_lossy(&failure.input), failure.message);
            }
        }
        assert!(
            fuzzer.signatures() > 3,
            "{}: the seeds reach {} ways only",
            target.name,
            fuzzer.signatures()
        );
    }
}

#[test]
fn every_folder_of_inputs_belongs_to_a_target() {
    for kind in ["corpus", "regressions"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(kind);
        let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry"));
        for folder in entries.filter(|entry| entry.path().is_dir()) {
            let name = folder.file_name();
            assert!(targets::named(&name.to_string_lossy()).is_some(), "{}", name.display());
        }
    }
}
