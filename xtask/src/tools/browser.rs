//! Finds or installs Chromium and chromedriver, for the tests in a browser.

use super::{apt, find, version};
use crate::error::TaskError;
use crate::project::Project;
use crate::terminal;
use std::path::{Path, PathBuf};

const CHROMIUM_NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const CHROMIUM_PLACES: [&str; 4] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/usr/lib/chromium/chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const DRIVER_PLACES: [&str; 4] = [
    "/usr/lib/chromium/chromedriver",
    "/usr/lib/chromium-browser/chromedriver",
    "/opt/homebrew/bin/chromedriver",
    "/usr/local/bin/chromedriver",
];

/// Paths of a Chromium browser and of its WebDriver server.
pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

impl Browser {
    /// Finds an installed browser with its driver. If there is none, installs Debian's packages, provided that the user
    /// is root.
    pub fn set_up(project: &Project) -> Result<Self, TaskError> {
        let browser = match Self::find() {
            Some(browser) => browser,
            None => Self::install(project)?,
        };
        browser.require_same_version()?;
        terminal::done("Chromium and its driver", "found");
        Ok(browser)
    }

    fn find() -> Option<Self> {
        let chromium = first_of(&CHROMIUM_NAMES, &CHROMIUM_PLACES)?;
        Some(Self { chromium, chromedriver: first_of(&["chromedriver"], &DRIVER_PLACES)? })
    }

    fn install(project: &Project) -> Result<Self, TaskError> {
        if !apt::is_allowed() {
            return Err(missing());
        }
        apt::install(project, &["chromium", "chromium-driver"])?;
        Self::find().ok_or_else(missing)
    }

    /// Checks that browser and driver have the same major version, without which they do not work together. If the
    /// version of one cannot be found out, the check passes. (Chrome on Windows does not print its version.)
    fn require_same_version(&self) -> Result<(), TaskError> {
        let majors = [&self.chromium, &self.chromedriver].map(|program| major_version(program));
        match majors {
            [Some(chromium), Some(driver)] if chromium != driver => Err(TaskError::MissingProgram {
                what: format!("a chromedriver for version {chromium} of the browser (found {driver})"),
                install: install_command().to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn major_version(program: &Path) -> Option<u32> {
    version::major(&find::version_of(program)?)
}

fn first_of(names: &[&str], places: &[&str]) -> Option<PathBuf> {
    let on_path = names.iter().find_map(|name| find::on_path(name));
    on_path.or_else(|| places.iter().map(PathBuf::from).find(|place| place.is_file()))
}

fn missing() -> TaskError {
    TaskError::MissingProgram {
        what: "Chromium with chromedriver".to_owned(),
        install: install_command().to_owned(),
    }
}

/// Returns the command with which a user can install browser and driver on this machine.
fn install_command() -> &'static str {
    let managers = [
        ("apt-get", "sudo apt-get install -y chromium chromium-driver"),
        ("dnf", "sudo dnf install -y chromium chromedriver"),
        ("pacman", "sudo pacman -S chromium"),
        ("apk", "sudo apk add chromium chromium-chromedriver"),
        ("zypper", "sudo zypper install chromium chromedriver"),
        ("brew", "brew install --cask google-chrome chromedriver"),
    ];
    find::install_command(&managers, "see https://googlechromelabs.github.io/chrome-for-testing")
}
