//! Gives the parts of a split WebAssembly file names with a hash of their content, so that browsers may cache them for
//! ever.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::loader::Name;

/// Folder of the parts, relative to the JavaScript file. Trunk copies the folder `snippets` to the page's files.
const FOLDER: &str = "snippets/parts";

/// Beginning of the splitter's names of parts, if the functions that load them are named `load_…`.
const ENTRANCE: &str = "split_load_";

/// Copies the parts to [`FOLDER`] in `out_dir`, from which the parts of an earlier build are removed, and returns
/// their names.
pub fn publish(modules: &[PathBuf], out_dir: &Path) -> Result<Vec<Name>> {
    let folder = out_dir.join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    modules.iter().map(|module| publish_one(module, out_dir)).collect()
}

fn publish_one(module: &Path, out_dir: &Path) -> Result<Name> {
    let content = fs::read(module).with_context(|| format!("reading {}", module.display()))?;
    let stem = module.file_stem().unwrap_or_default().to_string_lossy();
    let name = stem.strip_prefix(ENTRANCE).unwrap_or(&stem);
    let hashed = format!("{FOLDER}/{name}-{}.wasm", hash(&content));
    let file = out_dir.join(&hashed);
    fs::write(&file, &content).with_context(|| format!("writing {}", file.display()))?;
    Ok(Name { plain: format!("./{stem}.wasm"), hashed: format!("./{hashed}") })
}

/// Returns sixteen hexadecimal digits. The server recognises names that may be cached for ever by them.
fn hash(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    format!("{:016x}", hasher.finish())
}
