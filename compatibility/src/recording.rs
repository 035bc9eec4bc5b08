//! The format of a recorded conversation: a file of JSON lines, one for each thing that a peer sent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The peer that sent a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The program that connected.
    Client,
    /// The program that listened.
    Server,
}

/// The start of an HTTP message, and its body where that is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The first line: `GET /topics HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub start: String,
    /// Headers by name in lower case, without those that differ from run to run (`date`, the WebSocket's key).
    pub headers: BTreeMap<String, String>,
    /// The body; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

impl Exchange {
    /// The second word of the first line: a request's path with its query, or a response's status.
    pub fn second_word(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The status of a response; `None` for a request.
    pub fn status(&self) -> Option<u16> {
        self.second_word().parse().ok()
    }

    /// Returns true if this is a request for a WebSocket.
    pub fn is_upgrade(&self) -> bool {
        self.headers.get("upgrade").is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
    }
}

/// The content of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// An HTTP request or response, the WebSocket's handshake among them.
    Http(Exchange),
    /// A text message of the WebSocket, as it was sent.
    Text(String),
    /// The WebSocket's close frame: its code, 1005 for none.
    Close(u16),
    /// The end of this peer's side of the TCP connection; always true.
    End(bool),
}

/// One thing that one peer sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Milliseconds since the conversation began, by a clock that does not go back.
    pub at_ms: u64,
    /// Number of the connection, in the order in which they were opened, from 1.
    pub connection: u32,
    /// The sender.
    pub from: Side,
    /// The content.
    #[serde(flatten)]
    pub content: Content,
}

impl Line {
    /// The WebSocket message, if this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Http(_) | Content::Close(_) | Content::End(_) => None,
        }
    }

    /// The WebSocket message as JSON; `None` if this is none, or is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.text()?).ok()
    }
}

/// A recorded conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Name of the conversation: the part of the file's name after `conversation-`.
    pub name: String,
    /// Lines in the order in which they passed.
    pub lines: Vec<Line>,
}

impl Recording {
    /// Reads the conversation `name` of the release in `release`.
    ///
    /// # Panics
    ///
    /// If the file is missing or is not a recording: these files are part of the repository.
    pub fn read(release: &Path, name: &str) -> Self {
        let path = release.join(format!("conversation-{name}.jsonl"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let line = |text: &str| {
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}: {text}", path.display()))
        };
        Self { name: name.into(), lines: text.lines().map(line).collect() }
    }

    /// Reads every conversation of the release in `release`, in order of name.
    ///
    /// # Panics
    ///
    /// As [`Recording::read`].
    pub fn all(release: &Path) -> Vec<Self> {
        let entries = fs::read_dir(release).unwrap_or_else(|error| panic!("{}: {error}", release.display()));
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let of = |file: String| Some(file.strip_prefix("conversation-")?.strip_suffix(".jsonl")?.to_owned());
        let mut names: Vec<String> = names.filter_map(of).collect();
        names.sort();
        names.iter().map(|name| Self::read(release, name)).collect()
    }
}

/// The folders of all recorded releases, the oldest first.
///
/// # Panics
///
/// If there are none: they are part of the repository.
pub fn releases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut found: Vec<(Vec<u64>, PathBuf)> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| Some((version(&path)?, path)))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no recorded release in {}", root.display());
    found.into_iter().map(|(_, path)| path).collect()
}

/// The numbers of a folder that is named after a version, such as `0.1.0`.
fn version(path: &Path) -> Option<Vec<u64>> {
    path.file_name()?.to_str()?.split('.').map(|part| part.parse().ok()).collect()
}
