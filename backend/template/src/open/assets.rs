//! Local files of code that a template names by the object of S3 to which it is uploaded.

use std::collections::BTreeMap;

use crate::dialect::Dialect;
use crate::document;
use crate::error::Error;
use crate::files::{Files, folder_of, join};
use crate::node::Node;

/// Returns the archives in a folder, by their names. `serverless package` leaves them beside its template.
pub(super) fn archives(folder: &str, files: &dyn Files) -> BTreeMap<String, String> {
    let names = files.names(folder).into_iter();
    let archives = names.filter(|name| name.ends_with(".zip") || name.ends_with(".jar"));
    archives.map(|name| (name.clone(), join(folder, &name))).collect()
}

/// Returns the files and folders in a list of CDK, `STACK.assets.json`, by the keys of their objects.
pub(super) fn listed(path: &str, files: &dyn Files) -> Result<BTreeMap<String, String>, Error> {
    let Some(text) = files.text(path) else { return Ok(BTreeMap::new()) };
    let list = document::parse(path, &text, Dialect::Template)?;
    let assets = list.get("files").map(Node::entries).unwrap_or_default();
    let asset = |asset: &Node| {
        let local = join(folder_of(path), asset.get("source")?.get("path")?.as_text()?);
        let destinations = asset.get("destinations")?.entries().iter();
        let keys = destinations.filter_map(|entry| entry.node.get("objectKey")?.as_text());
        Some(keys.map(|key| (key.to_owned(), local.clone())).collect::<Vec<_>>())
    };
    Ok(assets.iter().filter_map(|entry| asset(&entry.node)).flatten().collect())
}
