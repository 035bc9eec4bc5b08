//! Replaces functions whose files have changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lambda_host::{Function, Host};
use tokio::task::JoinSet;

use crate::ahead;
use crate::functions::prepare::Runnable;
use crate::functions::watch::WatchedFiles;
use crate::watcher::Watcher;

/// Replaces functions whose files have changed.
pub struct Reloading {
    pub host: Host,
    pub watcher: Arc<dyn Watcher>,
    /// True to start a process of each function that was replaced, before its next invocation.
    pub starts_ahead: bool,
    /// Interval at which files are looked at.
    pub every: Duration,
}

impl Reloading {
    /// Replaces functions until it is aborted. A change of the description is only a notice.
    pub async fn run(self, mut described: WatchedFiles, runnable: Vec<Runnable>) {
        let mut starts = JoinSet::new();
        let mut watched: Vec<_> =
            runnable.into_iter().map(|runnable| (runnable.files, runnable.function)).collect();
        loop {
            tokio::time::sleep(self.every).await;
            let looked = tokio::task::spawn_blocking(move || {
                let changed: Vec<_> = watched.iter_mut().map(|(files, _)| files.changed()).collect();
                let description = described.changed();
                (watched, described, changed, description)
            });
            let Ok((returned, returned_description, changed, description)) = looked.await else { return };
            (watched, described) = (returned, returned_description);
            if let Some(file) = description {
                let text = format!("{} has changed: start the command again to use it", file.display());
                self.watcher.notice(&text);
            }
            let functions = watched.iter().map(|(_, function)| function);
            let changed = functions.zip(changed).filter_map(|(function, file)| Some((function, file?)));
            let replaced = self.replace(changed);
            if self.starts_ahead && !replaced.is_empty() {
                starts.spawn(ahead::start(self.host.clone(), replaced));
            }
            while starts.try_join_next().is_some() {}
        }
    }

    /// Replaces functions of which a file has changed, and returns their names.
    fn replace<'a>(&self, changed: impl Iterator<Item = (&'a Function, PathBuf)>) -> Vec<String> {
        let mut by_file: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for (function, file) in changed {
            self.host.replace(function.clone());
            by_file.entry(file).or_default().push(function.name.clone());
        }
        for (file, functions) in &by_file {
            let text = format!("{} has changed: new code for {}", file.display(), functions.join(", "));
            self.watcher.notice(&text);
        }
        by_file.into_values().flatten().collect()
    }
}
