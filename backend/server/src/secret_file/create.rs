//! Creates a file that contains a random secret.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use backend_core::token::SECRET_BYTES;

/// Writes a secret of [`SECRET_BYTES`] random bytes, as hexadecimal digits, to a file that only its owner can read. If `replaces`
/// is true, an existing file of this name is replaced in one step, and a server that uses the file reads the new secret.
///
/// # Errors
///
/// The error of the operating system, such as [`io::ErrorKind::AlreadyExists`] if the file exists and `replaces` is false.
pub fn create_secret(path: &Path, replaces: bool) -> io::Result<()> {
    let secret = hex(&rand::random::<[u8; SECRET_BYTES]>());
    if !replaces {
        return write(&mut create_new(path)?, &secret);
    }
    let new = beside(path);
    // An earlier run that was interrupted may have left this temporary file.
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    write(&mut create_new(&new)?, &secret)?;
    std::fs::rename(&new, path)
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write(file: &mut File, secret: &str) -> io::Result<()> {
    writeln!(file, "{secret}")?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
