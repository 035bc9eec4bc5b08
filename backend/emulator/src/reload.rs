//! Replaces functions whose files have changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lambda_host::Host;

use crate::functions::prepare::Runnable;
use crate::functions::watch::WatchedFiles;
use crate::watcher::Watcher;

/// Replaces functions whose files have changed, until it is aborted. A change of the description is only a notice.
pub async fn run(
    mut described: WatchedFiles,
    runnable: Vec<Runnable>,
    host: Host,
    watcher: Arc<dyn Watcher>,
    every: Duration,
) {
    let mut watched: Vec<_> =
        runnable.into_iter().map(|runnable| (runnable.files, runnable.function)).collect();
    loop {
        tokio::time::sleep(every).await;
        let looked = tokio::task::spawn_blocking(move || {
            let changed: Vec<_> = watched.iter_mut().map(|(files, _)| files.changed()).collect();
            let description = described.changed();
            (watched, described, changed, description)
        });
        let Ok((returned, returned_description, changed, description)) = looked.await else { return };
        (watched, described) = (returned, returned_description);
        if let Some(file) = description {
            watcher.notice(&format!("{} has changed: start the command again to use it", file.display()));
        }
        let mut by_file: BTreeMap<PathBuf, Vec<&str>> = BTreeMap::new();
        for ((_, function), changed) in watched.iter().zip(changed) {
            let Some(file) = changed else { continue };
            host.replace(function.clone());
            by_file.entry(file).or_default().push(&function.name);
        }
        for (file, functions) in by_file {
            let text = format!("{} has changed: new code for {}", file.display(), functions.join(", "));
            watcher.notice(&text);
        }
    }
}
