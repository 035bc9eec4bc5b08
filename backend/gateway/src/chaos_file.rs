//! Reads the file that describes faults to inject. The file may be edited while the gateway runs.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::{MissedTickBehavior, interval};

use crate::chaos::Chaos;
use crate::chaos_handle::ChaosHandle;

/// Time between two checks of the file's modification time. The checks are needed because not every platform can signal
/// that a file has changed.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// A JSON file that describes the faults to inject, with its content as it was last read.
#[derive(Debug, Clone)]
pub struct ChaosFile {
    path: PathBuf,
    changed_at: Option<SystemTime>,
    chaos: Chaos,
}

/// The result of reading a file again that has changed.
#[derive(Debug, PartialEq)]
struct Reading {
    /// The new content, if it is valid. Otherwise the former faults stay in use.
    chaos: Option<Chaos>,
    /// A sentence for the person who changed the file.
    notice: String,
}

impl ChaosFile {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not valid. The error of a file that is not valid names the field and its place in the
    /// file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let changed_at = changed_at(path);
        Ok(Self { path: path.to_owned(), changed_at, chaos: read(path)? })
    }

    /// Returns the faults that the file described when it was first read.
    pub fn chaos(&self) -> &Chaos {
        &self.chaos
    }

    /// Injects the faults that the file describes into gateways, and applies each change of the file. `notice` receives a sentence
    /// about each change. Runs until it is aborted.
    pub async fn follow(mut self, gateways: Vec<ChaosHandle>, notice: impl Fn(&str)) {
        let set = |chaos: Chaos| gateways.iter().for_each(|gateway| gateway.set(chaos.clone()));
        set(self.chaos.clone());
        let mut ticks = interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let Some(reading) = self.read_if_changed() else { continue };
            notice(&reading.notice);
            if let Some(chaos) = reading.chaos {
                set(chaos);
            }
        }
    }

    /// Reads the file again if it has changed.
    fn read_if_changed(&mut self) -> Option<Reading> {
        let changed_at = changed_at(&self.path);
        if changed_at == std::mem::replace(&mut self.changed_at, changed_at) {
            return None;
        }
        let (path, scale) = (self.path.display(), self.chaos.time_scale);
        Some(match read(&self.path) {
            Ok(mut chaos) if chaos.time_scale != scale => {
                chaos.time_scale = scale;
                let notice = format!(
                    "chaos: {path} was read again; time_scale stays {scale} until the program is restarted"
                );
                Reading { chaos: Some(chaos), notice }
            }
            Ok(chaos) => Reading { chaos: Some(chaos), notice: format!("chaos: {path} was read") },
            Err(fault) => {
                let notice =
                    format!("chaos: {path} cannot be used: {fault}; the former settings stay in use");
                Reading { chaos: None, notice }
            }
        })
    }
}

/// Returns the modification time of a file. Returns `None` if the file is missing or the platform does not report the
/// time.
fn changed_at(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn read(path: &Path) -> io::Result<Chaos> {
    serde_json::from_str(&std::fs::read_to_string(path)?).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_when_it_has_changed_and_only_then() {
        let file = Written::new(r#"{"cut": 0.5}"#);
        let mut opened = ChaosFile::open(&file.0).expect("a valid file");
        assert_eq!(opened.read_if_changed(), None);
        file.rewrite(r#"{"cut": 0.25}"#, 1);
        assert_eq!(changed(&mut opened).expect("it is valid").cut.get(), 0.25);
        assert_eq!(opened.read_if_changed(), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_leaves_the_previous_settings_in_force() {
        let file = Written::new("{}");
        let mut opened = ChaosFile::open(&file.0).expect("a valid file");
        file.rewrite(r#"{"cut": "#, 1);
        let reading = opened.read_if_changed().expect("a change");
        assert!(reading.chaos.is_none() && reading.notice.contains("stay in use"), "{reading:?}");
        std::fs::remove_file(&file.0).expect("it exists");
        assert_eq!(changed(&mut opened), None);
        file.rewrite(r#"{"cut": 1}"#, 2);
        assert_eq!(changed(&mut opened).expect("it is valid").cut.get(), 1.0);
    }

    #[test]
    fn time_scale_stays_as_it_was_at_the_start() {
        let file = Written::new(r#"{"time_scale": 720}"#);
        let mut opened = ChaosFile::open(&file.0).expect("a valid file");
        file.rewrite(r#"{"time_scale": 2, "cut": 1}"#, 1);
        let chaos = changed(&mut opened).expect("it is valid");
        assert_eq!((chaos.time_scale.get(), chaos.cut.get()), (720, 1.0));
    }

    #[test]
    fn a_wrong_file_is_an_error_that_names_the_field() {
        let file = Written::new(r#"{"cuts": 0.5}"#);
        let error = ChaosFile::open(&file.0).expect_err("it is not valid").to_string();
        assert!(error.contains("unknown field `cuts`"), "{error}");
    }

    /// Reads a file that has changed.
    fn changed(file: &mut ChaosFile) -> Option<Chaos> {
        file.read_if_changed().expect("a change").chaos
    }

    /// A file that is deleted at the end of a test.
    struct Written(PathBuf);

    impl Written {
        fn new(text: &str) -> Self {
            let name = format!("chaos-{:032x}.json", rand::random::<u128>());
            let written = Self(std::env::temp_dir().join(name));
            written.rewrite(text, 0);
            written
        }

        /// Writes the file and sets a modification time that differs for each `version`. The times of two quick writes
        /// could be equal, because the clock of a file system may be coarse.
        fn rewrite(&self, text: &str, version: u64) {
            std::fs::write(&self.0, text).expect("written");
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + version);
            let file = std::fs::File::options().write(true).open(&self.0).expect("it exists");
            file.set_modified(at).expect("a time");
        }
    }

    impl Drop for Written {
        fn drop(&mut self) {
            // What is left is a small file in the folder for temporary files.
            let _ = std::fs::remove_file(&self.0);
        }
    }
}
