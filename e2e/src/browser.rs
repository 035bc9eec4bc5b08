//! A headless Chromium with its own profile, driven by WebDriver.

use std::io::{Read, Write};
use std::mem::ManuallyDrop;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::ChromeCapabilities;
use thirtyfour::prelude::*;

use crate::bench::usage::cpu_of_descendants;
use crate::child::Spawned;
use crate::{setting, wait};

/// Maximum time for a page to show an expected state, on a slow machine.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// Maximum number of starts of ChromeDriver for one window.
const DRIVER_STARTS: usize = 5;

/// One browser window.
pub struct Browser {
    /// The WebDriver connection, for commands that have no method here. It must not be dropped, because its destructor
    /// blocks the test's runtime and waits for it, for two minutes. Dropping the [`Browser`] ends the session instead.
    pub driver: ManuallyDrop<WebDriver>,
    port: u16,
    // It is dropped before the profile, at the end of the test.
    process: Spawned,
    _profile: TempDir,
}

impl Browser {
    /// Opens a window of this size, in CSS pixels.
    ///
    /// # Panics
    ///
    /// If Chromium does not start.
    pub async fn open(width: u32, height: u32) -> Self {
        let (process, port) = start_driver();
        let profile = TempDir::new().expect("a temporary directory");
        let url = format!("http://127.0.0.1:{port}");
        let driver =
            WebDriver::new(url, capabilities(profile.path(), width, height)).await.expect("a browser");
        let driver = ManuallyDrop::new(driver);
        let browser = Self { driver, port, process, _profile: profile };
        browser.resize(width, height, 1.0).await;
        browser
    }

    /// Sets the size of the page's screen in CSS pixels, and its number of device pixels for each of them.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn resize(&self, width: u32, height: u32, density: f64) {
        let screen = json!({"width": width, "height": height, "deviceScaleFactor": density, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// Sets the system's colour scheme that the browser reports to the page: `dark` or `light`.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Sends a command of the Chrome DevTools Protocol, and returns its result.
    ///
    /// # Panics
    ///
    /// If the browser refuses it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.expect("the browser obeys")
    }

    /// Returns the CPU time that the processes have used which run the page.
    pub fn renderer_cpu(&self) -> Duration {
        cpu_of_descendants(self.process.pid(), "--type=renderer")
    }

    /// Evaluates a JavaScript expression in the page, and returns its value.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub async fn value(&self, expression: &str) -> Value {
        let script = format!("return {expression};");
        self.driver.execute(script, vec![]).await.expect("the script runs").json().clone()
    }

    /// Returns the text of the first element that matches the CSS selector, or `None` if no element does.
    pub async fn text(&self, selector: &str) -> Option<String> {
        let selector = Value::from(selector);
        let text = self.value(&format!("document.querySelector({selector})?.textContent")).await;
        text.as_str().map(str::to_string)
    }

    /// Waits until an element matches the CSS selector, and returns the time that this took.
    ///
    /// # Panics
    ///
    /// If no element matches within [`TIMEOUT`].
    pub async fn appears(&self, selector: &str) -> Duration {
        wait::until(&format!("{selector} appears"), TIMEOUT, || async { self.text(selector).await }).await.1
    }

    /// Waits until the text of an element satisfies `condition`. Returns the text, and the time that this took.
    ///
    /// # Panics
    ///
    /// If the text does not satisfy the condition within [`TIMEOUT`].
    pub async fn text_becomes(&self, selector: &str, condition: impl Fn(&str) -> bool) -> (String, Duration) {
        wait::until(&format!("{selector} says what it should"), TIMEOUT, || async {
            self.text(selector).await.filter(|text| condition(text))
        })
        .await
    }

    /// Waits until a JavaScript expression has a value in the page. Code and data arrive in parts, so that an element may be there before
    /// it has its state.
    ///
    /// # Panics
    ///
    /// If it has another value after [`TIMEOUT`]. The message contains `what`.
    pub async fn becomes(&self, what: &str, expression: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        wait::until(&format!("{what}: {expected}"), TIMEOUT, || async {
            (self.value(expression).await == expected).then_some(())
        })
        .await;
    }

    /// Waits until a JavaScript expression is true in the page.
    ///
    /// # Panics
    ///
    /// If it is not true within [`TIMEOUT`].
    pub async fn is_true(&self, expression: &str) {
        self.becomes(expression, expression, true).await;
    }

    /// Waits until no element matches the CSS selector.
    ///
    /// # Panics
    ///
    /// If one still matches after [`TIMEOUT`].
    pub async fn is_gone(&self, selector: &str) {
        self.is_true(&format!("document.querySelector({}) === null", Value::from(selector))).await;
    }

    /// Waits until an element that matches the CSS selector has the focus.
    ///
    /// # Panics
    ///
    /// If none has it within [`TIMEOUT`].
    pub async fn has_focus(&self, selector: &str) {
        self.is_true(&has_focus(selector)).await;
    }

    /// Returns the errors, unhandled rejections and violations of the content security policy in the page, since
    /// [`Browser::listen_for_complaints`]. Failed requests are not among them, because a test may have killed the
    /// server.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn complaints(&self) -> Vec<String> {
        let seen = self.value("window.__complaints ?? []").await;
        seen.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_string).collect()
    }

    /// Returns the messages of the browser's console since the last call, including those that the browser itself has
    /// written.
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn console(&self) -> Vec<String> {
        let url = format!("http://127.0.0.1:{}/session/{}/se/log", self.port, self.driver.session_id());
        let asked = reqwest::Client::new().post(url).json(&json!({"type": "browser"})).send().await;
        let log: Value = asked.expect("the driver answers").json().await.expect("in JSON");
        let entries = log["value"].as_array().expect("a list of entries").iter();
        entries.filter_map(|entry| entry["message"].as_str().map(str::to_string)).collect()
    }

    /// Makes every page that is opened from now on collect its errors for [`Browser::complaints`].
    ///
    /// # Panics
    ///
    /// If the browser does not answer.
    pub async fn listen_for_complaints(&self) {
        let source = "window.__complaints = [];
            const note = (kind) => (event) => window.__complaints.push(kind + ': ' +
                (event.message ?? event.reason ?? event.violatedDirective + ' ' + event.blockedURI));
            addEventListener('error', note('error'));
            addEventListener('unhandledrejection', note('rejection'));
            document.addEventListener('securitypolicyviolation', note('policy'));";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
    }

    /// Saves a screenshot for people in the folder `target/screenshots` of the workspace.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub async fn screenshot(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        std::fs::create_dir_all(&folder).expect("target can be written");
        self.driver.screenshot(&folder.join(format!("{name}.png"))).await.expect("a picture");
    }
}

/// Returns the expression that is true if an element that matches the CSS selector has the focus.
pub(crate) fn has_focus(selector: &str) -> String {
    format!("document.activeElement?.matches({}) ?? false", Value::from(selector))
}

impl Drop for Browser {
    /// Ends the WebDriver session, so that ChromeDriver ends Chromium. Otherwise Chromium would continue to run.
    fn drop(&mut self) {
        // A failure is ignored, because both processes are killed next.
        let _ended = end_session(self.port, &self.driver.session_id().to_string());
    }
}

/// Starts ChromeDriver, and returns its port.
///
/// ChromeDriver lets the system choose a port for IPv4, and ends if another program uses the same port for IPv6. It is started again then.
///
/// # Panics
///
/// If it ends each time.
fn start_driver() -> (Spawned, u16) {
    let start = |_| {
        let process = Spawned::start(Command::new(setting("TICKERTAPE_CHROMEDRIVER")).arg("--port=0"));
        let port = process.line_before_end(|line| {
            let port = line.split_once("started successfully on port ")?.1;
            port.trim_end_matches('.').parse::<u16>().ok()
        })?;
        Some((process, port))
    };
    (0..DRIVER_STARTS).find_map(start).expect("ChromeDriver starts")
}

fn end_session(port: u16, session: &str) -> std::io::Result<usize> {
    let mut driver = TcpStream::connect(("127.0.0.1", port))?;
    driver.set_read_timeout(Some(TIMEOUT))?;
    write!(
        driver,
        "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\n\r\n"
    )?;
    driver.read(&mut [0; 256])
}

fn capabilities(profile: &Path, width: u32, height: u32) -> ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set("goog:loggingPrefs", json!({"browser": "ALL"})).expect("JSON");
    capabilities.set_binary(&setting("TICKERTAPE_CHROMIUM")).expect("a path");
    let profile = format!("--user-data-dir={}", profile.display());
    let size = format!("--window-size={width},{height}");
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        // Pages of the browser's own address bar, which nobody sees. They take as much processor time as the rest of a start.
        "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
        &profile,
        &size,
    ];
    for argument in arguments {
        capabilities.add_arg(argument).expect("an argument");
    }
    capabilities
}
