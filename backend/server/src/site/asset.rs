//! The type of a file of the page.

use std::hash::{DefaultHasher, Hasher};

use bytes::Bytes;

/// A file of the page, with the data for the headers of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The content, not compressed.
    pub bytes: Bytes,
    /// The content compressed with Brotli; `None` if the file was not compressed when the page was built.
    pub brotli: Option<Bytes>,
    /// The media type.
    pub content_type: &'static str,
    /// A hash of the content, which is sent as the entity tag.
    pub tag: String,
    /// True if the name of the file contains a hash of its content, so that a browser can cache the file for ever.
    pub is_named_by_content: bool,
}

impl Asset {
    /// Creates an asset from a file's name and content.
    pub fn new(name: &str, bytes: Bytes, brotli: Option<Bytes>) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        Self {
            tag: format!("{:016x}", hasher.finish()),
            content_type: content_type(name),
            is_named_by_content: is_named_by_content(name),
            bytes,
            brotli,
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("ttr") => "application/x-ndjson",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

/// Returns true if the name of a file contains a hash. Trunk puts sixteen hexadecimal digits before the extension, and
/// `_bg` after them for WebAssembly.
fn is_named_by_content(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let Some((_, hash)) = stem.trim_end_matches("_bg").rsplit_once('-') else { return false };
    hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for (name, expected) in [
            ("frontend-6b3a9d2f0c1e4875_bg.wasm", true),
            ("snippets/parts/recipes-058b713571a3f749.wasm", true),
            ("app-6b3a9d2f0c1e4875.css", true),
            ("index.html", false),
            ("config.json", false),
            ("light-theme.css", false),
        ] {
            assert_eq!(is_named_by_content(name), expected, "{name}");
        }
    }

    #[test]
    fn the_tag_changes_with_the_content_alone() {
        let tag = |name, content: &'static str| Asset::new(name, content.into(), None).tag;
        assert_eq!(tag("a.js", "x"), tag("b.js", "x"));
        assert_ne!(tag("a.js", "x"), tag("a.js", "y"));
    }
}
