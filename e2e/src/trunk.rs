//! A running `trunk serve`, the development server of the web page. A developer starts it in addition to `tickertape
//! serve`.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::child::Spawned;
use crate::{setting, wait};

/// Maximum time for Trunk's first build of the page. It takes this long only if the test runs alone. Otherwise the page of
/// the other tests has already been compiled.
const BUILD: Duration = Duration::from_secs(900);
/// Address of `tickertape serve` in the project's Trunk.toml. The test replaces it.
const USUAL_SERVER: &str = "127.0.0.1:8080";

/// A running `trunk serve` with the project's Trunk.toml, in which the address of the server is replaced.
pub struct TrunkServe {
    port: u16,
    // Kept so that both are dropped, in this order, at the end of the test.
    _process: Spawned,
    _folder: TempDir,
}

impl TrunkServe {
    /// Starts `trunk serve`, which forwards requests to the Tickertape server at `server` (such as
    /// `http://127.0.0.1:PORT`), and waits until it serves the page.
    ///
    /// # Panics
    ///
    /// If the page cannot be built.
    pub async fn before(server: &str) -> Self {
        let folder = TempDir::new().expect("a temporary directory");
        let config = folder.path().join("Trunk.toml");
        std::fs::write(&config, configuration(server)).expect("the folder can be written");
        let port = free_port();
        let process = Spawned::start(&mut command(&config, &folder.path().join("dist"), port));
        let trunk = Self { port, _process: process, _folder: folder };
        wait::until("trunk serves the page", BUILD, || async {
            let page = reqwest::get(trunk.url()).await.ok()?.text().await.ok()?;
            page.contains("modulepreload").then_some(())
        })
        .await;
        trunk
    }

    /// Returns the address of the page, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Returns the command that runs `trunk serve` as `cargo xtask dev` does, with the page's code split into parts. It builds the
/// page with the release profile, because the page of the other tests has already been compiled with it and with the same
/// feature.
fn command(config: &Path, dist: &Path, port: u16) -> Command {
    let mut folders = vec![setting("TICKERTAPE_WASM_BINDGEN").into()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let mut command = Command::new(setting("TICKERTAPE_TRUNK"));
    command.args(["serve", "--release", "--locked", "--features", "split", "--no-autoreload"]);
    command.env("TICKERTAPE_SPLIT", "1").arg("--config").arg(config);
    command.arg("--dist").arg(dist).args(["--port", &port.to_string()]);
    command.env("PATH", std::env::join_paths(folders).expect("folders without separators"));
    // Trunk accepts only `true` and `false` as the value of `NO_COLOR`, although no-color.org allows any value.
    command.env_remove("NO_COLOR");
    command
}

/// Returns the text of the project's Trunk.toml for use in another folder: its paths are absolute, and its proxies
/// forward to `server`.
fn configuration(server: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").display();
    let text = std::fs::read_to_string(format!("{root}/Trunk.toml")).expect("Trunk.toml can be read");
    assert!(text.contains(USUAL_SERVER), "Trunk.toml has proxies to {USUAL_SERVER}");
    let page = format!("[build]\ntarget = \"{root}/index.html\"\n");
    let text =
        text.replace("[build]\n", &page).replace("\"index.html\", ", &format!("\"{root}/index.html\", "));
    let folders = ["frontend", "session", "shared"];
    let text = folders
        .iter()
        .fold(text, |text, name| text.replace(&format!("\"{name}\""), &format!("\"{root}/{name}\"")));
    text.replace(USUAL_SERVER, server.trim_start_matches("http://"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
