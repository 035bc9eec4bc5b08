//! Uploads the files of the web page to the S3 bucket of the deployment.

use super::call::Call;
use super::cloud::Cloud;
use super::stack::Outputs;
use crate::error::TaskError;
use crate::stamp::files_below;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Value of the header `Cache-Control` for files whose names change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Value of the header `Cache-Control` for all other files. A browser may cache them, but must ask the server before
/// each use if they have changed.
const ASK_FIRST: &str = "no-cache";
/// Media types of the page's files. The key is the extension of a file.
const MEDIA_TYPES: [(&str, &str); 5] = [
    ("wasm", "application/wasm"),
    ("js", "text/javascript; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("json", "application/json"),
];
/// Extension and media type of HTML files. They are uploaded last, because they refer to all other files.
const HTML: (&str, &str) = ("html", "text/html; charset=utf-8");

/// Uploads the page and its settings. Files of earlier versions are kept for the tabs in which they are still open.
///
/// A file whose name contains the hash of its content is uploaded as it was compressed by the build, with Brotli: this is smaller
/// than the result of CloudFront's compression, and every browser that runs WebAssembly supports Brotli. The other files are
/// uploaded uncompressed.
pub fn upload(cloud: &Cloud, outputs: &Outputs) -> Result<(), TaskError> {
    let folder = cloud.project.target.join("xtask").join("site");
    split_by_kind(&cloud.project.dist(), &folder)?;
    write(
        &folder.join("plain").join("config.json"),
        addresses(&outputs.websocket, outputs.ingest()).as_bytes(),
    )?;
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

/// The two ways in which a file of the page is uploaded.
#[derive(Clone, Copy)]
enum Kind {
    /// The file is compressed with Brotli, and browsers may cache it for a year.
    Packed,
    /// The file is not compressed, and browsers must check with the server before each use.
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

/// Returns the text of the file `config.json`, from which the page reads the addresses of its server.
/// `websocket` and `ingest` are outputs of the template.
pub fn addresses(websocket: &str, ingest: &str) -> String {
    json!({"ws": websocket, "http": ingest.trim_end_matches('/')}).to_string()
}

/// Copies the files of the built page from `dist` to two folders below `folder`, one for each [`Kind`].
fn split_by_kind(dist: &Path, folder: &Path) -> Result<(), TaskError> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .map_err(TaskError::while_doing(format!("clearing {}", folder.display())))?;
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
                    .map_err(TaskError::while_doing(format!("reading {}", source.display())))?;
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
        "/worker.js",
    ])
}

fn holds(folder: &Path, extension: &str) -> Result<bool, TaskError> {
    Ok(files_below(folder)?.iter().any(|file| extension_of(file) == extension))
}

fn extension_of(file: &Path) -> &str {
    file.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

fn is_known(extension: &str) -> bool {
    MEDIA_TYPES.iter().chain([&HTML]).any(|(known, _)| *known == extension)
}

fn unknown(name: &Path) -> TaskError {
    TaskError::UnexpectedOutput {
        what: format!("the page's file {}", name.display()),
        reason: "its extension is not in the list of media types in xtask/src/deploy/site.rs".to_owned(),
    }
}

/// Returns true if the name of a file contains a hash of its content. Trunk adds 15 or 16 hexadecimal digits before the
/// extension, and `_bg` after them for WebAssembly.
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

fn write(file: &Path, bytes: &[u8]) -> Result<(), TaskError> {
    let doing = || TaskError::while_doing(format!("writing {}", file.display()));
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(doing())?;
    }
    fs::write(file, bytes).map_err(doing())
}

#[cfg(test)]
mod tests;
