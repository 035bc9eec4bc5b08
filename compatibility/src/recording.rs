//! The file format of a recorded conversation. Each line is a JSON value and contains one message that one peer sent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The peer that sent a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The peer that opened the connection.
    Client,
    /// The peer that accepted the connection.
    Server,
}

/// An HTTP request or response: its first line, its headers, and its body if that is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// First line of the message: `GET /topics HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub start: String,
    /// Headers by name in lower case. Headers that differ from run to run, such as `date` and the WebSocket's key, are
    /// left out.
    pub headers: BTreeMap<String, String>,
    /// Body of the message; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

impl Exchange {
    /// Returns the second word of the first line. It is the path with the query for a request, and the status for a
    /// response.
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

/// The part of a recorded line that was sent: an HTTP message, a WebSocket message, or the end of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// An HTTP request or response. The handshake of a WebSocket consists of one of each.
    Http(Exchange),
    /// The text of a WebSocket message, unchanged.
    Text(String),
    /// The code of a WebSocket close frame, or 1005 if the frame contains none.
    Close(u16),
    /// This peer closed its side of the TCP connection. The value is always true.
    End(bool),
}

/// One line of a recording: a message that one peer sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Milliseconds since the conversation began, by a monotonic clock.
    pub at_ms: u64,
    /// The number of the connection on which the message was sent. Connections are counted from 1, in the order in
    /// which they were opened.
    pub connection: u32,
    /// Peer that sent the message.
    pub from: Side,
    /// Content of the message.
    #[serde(flatten)]
    pub content: Content,
}

impl Line {
    /// Returns the text if this line is a WebSocket text message, otherwise `None`.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Http(_) | Content::Close(_) | Content::End(_) => None,
        }
    }

    /// Returns the JSON value if this line is a WebSocket text message that contains JSON, otherwise `None`.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(self.text()?).ok()
    }
}

/// A recorded conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Name of the conversation: the part of the file's name after `conversation-`.
    pub name: String,
    /// The lines of the recording, in the order in which the messages were sent.
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

/// Returns the numbers of the version after which a folder is named, such as 0, 1 and 0 for `0.1.0`. Returns `None` for
/// other folders.
fn version(path: &Path) -> Option<Vec<u64>> {
    path.file_name()?.to_str()?.split('.').map(|part| part.parse().ok()).collect()
}
