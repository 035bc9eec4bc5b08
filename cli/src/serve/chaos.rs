//! `--chaos FILE`: things go wrong as the file says. It may be edited while the server runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use apigw_websocket::{Chaos, ChaosHandle};
use tokio::time::{MissedTickBehavior, interval};

use crate::failure::Failure;
use crate::term;

/// How often the file's time of change is looked at: signals would do, but not everywhere.
const LOOK: Duration = Duration::from_secs(1);

/// The file, as it was last read.
pub struct ChaosFile {
    path: PathBuf,
    changed_at: Option<SystemTime>,
    chaos: Chaos,
}

impl ChaosFile {
    /// Reads it for the first time.
    ///
    /// # Errors
    ///
    /// A usage failure that names the fault and its place in the file.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let changed_at = changed_at(path);
        let chaos = read(path).map_err(|fault| {
            Failure::usage(format!("--chaos {}: {fault}", path.display()))
                .hint("the fields are explained by `tickertape serve --help`")
        })?;
        Ok(Self { path: path.to_owned(), changed_at, chaos })
    }

    /// What it said.
    pub fn chaos(&self) -> &Chaos {
        &self.chaos
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does what it says now and, whenever it has changed, what it says then. Until it is aborted.
    pub async fn follow(mut self, gateway: ChaosHandle) {
        gateway.set(self.chaos.clone());
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            if let Some(chaos) = self.read_if_changed() {
                gateway.set(chaos);
            }
        }
    }

    /// What it says, if it has changed and can be read; otherwise what held before holds on.
    fn read_if_changed(&mut self) -> Option<Chaos> {
        let changed_at = changed_at(&self.path);
        if changed_at == std::mem::replace(&mut self.changed_at, changed_at) {
            return None;
        }
        let path = self.path.display();
        match read(&self.path) {
            Ok(chaos) if chaos.time_scale != self.chaos.time_scale => {
                let scale = self.chaos.time_scale;
                term::say(format!("chaos: {path} was read; time_scale stays {scale} until a restart"));
                Some(Chaos { time_scale: scale, ..chaos })
            }
            Ok(chaos) => {
                term::say(format!("chaos: {path} was read"));
                Some(chaos)
            }
            Err(fault) => {
                term::say(format!("chaos: {path}: {fault}; what held before holds on"));
                None
            }
        }
    }
}

/// Absent where the file, or the knowledge, is.
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
        let mut file = ChaosFile::open(&path).unwrap();
        assert_eq!(file.read_if_changed(), None);
        rewrite(&path, r#"{"cut": 0.25}"#, 1);
        assert_eq!(file.read_if_changed().unwrap().cut.get(), 0.25);
        assert_eq!(file.read_if_changed(), None);
    }

    #[test]
    fn what_cannot_be_read_leaves_things_as_they_were() {
        let (_directory, path) = file("{}");
        let mut file = ChaosFile::open(&path).unwrap();
        rewrite(&path, r#"{"cut": "#, 1);
        assert_eq!(file.read_if_changed(), None);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.read_if_changed(), None);
        rewrite(&path, r#"{"cut": 1}"#, 2);
        assert_eq!(file.read_if_changed().unwrap().cut.get(), 1.0);
    }

    #[test]
    fn the_speed_of_time_is_what_it_was_at_the_start() {
        let (_directory, path) = file(r#"{"time_scale": 720}"#);
        let mut file = ChaosFile::open(&path).unwrap();
        rewrite(&path, r#"{"time_scale": 2, "cut": 1}"#, 1);
        let chaos = file.read_if_changed().unwrap();
        assert_eq!((chaos.time_scale.get(), chaos.cut.get()), (720, 1.0));
    }

    #[test]
    fn a_wrong_file_is_a_usage_failure_that_names_the_field() {
        let (_directory, path) = file(r#"{"cuts": 0.5}"#);
        let failure = ChaosFile::open(&path).err().unwrap();
        assert_eq!(failure.exit, crate::failure::Exit::Usage);
        assert!(failure.what.contains("unknown field `cuts`"), "{}", failure.what);
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("chaos.json");
        rewrite(&path, text, 0);
        (directory, path)
    }

    /// Every version has a time of change of its own, whatever the file system's clock.
    fn rewrite(path: &Path, text: &str, version: u64) {
        std::fs::write(path, text).unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + version);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
    }
}
