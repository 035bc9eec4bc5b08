//! The format of a recorded conversation: a file of JSON lines, one for each message that a peer sent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The peer that sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The program that connected.
    Client,
    /// The program that listened.
    Server,
}

/// The start of an HTTP message, and its body if it is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// First line of the message: `GET /topics HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub start: String,
    /// Headers by name in lower case, without those that differ from run to run (`date`, the WebSocket's key).
    pub headers: BTreeMap<String, String>,
    /// Body of the message; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

impl Exchange {
    /// Returns the second word of the first line: a request's path with its query, or a response's status.
    pub fn second_word(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the status of a response, or `None` for a request.
    pub fn status(&self) -> Option<u16> {
        self.second_word().parse().ok()
    }

    /// Returns true if this is an HTTP request that opens a WebSocket.
    pub fn is_upgrade(&self) -> bool {
        self.headers.get("upgrade").is_some_and(|protocol| protocol.eq_ignore_ascii_case("websocket"))
    }
}

/// Content of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// An HTTP request or response, such as those of the WebSocket's handshake.
    Http(Exchange),
    /// A text message of the WebSocket, unchanged.
    Text(String),
    /// Close frame of the WebSocket: its code, or 1005 if it has none.
    Close(u16),
    /// The end of this peer's side of the TCP connection. The value is always true.
    End(bool),
}

/// One message that one peer sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Milliseconds since the conversation began, by a monotonic clock.
    pub at_ms: u64,
    /// Number of the connection, counted from 1 in the order in which connections were opened.
    pub connection: u32,
    /// Peer that sent the message.
    pub from: Side,
    /// Content of the message.
    #[serde(flatten)]
    pub content: Content,
}

impl Line {
    /// Returns the text of the WebSocket message, or `None` if the line contains no such message.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Http(_) | Content::Close(_) | Content::End(_) => None,
        }
    }

    /// Returns the WebSocket message as JSON, or `None` if the line contains no such message, or it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.text()?).ok()
    }
}

/// A recorded conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Name of the conversation: the part of the file's name after `conversation-`.
    pub name: String,
    /// Lines in the order in which they were recorded.
    pub lines: Vec<Line>,
}

impl Recording {
    /// Reads the conversation `name` of the release in `release`.
    ///
    /// # Panics
    ///
    /// If the file is missing or is not a recording, because these files are part of the repository.
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
    /// The same as those of [`Recording::read`].
    pub fn all(release: &Path) -> Vec<Self> {
        let entries = fs::read_dir(release).unwrap_or_else(|error| panic!("{}: {error}", release.display()));
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let of = |file: String| Some(file.strip_prefix("conversation-")?.strip_suffix(".jsonl")?.to_owned());
        let mut names: Vec<String> = names.filter_map(of).collect();
        names.sort();
        names.iter().map(|name| Self::read(release, name)).collect()
    }
}

/// Returns the folders of all recorded releases, the oldest first.
///
/// # Panics
///
/// If there are none, because they are part of the repository.
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

/// Returns the numbers in the name of a folder that is named after a version, such as `0.1.0`.
fn version(path: &Path) -> Option<Vec<u64>> {
    path.file_name()?.to_str()?.split('.').map(|part| part.parse().ok()).collect()
}
