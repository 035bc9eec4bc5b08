//! Replaces functions whose files have changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lambda_host::{Function, Host};
use tokio::task::JoinSet;

use crate::ahead;
use crate::functions::live_code::{CodeChange, LiveCode};
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
        let (functions, mut code): (Vec<Function>, Vec<LiveCode>) =
            runnable.into_iter().map(|runnable| (runnable.function, runnable.code)).unzip();
        loop {
            tokio::time::sleep(self.every).await;
            let looked = tokio::task::spawn_blocking(move || {
                let changes: Vec<_> = code.iter_mut().map(LiveCode::look).collect();
                let description = described.changed();
                (code, described, changes, description)
            });
            let Ok((returned, returned_description, changes, description)) = looked.await else { return };
            (code, described) = (returned, returned_description);
            if let Some(file) = description {
                let text = format!("{} has changed: start the command again to use it", file.display());
                self.watcher.notice(&text);
            }
            let changed = functions.iter().zip(changes);
            let replaced = self.replace(changed.filter_map(|(function, change)| Some((function, change?))));
            if self.starts_ahead && !replaced.is_empty() {
                starts.spawn(ahead::start(self.host.clone(), replaced));
            }
            while starts.try_join_next().is_some() {}
        }
    }

    /// Replaces functions that have new code, and returns their names.
    fn replace<'a>(&self, changed: impl Iterator<Item = (&'a Function, CodeChange)>) -> Vec<String> {
        let mut by_file: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
        for (function, change) in changed {
            match change {
                CodeChange::New(file) => {
                    self.host.replace(function.clone());
                    by_file.entry(file).or_default().push(function.name.clone());
                }
                CodeChange::Failed { file, reason } => self.watcher.notice(&format!(
                    "{} has changed, but {} keeps its former code: {reason}; build it again",
                    file.display(),
                    function.name
                )),
            }
        }
        for (file, functions) in &by_file {
            let text = format!("{} has changed: new code for {}", file.display(), functions.join(", "));
            self.watcher.notice(&text);
        }
        by_file.into_values().flatten().collect()
    }
}
