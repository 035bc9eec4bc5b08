//! Prints the server's addresses and settings when the server is ready.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use tickertape_server::{STAGE, reachable};

use crate::term::{Look, Paint, escaped, escaped_json};

/// The addresses and settings to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    url: String,
    ws: String,
    data_dir: String,
    has_page: bool,
    asks_for_tokens: bool,
    chaos: Option<String>,
}

impl Announcement {
    /// Describes a server that is bound to `address`. If that is a wildcard address, the addresses to print contain the
    /// loopback address instead, which programs on this machine can use.
    pub fn new(address: SocketAddr, data_dir: &Path, has_page: bool, chaos: Option<&Path>) -> Self {
        let reachable = reachable(address);
        Self {
            url: format!("http://{reachable}/"),
            ws: format!("ws://{reachable}/{STAGE}"),
            data_dir: data_dir.display().to_string(),
            has_page,
            asks_for_tokens: false,
            chaos: chaos.map(|path| path.display().to_string()),
        }
    }

    /// Sets whether the server requires tokens. If it does, the suggested command contains one.
    pub fn asking_for_tokens(self, asks_for_tokens: bool) -> Self {
        Self { asks_for_tokens, ..self }
    }

    /// Replaces the schemes of the addresses by `https:` and `wss:` if the server uses TLS.
    pub fn by_tls(self, by_tls: bool) -> Self {
        if !by_tls {
            return self;
        }
        let secured = |address: &str, from, to| address.replacen(from, to, 1);
        Self { url: secured(&self.url, "http:", "https:"), ws: secured(&self.ws, "ws:", "wss:"), ..self }
    }

    fn to_json(&self) -> String {
        let Self { url, ws, data_dir, .. } = self;
        let mut line = json!({"url": url, "ws": ws, "data_dir": data_dir, "pid": std::process::id()});
        if let Some(chaos) = &self.chaos {
            line["chaos"] = chaos.as_str().into();
        }
        escaped_json(&line.to_string()).into_owned()
    }

    fn to_words(&self, paint: Paint) -> String {
        let Self { url, ws, data_dir, .. } = self;
        let board = if self.has_page { "board" } else { "http " };
        let dim = |text: &str| paint.paint(Look::Dim, text);
        let chaos = self.chaos.iter().map(|path| {
            let warning = format!("faults are injected, as described in {path}");
            format!("{} {}", dim("chaos"), paint.paint(Look::Red, warning))
        });
        let mut lines = vec![
            format!("{} {}", dim(board), paint.paint(Look::Bold, url)),
            format!("{} {ws}", dim("ws   ")),
            format!("{} {}", dim("data "), escaped(data_dir)),
        ];
        lines.extend(chaos);
        lines.push(format!("{} {}", dim("try  "), self.try_it()));
        lines.join("\n")
    }

    fn try_it(&self) -> String {
        let token =
            if self.asks_for_tokens { r#"-H "Authorization: Bearer $TICKERTAPE_TOKEN" "# } else { "" };
        format!("curl {token}-d 21.5 {}topics/kitchen/temp", self.url)
    }
}

/// Prints an announcement to standard output, as one line of JSON or as text. Errors are ignored, so that the server
/// goes on if standard output is closed.
pub fn print(announcement: &Announcement, as_json: bool) {
    let mut out = io::stdout().lock();
    let text = if as_json { announcement.to_json() } else { announcement.to_words(Paint::stdout()) };
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suggested_command_has_a_token_if_the_server_asks_for_one() {
        let address = SocketAddr::from(([0, 0, 0, 0], 8080));
        let open = Announcement::new(address, Path::new("data"), true, None);
        assert_eq!(open.try_it(), "curl -d 21.5 http://127.0.0.1:8080/topics/kitchen/temp");
        let guarded = open.asking_for_tokens(true).try_it();
        assert!(guarded.starts_with(r#"curl -H "Authorization: Bearer $TICKERTAPE_TOKEN" -d "#), "{guarded}");
    }
}
