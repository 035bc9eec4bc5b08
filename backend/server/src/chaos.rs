//! Reads the file that describes faults to inject. The file may be edited while the server runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use apigw_websocket::{Chaos, ChaosHandle};
use tokio::time::{MissedTickBehavior, interval};

use crate::{Notify, PageConfig, ServerError};

/// Time between two checks of the file's modification time. The checks are needed because not every platform can signal
/// that a file has changed.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// The file that describes the faults to inject, with its content as it was last read.
pub struct ChaosFile {
    path: PathBuf,
    changed_at: Option<SystemTime>,
    chaos: Chaos,
    notify: Notify,
}

impl ChaosFile {
    /// Reads the file that the settings name. Returns `None` if they name none.
    ///
    /// # Errors
    ///
    /// [`ServerError::Chaos`] if the file cannot be read or is not valid. It names the field and its place in the file.
    pub fn of(page: &PageConfig) -> Result<Option<Self>, ServerError> {
        page.chaos.as_deref().map(|path| Self::open(path, page.notify.clone())).transpose()
    }

    fn open(path: &Path, notify: Notify) -> Result<Self, ServerError> {
        let changed_at = changed_at(path);
        let chaos = read(path).map_err(|reason| ServerError::Chaos { path: path.to_owned(), reason })?;
        Ok(Self { path: path.to_owned(), changed_at, chaos, notify })
    }

    /// Returns the faults that the file described when it was first read.
    pub fn chaos(&self) -> &Chaos {
        &self.chaos
    }

    /// Injects the faults that the file describes, and applies each change of the file. Runs until it is aborted.
    pub async fn follow(mut self, gateway: ChaosHandle) {
        gateway.set(self.chaos.clone());
        let mut ticks = interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Some(chaos) = self.read_if_changed() {
                gateway.set(chaos);
            }
        }
    }

    /// Returns the new content if the file has changed and is valid. Otherwise returns `None`, so that the former
    /// faults stay in use. An invalid file is reported to the operator.
    fn read_if_changed(&mut self) -> Option<Chaos> {
        let changed_at = changed_at(&self.path);
        if changed_at == std::mem::replace(&mut self.changed_at, changed_at) {
            return None;
        }
        let path = self.path.display();
        match read(&self.path) {
            Ok(mut chaos) if chaos.time_scale != self.chaos.time_scale => {
                let scale = self.chaos.time_scale;
                self.notify.notify(&format!(
                    "chaos: {path} was read again; time_scale stays {scale} until the server is restarted"
                ));
                chaos.time_scale = scale;
                Some(chaos)
            }
            Ok(chaos) => {
                self.notify.notify(&format!("chaos: {path} was read"));
                Some(chaos)
            }
            Err(fault) => {
                self.notify.notify(&format!(
                    "chaos: {path} cannot be used: {fault}; the former settings stay in use"
                ));
                None
            }
        }
    }
}

/// Returns the modification time of a file. Returns `None` if the file is missing or the platform does not report the
/// time.
fn changed_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn read(path: &Path) -> Result<Chaos, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_when_it_has_changed_and_only_then() {
        let (_directory, path) = file(r#"{"cut": 0.5}"#);
        let mut file = ChaosFile::open(&path, Notify::new(|_| {})).unwrap();
        assert_eq!(file.read_if_changed(), None);
        rewrite(&path, r#"{"cut": 0.25}"#, 1);
        assert_eq!(file.read_if_changed().unwrap().cut.get(), 0.25);
        assert_eq!(file.read_if_changed(), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_leaves_the_previous_settings_in_force() {
        let (_directory, path) = file("{}");
        let mut file = ChaosFile::open(&path, Notify::new(|_| {})).unwrap();
        rewrite(&path, r#"{"cut": "#, 1);
        assert_eq!(file.read_if_changed(), None);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.read_if_changed(), None);
        rewrite(&path, r#"{"cut": 1}"#, 2);
        assert_eq!(file.read_if_changed().unwrap().cut.get(), 1.0);
    }

    #[test]
    fn time_scale_stays_as_it_was_at_the_start() {
        let (_directory, path) = file(r#"{"time_scale": 720}"#);
        let mut file = ChaosFile::open(&path, Notify::new(|_| {})).unwrap();
        rewrite(&path, r#"{"time_scale": 2, "cut": 1}"#, 1);
        let chaos = file.read_if_changed().unwrap();
        assert_eq!((chaos.time_scale.get(), chaos.cut.get()), (720, 1.0));
    }

    #[test]
    fn a_wrong_file_is_an_error_that_names_the_field() {
        let (_directory, path) = file(r#"{"cuts": 0.5}"#);
        let error = ChaosFile::open(&path, Notify::new(|_| {})).err().unwrap();
        assert!(
            matches!(&error, ServerError::Chaos { reason, .. } if reason.contains("unknown field `cuts`")),
            "{error}"
        );
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chaos.json");
        rewrite(&path, text, 0);
        (directory, path)
    }

    /// Writes the file and sets a modification time that differs for each `version`. The times of two quick writes
    /// could be equal, because the clock of a file system may be coarse.
    fn rewrite(path: &Path, text: &str, version: u64) {
        std::fs::write(path, text).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + version);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }
}
