use backend_core::Principal;
use backend_core::token::{Claims, TokenError, mint};
use shared::Filter;

use super::*;

const OLD: &[u8] = b"thirty-two bytes of pure secrecy";
const NEW: &[u8] = b"another thirty-two bytes of mist";

#[test]
fn a_changed_file_is_read_again_and_the_former_secret_no_longer_accepted() {
    let (_directory, path) = file(OLD);
    let mut file = SecretFile::open(&path).unwrap();
    let verifier = file.verifier();
    assert_eq!((verify(&verifier, OLD).is_ok(), verify(&verifier, NEW).is_ok()), (true, false));
    assert!(!file.check(Stamp::of(&path), || unreachable!("the file has not changed")).unwrap());
    std::fs::write(&path, [NEW, b"\n"].concat()).unwrap();
    assert!(file.check(Stamp::of(&path), || read_secret(&path)).unwrap());
    assert_eq!(verify(&verifier, OLD), Err(TokenError::UnknownKey));
    assert!(verify(&verifier, NEW).is_ok());
}

#[test]
fn a_file_that_is_written_again_with_the_same_secret_has_not_changed() {
    let (_directory, path) = file(OLD);
    let mut file = SecretFile::open(&path).unwrap();
    std::fs::write(&path, [OLD, b"\n\n"].concat()).unwrap();
    assert!(!file.check(Stamp::of(&path), || read_secret(&path)).unwrap());
}

#[test]
fn a_file_without_a_good_secret_leaves_the_former_in_use_and_says_so_once() {
    let (_directory, path) = file(OLD);
    let mut file = SecretFile::open(&path).unwrap();
    std::fs::write(&path, "short").unwrap();
    let stamp = Stamp::of(&path);
    assert!(matches!(file.check(stamp.clone(), || read_secret(&path)), Err(SecretError::Weak(_))));
    assert!(!file.check(stamp, || unreachable!("it was read already")).unwrap());
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(file.check(Stamp::of(&path), || read_secret(&path)), Err(SecretError::Io(_))));
    assert!(verify(&file.verifier(), OLD).is_ok());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_or_change_is_refused() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let (_directory, path) = file(OLD);
    let is_of_root = path.metadata().unwrap().gid() == 0;
    for (mode, is_refused) in
        [(0o604, true), (0o602, true), (0o620, true), (0o640, !is_of_root), (0o400, false), (0o700, false)]
    {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = matches!(SecretFile::open(&path), Err(SecretError::OpenToOthers { mode: found }) if found == mode);
        assert_eq!(refused, is_refused, "{mode:o}");
    }
}

#[test]
fn a_created_secret_is_good_and_never_twice_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.txt");
    create_secret(&path, false).unwrap();
    let first = read_secret(&path).unwrap();
    assert_eq!(create_secret(&path, false).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(read_secret(&path).unwrap(), first);
    create_secret(&path, true).unwrap();
    assert_ne!(read_secret(&path).unwrap(), first);
    assert!(SecretFile::open(&path).is_ok());
    assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1, "nothing is left beside it");
}

fn file(secret: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("secret.txt");
    create_secret(&path, false).unwrap();
    std::fs::write(&path, secret).unwrap();
    (directory, path)
}

fn verify(verifier: &Verifier, secret: &[u8]) -> Result<Principal, TokenError> {
    let claims = Claims {
        sub: "a".into(),
        exp: 60,
        nbf: None,
        subscribe: vec![Filter::All],
        publish: vec![],
        forget: vec![],
        edit: vec![],
    };
    verifier.verify(&mint(&claims, secret).unwrap(), 0)
}
