//! Lets redb change a file in memory, without writing to the file on the disk.
//!
//! redb repairs a file that was not closed, and writes to the file for that, even if it is only to be read. On a disk
//! that is full or fails, such a write is not possible. An [`Overlay`] between redb and the file keeps the repaired
//! pages, of which there are few, in memory.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::RwLock;

use backend_core::lock::{read, write};
use redb::StorageBackend;

/// Size of a piece in bytes. A piece is the part of the file that is copied to memory when one of its bytes is changed.
const PIECE: u64 = 4096;

/// A file together with changes to its bytes. The changes are kept in memory and never written to the file.
#[derive(Debug)]
pub struct Overlay<F = File> {
    file: F,
    changes: RwLock<Changes>,
}

#[derive(Debug)]
struct Changes {
    len: u64,
    /// The pieces of the file that were changed, by their number.
    pieces: BTreeMap<u64, Box<[u8]>>,
}

/// A sequence of bytes that can be read from any offset.
pub trait ReadAt: std::fmt::Debug + Send + Sync + 'static {
    /// Fills `out` with the bytes from `offset` on. Returns an error if there are too few bytes.
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, out, offset)
    }

    #[cfg(windows)]
    fn read_exact_at(&self, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
        while !out.is_empty() {
            match std::os::windows::fs::FileExt::seek_read(self, out, offset)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => {
                    out = &mut out[count..];
                    offset += count as u64;
                }
            }
        }
        Ok(())
    }
}

impl Overlay {
    /// Opens the file at `path`, without any changes yet.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self::over(file, len))
    }
}

impl<F: ReadAt> Overlay<F> {
    /// Creates an overlay for `file`, without any changes yet. `len` is the length of the file in bytes.
    pub fn over(file: F, len: u64) -> Self {
        Self { file, changes: RwLock::new(Changes { len, pieces: BTreeMap::new() }) }
    }

    /// Reads piece number `piece` from the file, without the changes in memory. A piece beyond the end of the file
    /// consists of zeros.
    fn original(&self, piece: u64) -> io::Result<Box<[u8]>> {
        let mut bytes = vec![0; PIECE as usize].into_boxed_slice();
        match self.file.read_exact_at(piece * PIECE, &mut bytes) {
            Ok(()) => Ok(bytes),
            // The piece is beyond the end of the file. It cannot be partly in the file, because redb's files consist of
            // whole pages.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Ok(vec![0; PIECE as usize].into_boxed_slice())
            }
            Err(error) => Err(error),
        }
    }
}

/// Divides the `len` bytes from `offset` on into parts, so that each part lies in one piece. For each part, returns the
/// number of its piece, its range within the piece, and its range within the `len` bytes.
fn parts(
    offset: u64,
    len: usize,
) -> impl Iterator<Item = (u64, std::ops::Range<usize>, std::ops::Range<usize>)> {
    let end = offset + len as u64;
    (offset / PIECE..end.div_ceil(PIECE)).map(move |piece| {
        let from = offset.max(piece * PIECE);
        let to = end.min((piece + 1) * PIECE);
        let inside = (from - piece * PIECE) as usize..(to - piece * PIECE) as usize;
        (piece, inside, (from - offset) as usize..(to - offset) as usize)
    })
}

impl<F: ReadAt> StorageBackend for Overlay<F> {
    fn len(&self) -> io::Result<u64> {
        Ok(read(&self.changes).len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let changes = read(&self.changes);
        if offset + out.len() as u64 > changes.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if changes.pieces.is_empty() {
            return self.file.read_exact_at(offset, out);
        }
        for (piece, inside, place) in parts(offset, out.len()) {
            match changes.pieces.get(&piece) {
                Some(bytes) => out[place].copy_from_slice(&bytes[inside]),
                None => self.file.read_exact_at(piece * PIECE + inside.start as u64, &mut out[place])?,
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut changes = write(&self.changes);
        let before = changes.len;
        changes.pieces.retain(|piece, _| piece * PIECE < len);
        for piece in before.div_ceil(PIECE)..len.div_ceil(PIECE) {
            changes.pieces.insert(piece, vec![0; PIECE as usize].into_boxed_slice());
        }
        changes.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut changes = write(&self.changes);
        for (piece, inside, place) in parts(offset, data.len()) {
            let bytes = match changes.pieces.entry(piece) {
                Entry::Occupied(changed) => changed.into_mut(),
                Entry::Vacant(vacant) => vacant.insert(self.original(piece)?),
            };
            bytes[inside].copy_from_slice(&data[place]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn changes_are_read_back_and_never_reach_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        let original: Vec<u8> = (0..3 * PIECE).map(|n| (n % 251) as u8).collect();
        fs::write(&path, &original).unwrap();
        let overlay = Overlay::open(&path).unwrap();
        let mut expected = original.clone();
        for (offset, bytes) in [(10, 5), (PIECE - 3, 10), (2 * PIECE, PIECE as usize)] {
            overlay.write(offset, &vec![0xee; bytes]).unwrap();
            expected[offset as usize..offset as usize + bytes].fill(0xee);
        }
        overlay.set_len(4 * PIECE).unwrap();
        expected.resize(4 * PIECE as usize, 0);
        let mut found = vec![1; expected.len()];
        overlay.read(0, &mut found).unwrap();
        assert_eq!(found, expected);
        assert_eq!(overlay.len().unwrap(), 4 * PIECE);
        assert!(overlay.read(4 * PIECE - 1, &mut [0; 2]).is_err(), "beyond its end");
        assert_eq!(fs::read(&path).unwrap(), original);
    }

    #[test]
    fn what_was_cut_off_is_zero_when_it_grows_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, vec![7; 2 * PIECE as usize]).unwrap();
        let overlay = Overlay::open(&path).unwrap();
        overlay.set_len(PIECE).unwrap();
        overlay.set_len(2 * PIECE).unwrap();
        let mut found = vec![1; PIECE as usize];
        overlay.read(PIECE, &mut found).unwrap();
        assert!(found.iter().all(|byte| *byte == 0));
    }
}
