use rcgen::{CertificateParams, KeyPair};

use super::*;

/// Creates a folder with a certificate and its key, and returns it with the paths of the two files.
fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("fullchain.pem"), folder.path().join("privkey.pem"));
    write(&certificate, &key);
    (folder, certificate, key)
}

fn write(certificate: &Path, key: &Path) {
    let pair = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&pair).unwrap();
    std::fs::write(certificate, signed.pem()).unwrap();
    let _ = std::fs::remove_file(key);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(key).unwrap(), pair.serialize_pem().as_bytes()).unwrap();
}

#[test]
fn changed_files_are_read_again_and_only_then() {
    let (_folder, certificate, key) = folder();
    let mut tls = Tls::open(&certificate, &key).unwrap();
    let first = lock::read(&tls.config).clone();
    assert!(!tls.check(tls.files.stamps(), || unreachable!("nothing has changed")).unwrap());
    write(&certificate, &key);
    let files = tls.files.clone();
    assert!(tls.check(files.stamps(), || files.read()).unwrap());
    assert!(!Arc::ptr_eq(&first, &lock::read(&tls.config)));
}

#[test]
fn half_of_a_renewal_leaves_the_former_certificate_in_use() {
    let (_folder, certificate, key) = folder();
    let mut tls = Tls::open(&certificate, &key).unwrap();
    let first = lock::read(&tls.config).clone();
    let old_key = std::fs::read(&key).unwrap();
    write(&certificate, &key);
    let new_key = std::fs::read(&key).unwrap();
    std::fs::write(&key, old_key).unwrap();
    let files = tls.files.clone();
    assert!(matches!(tls.check(files.stamps(), || files.read()), Err(TlsError::Unusable { .. })));
    assert!(Arc::ptr_eq(&first, &lock::read(&tls.config)));
    std::fs::write(&key, [&new_key[..], b"\n"].concat()).unwrap();
    assert!(tls.check(files.stamps(), || files.read()).unwrap());
}
