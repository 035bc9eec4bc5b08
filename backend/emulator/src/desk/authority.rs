//! The authority that signs certificates for AWS's host names. Only functions of the emulator trust it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tempfile::NamedTempFile;
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::error::StartError;

const NAME: &str = "Tickertape emulator (trusted by its functions only)";
const KEY_FILE: &str = "authority-key.pem";
const CERTIFICATE_FILE: &str = "authority.pem";
const BUNDLE_FILE: &str = "authority-and-system.pem";

/// An authority with the files that make functions trust it.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    files: TrustFiles,
}

/// The files by which a program trusts the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustFiles {
    /// The certificate of the authority alone, for variables that add to what is trusted.
    pub authority: PathBuf,
    /// The certificate together with those that the system trusts, for variables that replace what is trusted.
    pub bundle: PathBuf,
}

impl Authority {
    /// Reads the authority from a directory, or makes it if it is not there. The directory is created.
    ///
    /// # Errors
    ///
    /// [`StartError`] if a file cannot be written or read.
    pub fn open(directory: &Path) -> Result<Self, StartError> {
        fs::create_dir_all(directory).map_err(StartError::file(directory))?;
        let key_file = directory.join(KEY_FILE);
        let pem = key_in(&key_file).map_err(StartError::file(&key_file))?;
        let broken =
            |error: rcgen::Error| StartError::Authority { path: key_file.clone(), reason: error.to_string() };
        let key = KeyPair::from_pem(&pem).map_err(broken)?;
        // The certificate depends on the key and on constants alone, so that it need not be parsed.
        let params = authority_params();
        let certificate = params.self_signed(&key).map_err(broken)?;
        let files =
            TrustFiles { authority: directory.join(CERTIFICATE_FILE), bundle: directory.join(BUNDLE_FILE) };
        replace(&files.authority, &certificate.pem()).map_err(StartError::file(&files.authority))?;
        let bundle = system_certificates() + &certificate.pem();
        replace(&files.bundle, &bundle).map_err(StartError::file(&files.bundle))?;
        Ok(Self { issuer: Issuer::new(params, key), certificate: certificate.der().clone(), files })
    }

    /// Returns the files by which functions trust the authority.
    pub fn files(&self) -> &TrustFiles {
        &self.files
    }

    /// Makes a certificate and a key for a host name.
    ///
    /// # Errors
    ///
    /// A description if the name is not a host name.
    pub fn certify(&self, name: &str) -> Result<CertifiedKey, String> {
        let key = KeyPair::generate().map_err(|error| error.to_string())?;
        let mut params = CertificateParams::new([name.to_owned()]).map_err(|error| error.to_string())?;
        limit_validity(&mut params);
        params.distinguished_name = distinguished_name(name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer).map_err(|error| error.to_string())?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = any_supported_type(&der).map_err(|error| error.to_string())?;
        Ok(CertifiedKey::new(vec![certificate.der().clone(), self.certificate.clone()], signer))
    }
}

/// Returns the text of the key in a file. Makes the key if there is none.
fn key_in(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => create_key(path),
        read => read,
    }
}

/// Makes a key and returns its text. If another emulator makes one at the same time, both use that which was there first.
fn create_key(path: &Path) -> io::Result<String> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    // A temporary file can be read by its owner only. It gets its name when it is complete, so that nobody reads half a key.
    match file_beside(path, &key.serialize_pem())?.persist_noclobber(path) {
        Ok(_) => Ok(key.serialize_pem()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => fs::read_to_string(path),
        Err(error) => Err(error.error),
    }
}

/// Gives a file this content. A program that reads the file meanwhile reads either the old content or the new one, both whole: another
/// emulator with the same directory, or its functions.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    file_beside(path, content)?.persist(path)?;
    Ok(())
}

/// Writes a temporary file in the directory of `path`.
fn file_beside(path: &Path, content: &str) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(content.as_bytes())?;
    Ok(file)
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    limit_validity(&mut params);
    params.distinguished_name = distinguished_name(NAME);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params
}

fn distinguished_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// Sets the time in which a certificate is valid. It is constant, so that the authority's certificate is.
fn limit_validity(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2049, 1, 1);
}

/// Returns the certificates that the system trusts, in PEM. Those that cannot be read are left out.
fn system_certificates() -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let mut pem = String::new();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let text = STANDARD.encode(&certificate);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in text.as_bytes().chunks(64) {
            pem.push_str(str::from_utf8(line).unwrap_or_default());
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_is_made_once_and_its_key_is_private() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = Authority::open(directory.path()).expect("it is made");
        let again = Authority::open(directory.path()).expect("it is read");
        assert_eq!(first.issuer.key().serialize_pem(), again.issuer.key().serialize_pem());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(directory.path().join(KEY_FILE)).expect("the key").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(first.certify("dynamodb.eu-west-1.amazonaws.com").is_ok());
    }

    #[test]
    fn emulators_that_start_at_the_same_time_have_the_same_authority() {
        for _ in 0..20 {
            let directory = tempfile::tempdir().expect("a directory");
            let keys: Vec<String> = std::thread::scope(|scope| {
                let open =
                    || Authority::open(directory.path()).expect("it is made").issuer.key().serialize_pem();
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                starts.into_iter().map(|start| start.join().expect("it ends")).collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]));
            assert_eq!(
                fs::read_dir(directory.path()).expect("the directory").count(),
                3,
                "no temporary file is left"
            );
        }
    }
}
