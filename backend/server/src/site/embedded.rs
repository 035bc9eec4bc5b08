//! The files of the page that are compiled into the program. Some of them are compressed with Brotli.

use std::borrow::Cow;

use bytes::Bytes;
use rust_embed::RustEmbed;

use super::Asset;

#[derive(RustEmbed)]
#[folder = "../../dist"]
struct Dist;

/// Returns the file of this name; `None` if the page has none.
pub fn file(name: &str) -> Option<Asset> {
    let bytes = content(name)?;
    Some(Asset::new(name, bytes, content(&format!("{name}.br"))))
}

fn content(name: &str) -> Option<Bytes> {
    Dist::get(name).map(|file| match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    })
}
