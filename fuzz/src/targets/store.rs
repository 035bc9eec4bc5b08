//! Fuzzes the reading of the embedded store's file.

use backend_core::Retention;
use backend_core::ports::TopicLog;
use backend_store::EmbeddedLog;
use shared::Filter;

use crate::target::{Target, signature, words_of};

pub const TARGET: Target = Target { name: "store", words: &["redb", "{\"epoch\":"], seeds: Some(seeds), run };

/// Opens a store whose file contains the input. Opening must succeed or return an error. If it succeeds, the heads of
/// all topics are read, which must not panic.
fn run(input: &[u8]) -> u64 {
    let directory = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(directory.path().join("tickertape.redb"), input).expect("a file");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    match EmbeddedLog::open(directory.path(), Retention::default()) {
        Ok((log, _changes)) => runtime.block_on(async {
            let heads = log.heads(&Filter::All).await.map(|heads| heads.len());
            log.close().await;
            signature((1, heads.ok()))
        }),
        Err(error) => words_of(error.to_string().split(' ').skip(1).collect::<Vec<_>>().join(" ")),
    }
}

/// Returns the file of a store that was written by the first release.
fn seeds() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../compatibility/0.1.0/store/tickertape.redb").to_vec()]
}
