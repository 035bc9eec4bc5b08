//! Starts nginx with the module nchan, a peer of the benchmarks.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::child::{self, Spawned};

/// The configuration, in which `{module}` and `{port}` are replaced.
const TEMPLATE: &str = include_str!("../../peers/nchan.conf");
/// Name of the configuration in the folder of nginx.
const CONFIGURATION: &str = "nginx.conf";
/// Maximum time until the workers have started or ended.
const LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// Starts nginx with its files in `folder`. Returns its first process, the *master*, and the URL of its WebSockets without
/// a path. The master starts workers, which handle the connections. Returns `None` if the environment variables
/// `TICKERTAPE_NGINX` and `TICKERTAPE_NCHAN` are missing, with which `cargo xtask bench` passes the paths of nginx and of
/// the module. Prints a line and returns `None` if nginx does not start.
///
/// # Panics
///
/// If the configuration cannot be written, or if there is no program nginx.
pub fn start(folder: &Path) -> Option<(Spawned, String)> {
    let (program, module) = (std::env::var_os("TICKERTAPE_NGINX")?, std::env::var("TICKERTAPE_NCHAN").ok()?);
    let port = free_port();
    std::fs::write(folder.join(CONFIGURATION), configuration(&module, port)).expect("a file");
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).args(["-c", CONFIGURATION, "-e", "stderr"]);
    let master = Spawned::start(&mut command);
    // The master listens before it starts the workers.
    if !comes_true(|| has_workers(&master)) {
        eprintln!("no peer nchan: nginx does not start here");
        return None;
    }
    Some((master, format!("ws://127.0.0.1:{port}")))
}

/// Ends the master of nginx, and waits until it has ended its workers. If the master were killed, the workers would go on
/// without it.
pub fn end(master: &Spawned) {
    child::signal(master.pid().into(), "TERM");
    comes_true(|| !has_workers(master));
}

/// Returns the configuration of nginx.
fn configuration(module: &str, port: u16) -> String {
    TEMPLATE.replace("{module}", module).replace("{port}", &port.to_string())
}

fn has_workers(master: &Spawned) -> bool {
    !child::children_of(master.pid().into()).is_empty()
}

/// Waits until `condition` returns true. Returns false if it does not within [`LIMIT`].
fn comes_true(condition: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !condition() {
        if begun.elapsed() > LIMIT {
            return false;
        }
        std::thread::sleep(PAUSE);
    }
    true
}

/// Returns a port that is free now. nginx cannot choose a free port itself.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_listens_on_the_loopback_address_only() {
        let text = configuration("/modules/nchan.so", 4321);
        let listens: Vec<_> =
            text.lines().map(str::trim).filter(|line| line.starts_with("listen ")).collect();
        assert_eq!(listens, ["listen 127.0.0.1:4321 backlog=4096;"]);
    }

    #[test]
    fn the_configuration_loads_the_module_and_writes_no_files_elsewhere() {
        let text = configuration("/modules/nchan.so", 4321);
        let settings: Vec<_> = text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
        assert!(settings.contains(&"load_module \"/modules/nchan.so\";"));
        assert!(settings.contains(&"daemon off;") && settings.contains(&"access_log off;"));
        for setting in ["pid", "client_body_temp_path", "proxy_temp_path"] {
            let line = settings.iter().find(|line| line.starts_with(setting)).expect("it is set");
            assert!(!line.contains('/'), "{line}");
        }
    }
}
