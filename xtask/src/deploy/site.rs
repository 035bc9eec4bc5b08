//! The page's way to its bucket.

use super::call::Call;
use super::cloud::Cloud;
use super::stack::Outputs;
use crate::failure::Failure;
use crate::stamp::files_below;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Files whose names change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Kept, but asked about each time.
const ASK_FIRST: &str = "no-cache";
/// What the page is made of.
const MEDIA_TYPES: [(&str, &str); 5] = [
    ("wasm", "application/wasm"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("json", "application/json"),
];
/// Comes last: it names all others.
const HTML: (&str, &str) = ("html", "text/html; charset=utf-8");

/// Uploads the page and its settings. Files of earlier versions stay, for the tabs that are still open.
///
/// What is named by its content goes up as the Brotli it was built as, half a level better than what CloudFront does
/// on the way; every browser that knows WebAssembly knows Brotli. The rest goes up plain.
pub fn upload(cloud: &Cloud, outputs: &Outputs) -> Result<(), Failure> {
    let folder = cloud.project.target.join("xtask").join("site");
    sort_out(&cloud.project.dist(), &folder)?;
    write(&folder.join("plain").join("config.json"), settings(outputs).as_bytes())?;
    for (extension, media_type) in MEDIA_TYPES.iter().chain([&HTML]) {
        for kind in [Kind::Packed, Kind::Plain] {
            if holds(&folder.join(kind.folder()), extension)? {
                let call = copy(cloud, &folder, kind, extension, media_type, &outputs.bucket);
                cloud.run(&format!("page: {} {extension}", kind.folder()), call)?;
            }
        }
    }
    cloud.run("page: caches", invalidate(cloud, &outputs.distribution))
}

/// How a file is kept.
#[derive(Clone, Copy)]
enum Kind {
    /// Compressed, for ever.
    Packed,
    /// As it is, and asked for each time.
    Plain,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Packed => "packed",
            Self::Plain => "plain",
        }
    }

    fn headers(self) -> Vec<&'static str> {
        match self {
            Self::Packed => vec!["--cache-control", FOR_EVER, "--content-encoding", "br"],
            Self::Plain => vec!["--cache-control", ASK_FIRST],
        }
    }
}

/// `config.json`: where the page finds the server.
fn settings(outputs: &Outputs) -> String {
    json!({"ws": outputs.websocket, "http": outputs.ingest()}).to_string()
}

/// Puts the files of `dist` into two folders, by how they are to be kept.
fn sort_out(dist: &Path, folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Failure::while_doing(format!("clearing {}", folder.display())))?;
    }
    for file in files_below(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file);
        match extension_of(&file) {
            "br" => {}
            extension if !is_known(extension) => return Err(unknown(name)),
            _ => {
                let brotli = with_br(&file);
                let (kind, source) = if is_named_by_content(name) && brotli.is_file() {
                    (Kind::Packed, brotli)
                } else {
                    (Kind::Plain, file.clone())
                };
                let bytes = fs::read(&source)
                    .map_err(Failure::while_doing(format!("reading {}", source.display())))?;
                write(&folder.join(kind.folder()).join(name), &bytes)?;
            }
        }
    }
    Ok(())
}

fn copy(cloud: &Cloud, folder: &Path, kind: Kind, extension: &str, media_type: &str, bucket: &str) -> Call {
    let from = folder.join(kind.folder()).display().to_string();
    cloud
        .aws(["s3", "cp", &from, &format!("s3://{bucket}"), "--recursive", "--only-show-errors"])
        .with(["--exclude", "*", "--include", &format!("*.{extension}"), "--content-type", media_type])
        .with(kind.headers())
}

fn invalidate(cloud: &Cloud, distribution: &str) -> Call {
    cloud.aws(["cloudfront", "create-invalidation", "--distribution-id", distribution]).with([
        "--paths",
        "/",
        "/index.html",
        "/config.json",
    ])
}

fn holds(folder: &Path, extension: &str) -> Result<bool, Failure> {
    Ok(files_below(folder)?.iter().any(|file| extension_of(file) == extension))
}

fn extension_of(file: &Path) -> &str {
    file.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn is_known(extension: &str) -> bool {
    MEDIA_TYPES.iter().chain([&HTML]).any(|(known, _)| *known == extension)
}

fn unknown(name: &Path) -> Failure {
    Failure::Unreadable {
        what: format!("the page's file {}", name.display()),
        reason: "its media type is in no list of xtask/src/deploy/site.rs".to_owned(),
    }
}

/// Trunk puts sixteen hexadecimal digits, or one less, before the extension, and `_bg` after them for WebAssembly.
fn is_named_by_content(name: &Path) -> bool {
    let stem = name.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let Some((_, hash)) = stem.trim_end_matches("_bg").rsplit_once('-') else { return false };
    hash.len() >= 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn with_br(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let doing = || Failure::while_doing(format!("writing {}", file.display()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(doing())?;
    }
    fs::write(file, bytes).map_err(doing())
}

#[cfg(test)]
mod tests;
