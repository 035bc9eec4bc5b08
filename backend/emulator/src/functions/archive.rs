//! Extracts zip archives, in which code of functions may lie.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Maximum size of the content of an archive, in bytes: what Lambda allows (250 MB), and something more.
const CONTENT_BYTES: u64 = 512 * 1024 * 1024;

/// Extracts an archive into a folder, which is created. Files that would lie outside of the folder are an error.
///
/// # Errors
///
/// If the archive cannot be read, is too large, or a file cannot be written.
pub fn extract(archive: &Path, folder: &Path) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(archive)?).map_err(io::Error::other)?;
    let mut left = CONTENT_BYTES;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(io::Error::other)?;
        let name = entry.enclosed_name();
        let name = name.ok_or_else(|| io::Error::other("a file of the archive lies outside of it"))?;
        left = left.checked_sub(entry.size()).ok_or_else(|| io::Error::other("the archive is too large"))?;
        let target = folder.join(name);
        if entry.is_dir() {
            fs::create_dir_all(&target)?;
            continue;
        }
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        let mut file = File::create(&target)?;
        io::copy(&mut io::Read::take(&mut entry, left + 1), &mut file)?;
        #[cfg(unix)]
        if let Some(mode) = entry.unix_mode() {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777);
            fs::set_permissions(&target, mode)?;
        }
    }
    Ok(())
}
