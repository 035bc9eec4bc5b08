//! `cargo xtask dev`: the page, rebuilt and reloaded on every save.

use crate::failure::Failure;
use crate::product;
use crate::project::Project;
use crate::terminal;
use crate::tools::PageTools;
use std::fs;
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

/// Where the page's proxies point (Trunk.toml).
const SERVER: &str = "127.0.0.1:8080";
const PAGE_PORT: &str = "8081";
/// The server asks who sends its page's requests; in front of it now stands Trunk.
const PAGE_ORIGIN: &str = "http://127.0.0.1:8081";

/// What the server says to the page: open the WebSocket here, not at Trunk. Trunk's proxy does not pass on
/// the sub-protocol that the server chose, and browsers refuse such an answer.
const CONFIG: &str = r#"{ "ws": "ws://127.0.0.1:8080/ws" }"#;
/// Whoever opens the server's own address is sent to the page.
const INDEX: &str = r#"<!doctype html><meta http-equiv="refresh" content="0; url=http://127.0.0.1:8081/">"#;

/// Runs Trunk and, unless one listens already, the server; ends with the first of them.
pub fn dev(project: &Project) -> Result<(), Failure> {
    let tools = PageTools::set_up(project)?;
    let site = write_site(project)?;
    let arguments = ["serve", "--listen", SERVER, "--allow-origin", PAGE_ORIGIN, "--site", &site];
    let mut children = Children(Vec::new());
    if TcpStream::connect(SERVER).is_ok() {
        terminal::note(&format!("{SERVER} is taken: using the server there, if it was started like this:"));
        terminal::note(&format!("tickertape {}", arguments.join(" ")));
    } else {
        terminal::note(&format!("nothing listens on {SERVER}: starting `tickertape serve` there"));
        let tickertape = product::build_without_page(project)?;
        children.start(project.command(tickertape).args(arguments))?;
    }
    terminal::note(&format!("the page will be at {PAGE_ORIGIN}"));
    children.start(&mut trunk(project, &tools))?;
    children.first_to_end().map(drop)
}

/// The folder that the server serves while Trunk serves the page.
fn write_site(project: &Project) -> Result<String, Failure> {
    let site = project.target.join("xtask").join("dev-site");
    let doing = || Failure::while_doing(format!("writing {}", site.display()));
    fs::create_dir_all(&site).map_err(doing())?;
    fs::write(site.join("config.json"), CONFIG).map_err(doing())?;
    fs::write(site.join("index.html"), INDEX).map_err(doing())?;
    Ok(site.display().to_string())
}

/// Into a folder of its own, so that `run` and `test` never meet a page with live reload in it.
fn trunk(project: &Project, tools: &PageTools) -> Command {
    let mut command = tools.trunk(project);
    command.args(["serve", "--address", "127.0.0.1", "--port", PAGE_PORT, "--dist"]);
    command.arg(project.target.join("xtask").join("dev-page"));
    command
}

/// Programs that end when this one does. (Ctrl-C reaches them by itself: the terminal sends it to all.)
struct Children(Vec<Child>);

impl Children {
    fn start(&mut self, command: &mut Command) -> Result<(), Failure> {
        let program = command.get_program().to_string_lossy().into_owned();
        self.0.push(command.spawn().map_err(Failure::while_doing(format!("starting {program}")))?);
        Ok(())
    }

    fn first_to_end(&mut self) -> Result<ExitStatus, Failure> {
        loop {
            for child in &mut self.0 {
                if let Some(status) = child.try_wait().map_err(Failure::while_doing("waiting"))? {
                    return Ok(status);
                }
            }
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Whoever is gone already is not missed.
            child.kill().unwrap_or_default();
        }
    }
}
