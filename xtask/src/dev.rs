//! The subcommand `cargo xtask dev`: serves the web page with Trunk, which builds and reloads the page whenever one of
//! its files is saved.

use crate::error::TaskError;
use crate::product::{self, Profile};
use crate::project::Project;
use crate::tools::PageTools;
use crate::{step, terminal};
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

/// Address of the Tickertape server. The proxies in Trunk.toml point to it.
const SERVER: &str = "127.0.0.1:8080";
const PAGE_PORT: &str = "8081";
/// Origin of the page that Trunk serves. The server must be told to allow it, because it refuses every origin except
/// its own.
const PAGE_ORIGIN: &str = "http://127.0.0.1:8081";

/// The page's file `config.json`. It makes the page connect its WebSocket directly to the server. Trunk's proxy would
/// not forward the sub-protocol that the server has accepted, and a browser refuses a handshake without it.
const CONFIG: &str = r#"{ "ws": "ws://127.0.0.1:8080/ws" }"#;
/// HTML page that the server serves in development. It redirects the browser to Trunk's address.
const INDEX: &str = r#"<!doctype html><meta http-equiv="refresh" content="0; url=http://127.0.0.1:8081/">"#;

/// Runs Trunk and, if nothing listens at the server's address yet, the server. Returns when one of the two programs
/// ends, with an error if that program ended with one.
pub fn dev(project: &Project) -> Result<(), TaskError> {
    let tools = PageTools::set_up(project)?;
    let site = write_site(project)?;
    let arguments = ["serve", "--listen", SERVER, "--allow-origin", PAGE_ORIGIN, "--site", &site];
    let mut children = Children(Vec::new());
    if TcpStream::connect(SERVER).is_ok() {
        terminal::note(&format!(
            "{SERVER} is in use: using the server there, which must have been started like this:"
        ));
        terminal::note(&format!("tickertape {}", arguments.join(" ")));
    } else {
        terminal::note(&format!("nothing listens on {SERVER}: starting `tickertape serve` there"));
        let tickertape = product::build_without_page(project, Profile::Dev)?;
        children.start(project.command(tickertape).args(arguments))?;
    }
    terminal::note(&format!("the page will be at {PAGE_ORIGIN}"));
    children.start(&mut trunk(project, &tools))?;
    children.first_to_end()
}

/// Creates the folder of files that the server serves while Trunk serves the page. Returns the path of the folder.
fn write_site(project: &Project) -> Result<String, TaskError> {
    let site = project.target.join("xtask").join("dev-site");
    let doing = || TaskError::while_doing(format!("writing {}", site.display()));
    fs::create_dir_all(&site).map_err(doing())?;
    fs::write(site.join("config.json"), CONFIG).map_err(doing())?;
    fs::write(site.join("index.html"), INDEX).map_err(doing())?;
    Ok(site.display().to_string())
}

/// Returns the command that runs Trunk. Its page with live reload is built into a folder of its own, because `run` and
/// `test` must not use it.
fn trunk(project: &Project, tools: &PageTools) -> Command {
    let mut command = tools.trunk(project, "serve");
    command.args(["--address", "127.0.0.1", "--port", PAGE_PORT, "--dist"]);
    command.arg(project.target.join("xtask").join("dev-page"));
    command
}

/// Running processes with their names. They are killed when this value is dropped. (Ctrl-C ends them and this process without
/// this, because the terminal sends the signal to all of them.)
struct Children(Vec<(String, Child)>);

impl Children {
    fn start(&mut self, command: &mut Command) -> Result<(), TaskError> {
        let program = command.get_program().to_string_lossy().into_owned();
        let name = Path::new(&program).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let child = command.spawn().map_err(TaskError::while_doing(format!("starting {program}")))?;
        self.0.push((name, child));
        Ok(())
    }

    /// Waits until one of the processes ends. Returns an error if it ended with one.
    fn first_to_end(&mut self) -> Result<(), TaskError> {
        loop {
            for (name, child) in &mut self.0 {
                if let Some(status) = child.try_wait().map_err(TaskError::while_doing("waiting"))? {
                    return step::require_success(name, status);
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for (_, child) in &mut self.0 {
            // An error means that the process has already ended.
            child.kill().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn the_first_program_to_end_is_named_if_it_ends_with_an_error() {
        let ending = |script: &str| {
            let mut children = Children(Vec::new());
            children.start(Command::new("sleep").arg("60")).unwrap();
            children.start(Command::new("sh").args(["-c", script])).unwrap();
            children.first_to_end()
        };
        assert!(ending("exit 0").is_ok());
        assert_eq!(ending("exit 3").unwrap_err().to_string(), "sh ended with exit status: 3");
    }
}
