use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[&str]) -> Self {
        let path = std::env::temp_dir().join(format!("xtask-site-{}-{name}", std::process::id()));
        for file in files {
            write(&path.join("dist").join(file), file.as_bytes()).unwrap();
        }
        Self(path)
    }

    fn split_by_kind(&self) -> Result<Vec<String>, TaskError> {
        let folder = self.0.join("site");
        split_by_kind(&self.0.join("dist"), &folder)?;
        let mut names: Vec<String> = files_below(&folder)?
            .iter()
            .map(|file| {
                let name = file.strip_prefix(&folder).unwrap_or(file).display();
                format!("{name} holds {}", fs::read_to_string(file).unwrap())
            })
            .collect();
        names.sort();
        Ok(names)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

const HASHED: &str = "base-e99c6d9fb19b745b.css";

#[test]
fn a_file_named_by_its_content_is_uploaded_compressed_under_its_own_name() {
    let folder =
        Folder::new("packed", &[HASHED, "base-e99c6d9fb19b745b.css.br", "index.html", "index.html.br"]);
    assert_eq!(
        folder.split_by_kind().unwrap(),
        [format!("packed/{HASHED} holds {HASHED}.br"), "plain/index.html holds index.html".to_owned()]
    );
}

#[test]
fn a_file_that_was_not_compressed_is_uploaded_as_it_is() {
    let folder = Folder::new("plain", &[HASHED]);
    assert_eq!(folder.split_by_kind().unwrap(), [format!("plain/{HASHED} holds {HASHED}")]);
}

#[test]
fn files_of_an_earlier_version_are_not_uploaded() {
    let folder = Folder::new("old", &["index.html"]);
    write(&folder.0.join("site/packed/old.js"), b"old").unwrap();
    assert_eq!(folder.split_by_kind().unwrap(), ["plain/index.html holds index.html"]);
}

#[test]
fn a_file_of_an_unknown_media_type_is_an_error() {
    let failure = Folder::new("unknown", &["font.woff3"]).split_by_kind().unwrap_err().to_string();
    assert!(failure.contains("font.woff3"), "{failure}");
}

#[test]
fn only_files_with_a_hash_in_their_names_are_cached_for_long() {
    for (name, expected) in [
        ("frontend-426a48e8e24fbd6c_bg.wasm", true),
        ("snippets/parts/recipes-058b713571a3f749.wasm", true),
        ("tokens-c42fabb1842417d.css", true),
        ("config.json", false),
        ("light-theme.css", false),
    ] {
        assert_eq!(is_named_by_content(Path::new(name)), expected, "{name}");
    }
}
