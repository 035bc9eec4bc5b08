//! The files that a page gives its reader.

use std::path::PathBuf;

use serde_json::json;
use tempfile::TempDir;

use crate::browser::{Browser, TIMEOUT};
use crate::wait;

/// The folder into which a browser saves files.
pub struct Downloads(TempDir);

impl Downloads {
    /// Lets the browser save files into a new folder, which is deleted when the returned value is dropped.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn of(browser: &Browser) -> Self {
        let folder = TempDir::new().expect("a folder");
        let behavior = json!({"behavior": "allow", "downloadPath": folder.path().display().to_string()});
        browser.devtools("Browser.setDownloadBehavior", behavior).await;
        Self(folder)
    }

    /// Waits for a file with this ending, and returns its path and its content. The browser creates the file empty, and replaces
    /// it when the content is complete.
    ///
    /// # Panics
    ///
    /// If there is no such file within [`TIMEOUT`].
    pub async fn file(&self, ending: &str) -> (PathBuf, Vec<u8>) {
        let find = || {
            let files = std::fs::read_dir(self.0.path()).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
            let file = files.filter(|path| path.extension().is_some_and(|found| found == ending)).last()?;
            let content = std::fs::read(&file).ok().filter(|content| !content.is_empty())?;
            Some((file, content))
        };
        wait::until(&format!("a file {ending} is downloaded"), TIMEOUT, || async { find() }).await.0
    }
}
