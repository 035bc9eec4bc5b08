//! The subcommand `cargo xtask run`, which builds everything, starts the server and opens the browser.

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::terminal;
use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";
/// Maximum time to wait until the server listens, before opening the browser is given up.
const SERVER_TIMEOUT: Duration = Duration::from_secs(30);

/// Builds the page and the program `tickertape`, then replaces this process with the server. `serve_arguments` are
/// passed to it.
pub fn run(project: &Project, serve_arguments: &[String]) -> Result<(), TaskError> {
    let address = address(serve_arguments);
    let is_server = !serve_arguments.iter().any(|word| ["-h", "--help"].contains(&word.as_str()));
    if is_server {
        require_free(address)?;
    }
    let tickertape = product::build(project, Profile::Release)?;
    if is_server && has_display() && !address.ends_with(":0") {
        open_later(address, &url(serve_arguments))?;
    }
    become_program(Command::new(tickertape).arg("serve").args(serve_arguments))
}

/// Returns an error if another program listens at the address, because the browser would show its page. The server reports other
/// faults of the address.
fn require_free(address: &str) -> Result<(), TaskError> {
    let bound = address.parse::<SocketAddr>().map(TcpListener::bind);
    match bound {
        Ok(Err(error)) if error.kind() == io::ErrorKind::AddrInUse => Err(TaskError::Failed {
            summary: format!(
                "{address} is in use: end the program that listens there, or choose another address, such as `cargo xtask run -- --listen 127.0.0.1:9000`"
            ),
        }),
        _ => Ok(()),
    }
}

/// Opens the browser at `url` as soon as a server listens at `address`. Does nothing if none listens within [`SERVER_TIMEOUT`].
pub fn open_when_ready(address: &str, url: &str) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        if began.elapsed() > SERVER_TIMEOUT {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let opened = opener().arg(url).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !opened.is_ok_and(|status| status.success()) {
        terminal::note(&format!("open {url} in a browser"));
    }
}

/// Starts this program a second time, in the background, to open the browser once the server listens. The first process
/// cannot do so, because it is replaced with the server.
fn open_later(address: &str, url: &str) -> Result<(), TaskError> {
    let this = env::current_exe().map_err(TaskError::while_doing("finding this program"))?;
    let child = Command::new(this).args(["open-when-ready", address, url]).stdin(Stdio::null()).spawn();
    child.map(drop).map_err(TaskError::while_doing("starting the process that opens the browser"))
}

/// Replaces this process with `command`. Signals then reach that program directly, and its exit code becomes that of
/// `cargo xtask`.
#[cfg(unix)]
pub fn become_program(command: &mut Command) -> Result<(), TaskError> {
    use std::os::unix::process::CommandExt;
    Err(TaskError::while_doing(starting(command))(command.exec()))
}

#[cfg(not(unix))]
pub fn become_program(command: &mut Command) -> Result<(), TaskError> {
    let status = command.status().map_err(TaskError::while_doing(starting(command)))?;
    crate::step::require_success(&command.get_program().to_string_lossy(), status)
}

fn starting(command: &Command) -> String {
    format!("starting {}", command.get_program().to_string_lossy())
}

/// Returns the address at which the server will listen: the value of `--listen` in its arguments, or the default.
fn address(serve_arguments: &[String]) -> &str {
    let mut words = serve_arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word.strip_prefix("--listen") {
            Some("") => return words.next().unwrap_or(DEFAULT_ADDRESS),
            Some(rest) => return rest.trim_start_matches('='),
            None => {}
        }
    }
    DEFAULT_ADDRESS
}

/// Returns the address of the page for a browser. The server speaks TLS if it is given a certificate.
fn url(serve_arguments: &[String]) -> String {
    let has_certificate = serve_arguments.iter().any(|word| word.split('=').next() == Some("--tls-cert"));
    let scheme = if has_certificate { "https" } else { "http" };
    format!("{scheme}://{}/", address(serve_arguments))
}

/// Returns true if this machine has a display and is not a CI machine, so that a browser can be opened.
fn has_display() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let display = cfg!(any(target_os = "macos", windows)) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    display && !is_set("CI")
}

/// Returns the operating system's command for opening a URL in the default browser.
fn opener() -> Command {
    if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new("xdg-open")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn address_in(line: &str) -> String {
        address(&words(line)).to_owned()
    }

    #[test]
    fn the_browser_goes_where_the_server_listens() {
        assert_eq!(address_in(""), DEFAULT_ADDRESS);
        assert_eq!(address_in("--no-host --listen 127.0.0.1:9000"), "127.0.0.1:9000");
        assert_eq!(address_in("--listen=[::1]:9000 --json"), "[::1]:9000");
    }

    #[test]
    fn the_browser_speaks_tls_if_the_server_does() {
        for (line, expected) in [
            ("", "http://127.0.0.1:8080/"),
            ("--no-host --listen=[::1]:9000", "http://[::1]:9000/"),
            ("--tls-cert cert.pem --tls-key key.pem", "https://127.0.0.1:8080/"),
            ("--tls-cert=cert.pem --listen 127.0.0.1:9000", "https://127.0.0.1:9000/"),
        ] {
            assert_eq!(url(&words(line)), expected, "{line}");
        }
    }

    #[test]
    fn an_address_at_which_another_program_listens_is_refused() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = other.local_addr().unwrap().to_string();
        let failure = require_free(&address).unwrap_err().to_string();
        assert!(
            failure.starts_with(&format!("{address} is in use")) && failure.contains("--listen"),
            "{failure}"
        );
        for free in ["127.0.0.1:0", "localhost", ""] {
            assert!(require_free(free).is_ok(), "{free:?}");
        }
    }
}
