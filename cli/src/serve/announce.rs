//! Where the server is, told when it is there.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use serde_json::json;

use super::STAGE;
use crate::term::{Look, Paint};

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    url: String,
    ws: String,
    data_dir: String,
    has_page: bool,
    chaos: Option<String>,
}

impl Announcement {
    /// For a server bound to `address`. A wildcard address is told as the loopback one, which works here.
    pub fn new(address: SocketAddr, data_dir: &Path, has_page: bool, chaos: Option<&Path>) -> Self {
        let reachable = SocketAddr::new(reachable(address.ip()), address.port());
        Self {
            url: format!("http://{reachable}/"),
            ws: format!("ws://{reachable}/{STAGE}"),
            data_dir: data_dir.display().to_string(),
            has_page,
            chaos: chaos.map(|path| path.display().to_string()),
        }
    }

    fn to_json(&self) -> String {
        let Self { url, ws, data_dir, .. } = self;
        let mut line = json!({"url": url, "ws": ws, "data_dir": data_dir, "pid": std::process::id()});
        if let Some(chaos) = &self.chaos {
            line["chaos"] = chaos.as_str().into();
        }
        line.to_string()
    }

    fn to_words(&self, paint: Paint) -> String {
        let Self { url, ws, data_dir, .. } = self;
        let board = if self.has_page { "board" } else { "http " };
        let dim = |text: &str| paint.paint(Look::Dim, text);
        let try_it = format!("curl -d 21.5 {url}topics/kitchen/temp");
        let chaos = self.chaos.iter().map(|path| {
            let warning = format!("things go wrong on purpose, as {path} says");
            format!("{} {}", dim("chaos"), paint.paint(Look::Red, warning))
        });
        let mut lines = vec![
            format!("{} {}", dim(board), paint.paint(Look::Bold, url)),
            format!("{} {ws}", dim("ws   ")),
            format!("{} {data_dir}", dim("data ")),
        ];
        lines.extend(chaos);
        lines.push(format!("{} {try_it}", dim("try  ")));
        lines.join("\n")
    }
}

/// Prints it to standard output. A reader that has gone does not stop the server.
pub fn print(announcement: &Announcement, as_json: bool) {
    let mut out = io::stdout().lock();
    let text = if as_json { announcement.to_json() } else { announcement.to_words(Paint::stdout()) };
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}
