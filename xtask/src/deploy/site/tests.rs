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

    fn sort_out(&self) -> Result<Vec<String>, Failure> {
        let folder = self.0.join("site");
        sort_out(&self.0.join("dist"), &folder)?;
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
fn what_is_named_by_its_content_goes_up_compressed_under_its_own_name() {
    let folder =
        Folder::new("packed", &[HASHED, "base-e99c6d9fb19b745b.css.br", "index.html", "index.html.br"]);
    assert_eq!(
        folder.sort_out().unwrap(),
        [format!("packed/{HASHED} holds {HASHED}.br"), "plain/index.html holds index.html".to_owned()]
    );
}

#[test]
fn a_file_that_was_not_compressed_goes_up_as_it_is() {
    let folder = Folder::new("plain", &[HASHED]);
    assert_eq!(folder.sort_out().unwrap(), [format!("plain/{HASHED} holds {HASHED}")]);
}

#[test]
fn what_an_earlier_version_left_behind_is_not_uploaded() {
    let folder = Folder::new("old", &["index.html"]);
    write(&folder.0.join("site/packed/old.js"), b"old").unwrap();
    assert_eq!(folder.sort_out().unwrap(), ["plain/index.html holds index.html"]);
}

#[test]
fn a_file_of_an_unknown_kind_is_not_guessed_at() {
    let failure = Folder::new("unknown", &["font.woff3"]).sort_out().unwrap_err().to_string();
    assert!(failure.contains("font.woff3"), "{failure}");
}

#[test]
fn only_names_with_a_hash_are_kept_for_ever() {
    for (name, expected) in [
        ("frontend-426a48e8e24fbd6c_bg.wasm", true),
        ("tokens-c42fabb1842417d.css", true),
        ("config.json", false),
        ("light-theme.css", false),
    ] {
        assert_eq!(is_named_by_content(Path::new(name)), expected, "{name}");
    }
}
