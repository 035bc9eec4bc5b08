//! Decides which mounted file systems are listed, so that no disk is listed twice and none is missing.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::snapshot::Disk;

/// Meaning of the names of file systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// The names are those of devices, as on Linux.
    Devices,
    /// The names are labels that users give to volumes. Several volumes may have the same label, or none.
    Labels,
}

impl Names {
    /// Returns the meaning on the system for which this program was compiled.
    pub(super) fn here() -> Self {
        if cfg!(target_os = "linux") { Self::Devices } else { Self::Labels }
    }
}

/// Returns each device once, with its shortest mount point, because containers mount one device in many places. If the devices are not
/// known, returns each mount point. The result is in the order of the mount points.
pub(super) fn distinct(mounted: impl IntoIterator<Item = (OsString, Disk)>, names: Names) -> Vec<Disk> {
    let mut distinct: BTreeMap<OsString, Disk> = BTreeMap::new();
    for (name, disk) in mounted {
        let key = match names {
            Names::Devices => name,
            Names::Labels => OsString::from(&disk.mount),
        };
        let is_shortest = distinct.get(&key).is_none_or(|kept| disk.mount.len() < kept.mount.len());
        if is_shortest {
            distinct.insert(key, disk);
        }
    }
    let mut disks: Vec<Disk> = distinct.into_values().collect();
    disks.sort_by(|a, b| a.mount.cmp(&b.mount));
    disks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disk_is_listed_once() {
        for (names, mounted, expected) in [
            (
                Names::Devices,
                vec![("/dev/sda1", "/var/lib/docker"), ("/dev/sda1", "/"), ("/dev/sdb1", "/data")],
                vec!["/", "/data"],
            ),
            (Names::Labels, vec![("", "D:\\"), ("", "C:\\")], vec!["C:\\", "D:\\"]),
            (
                Names::Labels,
                vec![
                    ("Untitled", "/Volumes/Untitled"),
                    ("Untitled", "/Volumes/Untitled 1"),
                    ("Macintosh HD", "/"),
                ],
                vec!["/", "/Volumes/Untitled", "/Volumes/Untitled 1"],
            ),
            (Names::Labels, vec![("a", "/"), ("a", "/")], vec!["/"]),
            (Names::Devices, vec![], vec![]),
        ] {
            let disk = |mount: &str| Disk { mount: mount.to_owned(), used_bytes: 1, total_bytes: 2 };
            let mounts = mounted.iter().map(|(name, mount)| (OsString::from(name), disk(mount)));
            let listed: Vec<String> = distinct(mounts, names).into_iter().map(|disk| disk.mount).collect();
            assert_eq!(listed, expected, "{mounted:?}");
        }
    }
}
