//! Finds the code of functions and layers as folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serverless_app::{Code, Function, Layer};

use crate::functions::copies::CodeCopy;
use crate::functions::runtime::Family;
use crate::functions::watch::WatchedFiles;
use crate::project::Project;

/// Makes folders of the code of functions.
pub struct CodeFinder<'a> {
    /// The project with the code.
    pub project: &'a Project,
    /// Folder for code that is extracted or written.
    pub scratch: &'a Path,
    /// Folders and archives to use instead of those of the description, by names of functions.
    pub given: &'a BTreeMap<String, PathBuf>,
    /// Files and folders that are no code, even if they lie in the folder of a function.
    pub no_code: &'a [PathBuf],
}

/// The code of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCode {
    /// Folder with the code, `/var/task` on Lambda.
    pub folder: PathBuf,
    /// Folder with the content of the layers, `/opt` on Lambda.
    pub opt: Option<PathBuf>,
    /// Files of which a change is a change of the function.
    pub files: WatchedFiles,
    /// The folders above, as far as they are copies, which have to be made again after a change.
    pub copies: Vec<CodeCopy>,
}

impl CodeFinder<'_> {
    /// Finds the code of a function and of its layers.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing.
    pub fn find(&self, function: &Function) -> Result<FoundCode, String> {
        let own = self.scratch.join(&function.name);
        let files = WatchedFiles::new(self.origins(function), self.no_code.to_vec());
        let (mut code, mut layers) = (CodeCopy::new(own.join("code")), CodeCopy::new(own.join("layers")));
        let folder = self.code(function, &mut code).map_err(|reason| with_argument(function, &reason))?;
        let opt = self.layers(function, &mut layers)?;
        code.make().map_err(|reason| with_argument(function, &reason))?;
        layers.make()?;
        Ok(FoundCode { folder, opt, files, copies: vec![code, layers] })
    }

    /// Returns the folder with the code of a function, which `copy` has to make if it lies elsewhere.
    fn code(&self, function: &Function, copy: &mut CodeCopy) -> Result<PathBuf, String> {
        match &self.code_of(function) {
            Code::Path(path) => {
                let path = self.project.path(path);
                folder_of(&path, copy, "task", path.display().to_string())
            }
            Code::Inline(text) => Ok(copy.write(text, "task", &file_of(function, text))),
            Code::Elsewhere(place) => Err(format!("its code is not in this project, but at {place}")),
        }
    }

    /// Returns the location of a function's code: the one that was given, or that of the description.
    fn code_of(&self, function: &Function) -> Code {
        let given = self.given.get(&function.logical_id).or_else(|| self.given.get(&function.name));
        given.map_or_else(|| function.code.clone(), |path| Code::Path(path.to_string_lossy().into_owned()))
    }

    /// Returns the files and folders of this machine that contain the code of a function and of its layers.
    fn origins(&self, function: &Function) -> Vec<PathBuf> {
        let layers = function.layers.iter().filter_map(|layer| match layer {
            Layer::Own { content, .. } => Some(content.clone()),
            Layer::Published(_) => None,
        });
        let paths = std::iter::once(self.code_of(function)).chain(layers).filter_map(|code| match code {
            Code::Path(path) => Some(self.project.path(&path)),
            Code::Inline(_) | Code::Elsewhere(_) => None,
        });
        paths.collect()
    }

    /// Returns the folder with the content of the function's layers. If there is one layer and it is a folder, it is that folder.
    /// Otherwise `copy` has to make it from all layers, the later ones over the earlier ones.
    fn layers(&self, function: &Function, copy: &mut CodeCopy) -> Result<Option<PathBuf>, String> {
        let mut folders = Vec::new();
        for (index, layer) in function.layers.iter().enumerate() {
            // Notes of the description say that other layers are not downloaded.
            if let Layer::Own { name, content: Code::Path(path) } = layer {
                let path = self.project.path(path);
                let in_errors = format!("its layer {name}: {}", path.display());
                let folder = folder_of(&path, copy, &index.to_string(), in_errors);
                folders.push(folder.map_err(|error| format!("its layer {name}: {error}"))?);
            }
        }
        Ok(match folders.len() {
            0 | 1 => folders.pop(),
            _ => Some(copy.merge(folders, "merged")),
        })
    }
}

/// Adds the argument that names other code to the reason why the code was not found.
fn with_argument(function: &Function, reason: &str) -> String {
    format!("{reason}; name a folder or an archive with it by --code {}=PATH", function.logical_id)
}

/// Returns the folder with the code at `path`: the folder itself, or `to` in `copy` for an archive, which errors call `name`.
fn folder_of(path: &Path, copy: &mut CodeCopy, to: &str, name: String) -> Result<PathBuf, String> {
    if path.is_dir() {
        return Ok(path.to_owned());
    }
    if !path.exists() {
        return Err(format!("there is no file or folder {}", path.display()));
    }
    Ok(copy.extract(path, to, name))
}

/// Returns the name of the only source file of a function.
fn file_of(function: &Function, text: &str) -> String {
    let module = function.handler.as_deref().and_then(|handler| handler.split('.').next()).unwrap_or("index");
    let end = match Family::of(function.runtime.as_deref().unwrap_or_default()) {
        Family::Python => "py",
        Family::Ruby => "rb",
        _ if is_es_module(text) => "mjs",
        _ => "js",
    };
    format!("{module}.{end}")
}

fn is_es_module(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("export ") || line.starts_with("import "))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serverless_app::Settings;

    use super::*;

    const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, CodeUri: code/, Layers: [!Ref Common] }
  Common:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: layer/ }
";

    #[test]
    fn code_that_is_not_there_is_told_with_the_argument_that_names_other_code() {
        let folder = tempfile::TempDir::new().expect("a folder");
        fs::write(folder.path().join("template.yaml"), TEMPLATE).expect("written");
        let project = Project::at(folder.path()).expect("it exists");
        let app = project.read(&Settings::default()).expect("a description");
        let (scratch, given) = (folder.path().join("scratch"), BTreeMap::new());
        let finder = CodeFinder { project: &project, scratch: &scratch, no_code: &[], given: &given };
        let reason = finder.find(&app.functions[0]).expect_err("there is no folder");
        assert!(reason.starts_with("there is no file or folder "), "{reason}");
        assert!(reason.ends_with("name a folder or an archive with it by --code Chat=PATH"), "{reason}");
    }

    #[test]
    fn a_change_of_code_or_layer_while_the_app_starts_counts_as_a_change() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        for name in ["code", "layer"] {
            fs::create_dir(root.join(name)).expect("a folder");
        }
        fs::write(root.join("template.yaml"), TEMPLATE).expect("written");
        let project = Project::at(&root).expect("it exists");
        let app = project.read(&Settings::default()).expect("a description");
        let finder = CodeFinder {
            project: &project,
            scratch: &root.join("scratch"),
            no_code: &[],
            given: &Default::default(),
        };
        for file in ["code/index.js", "layer/common.js"] {
            let mut found = finder.find(&app.functions[0]).expect("its code");
            fs::write(root.join(file), "").expect("written");
            assert_eq!(found.files.changed(), Some(root.join(file)));
            assert_eq!(found.files.changed(), None);
        }
    }
}
