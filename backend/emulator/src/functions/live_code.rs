//! Keeps the code of a function that runs the same as the files of the project.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::functions::copies::CodeCopy;
use crate::functions::watch::WatchedFiles;

/// The code of a function that runs. Copies are made again when their origins change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveCode {
    files: WatchedFiles,
    copies: Vec<CodeCopy>,
    /// Files whose changes could not be copied at the last look, perhaps because they were still being written.
    pending: BTreeSet<PathBuf>,
}

/// A change of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeChange {
    /// This file has changed, and processes that start now run the new code.
    New(PathBuf),
    /// This file has changed, but the code is the former one, because the new one cannot be copied.
    Failed {
        /// The file.
        file: PathBuf,
        /// A sentence that says what cannot be copied.
        reason: String,
    },
}

impl LiveCode {
    /// Begins with code that was found, and whose copies were made.
    pub fn new(files: WatchedFiles, copies: Vec<CodeCopy>) -> Self {
        Self { files, copies, pending: BTreeSet::new() }
    }

    /// Looks for a change since the last call, and makes the copies again that contain a changed file. If one of them fails, later calls
    /// try it again, and the first of them without another change returns the failure.
    pub fn look(&mut self) -> Option<CodeChange> {
        let mut files = self.files.changes();
        let is_settled = files.is_empty();
        files.append(&mut self.pending);
        let due = self.copies.iter().filter(|copy| files.iter().any(|file| copy.contains(file)));
        let failed: Vec<_> = due.filter_map(|copy| Some((copy, copy.make().err()?))).collect();
        let is_pending = |file: &PathBuf| failed.iter().any(|(copy, _)| copy.contains(file));
        let (mut pending, mut new): (BTreeSet<_>, BTreeSet<_>) = files.into_iter().partition(is_pending);
        let first = new.pop_first();
        if first.is_some() || !is_settled {
            self.pending = pending;
            return first.map(CodeChange::New);
        }
        let (_, reason) = failed.into_iter().next()?;
        Some(CodeChange::Failed { file: pending.pop_first()?, reason })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::{Cursor, Write};
    use std::path::Path;

    use serverless_app::Settings;
    use tempfile::TempDir;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::functions::code::CodeFinder;
    use crate::project::Project;

    /// An app with one function, whose code is used while its files change.
    struct Running {
        _folder: TempDir,
        root: PathBuf,
        code: LiveCode,
        task: PathBuf,
        opt: Option<PathBuf>,
    }

    /// Returns an archive with the file `bootstrap`.
    fn archive(text: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("bootstrap", SimpleFileOptions::default()).expect("a file");
        archive.write_all(text.as_bytes()).expect("written");
        archive.finish().expect("an archive").into_inner()
    }

    fn write(path: &Path, content: impl AsRef<[u8]>) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("written");
    }

    /// Finds the code of a function with these properties. Each layer is in the folder or the archive of its name.
    fn run(properties: &str, layers: &[&str], files: &[(&str, Vec<u8>)], given: &[(&str, &str)]) -> Running {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        let layer = |(index, path): (usize, &&str)| {
            format!(
                "  Layer{index}: {{ Type: AWS::Serverless::LayerVersion, Properties: {{ ContentUri: {path} }} }}\n"
            )
        };
        let template = format!(
            "Transform: AWS::Serverless-2016-10-31
Resources:
  Chat:
    Type: AWS::Serverless::Function
    Properties: {{ Runtime: provided.al2023, Handler: bootstrap, {properties} }}
{}",
            layers.iter().enumerate().map(layer).collect::<String>()
        );
        write(&root.join("template.yaml"), template);
        files.iter().for_each(|(path, content)| write(&root.join(path), content));
        let project = Project::at(&root).expect("it exists");
        let app = project.read(&Settings::default()).unwrap_or_else(|error| panic!("{error}"));
        let given: BTreeMap<String, PathBuf> =
            given.iter().map(|(name, path)| ((*name).to_owned(), PathBuf::from(path))).collect();
        let scratch = root.join("scratch");
        let finder = CodeFinder { project: &project, scratch: &scratch, given: &given, no_code: &[] };
        let found = finder.find(&app.functions[0]).expect("its code");
        let code = LiveCode::new(found.files, found.copies);
        Running { _folder: folder, root, code, task: found.folder, opt: found.opt }
    }

    fn text(path: &Path) -> String {
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[test]
    fn the_next_process_runs_the_new_code_of_an_archive() {
        let files = [("fn.zip", archive("old"))];
        let cases: [(&str, &[(&str, &str)]); 2] =
            [("CodeUri: fn.zip", &[]), ("CodeUri: elsewhere/", &[("Chat", "fn.zip")])];
        for (properties, given) in cases {
            let mut running = run(properties, &[], &files, given);
            assert_eq!(text(&running.task.join("bootstrap")), "old");
            assert_eq!(running.code.look(), None);
            for new in ["a new one", "and another new one"] {
                write(&running.root.join("fn.zip"), archive(new));
                assert_eq!(running.code.look(), Some(CodeChange::New(running.root.join("fn.zip"))));
                assert_eq!(text(&running.task.join("bootstrap")), new);
                assert_eq!(running.code.look(), None);
            }
        }
    }

    #[test]
    fn the_next_process_has_the_new_files_of_each_of_several_layers() {
        let properties = "CodeUri: code/, Layers: [!Ref Layer0, !Ref Layer1]";
        let files = [
            ("code/bootstrap", b"code".to_vec()),
            ("one/one.js", b"old".to_vec()),
            ("one/removed.js", b"old".to_vec()),
            ("two.zip", archive("old")),
        ];
        let mut running = run(properties, &["one/", "two.zip"], &files, &[]);
        let opt = running.opt.clone().expect("layers");
        assert_eq!((text(&opt.join("one.js")), text(&opt.join("bootstrap"))), ("old".into(), "old".into()));
        write(&running.root.join("one/one.js"), "newer");
        fs::remove_file(running.root.join("one/removed.js")).expect("it was there");
        assert!(matches!(running.code.look(), Some(CodeChange::New(_))));
        assert_eq!(text(&opt.join("one.js")), "newer");
        assert!(!opt.join("removed.js").exists());
        write(&running.root.join("two.zip"), archive("a newer one"));
        assert_eq!(running.code.look(), Some(CodeChange::New(running.root.join("two.zip"))));
        assert_eq!(text(&opt.join("bootstrap")), "a newer one");
        assert_eq!(text(&running.task.join("bootstrap")), "code");
    }

    #[test]
    fn a_function_keeps_its_code_while_its_archive_is_being_written_or_is_missing() {
        let mut running = run("CodeUri: fn.zip", &[], &[("fn.zip", archive("old"))], &[]);
        let (file, program) = (running.root.join("fn.zip"), running.task.join("bootstrap"));
        let new = archive("a new one");
        write(&file, &new[..new.len() / 2]);
        assert_eq!(running.code.look(), None);
        fs::remove_file(&file).expect("it was there");
        assert_eq!(running.code.look(), None);
        assert_eq!(text(&program), "old");
        write(&file, &new);
        assert_eq!(running.code.look(), Some(CodeChange::New(file)));
        assert_eq!(text(&program), "a new one");
    }

    #[test]
    fn an_archive_that_stays_damaged_is_told_once_and_replaced_by_the_next_one() {
        let mut running = run("CodeUri: fn.zip", &[], &[("fn.zip", archive("old"))], &[]);
        let file = running.root.join("fn.zip");
        write(&file, "no archive");
        assert_eq!(running.code.look(), None);
        let Some(CodeChange::Failed { file: told, reason }) = running.code.look() else {
            panic!("it is told at the second look")
        };
        assert_eq!(told, file);
        assert!(reason.contains("fn.zip cannot be extracted: "), "{reason}");
        assert_eq!(running.code.look(), None);
        assert_eq!(text(&running.task.join("bootstrap")), "old");
        write(&file, archive("a new one"));
        assert_eq!(running.code.look(), Some(CodeChange::New(file)));
        assert_eq!(text(&running.task.join("bootstrap")), "a new one");
    }

    #[test]
    fn a_change_makes_only_the_copies_again_that_contain_the_file() {
        let files = [
            ("code.zip", archive("old")),
            ("code/bootstrap", b"old".to_vec()),
            ("one/one.js", b"old".to_vec()),
            ("two.zip", archive("old")),
        ];
        let cases = [
            ("code.zip", "code.zip", archive("a new one"), (true, false)),
            ("code.zip", "one/one.js", b"newer".to_vec(), (false, true)),
            ("code.zip", "one/added.js", b"new".to_vec(), (false, true)),
            ("code.zip", "two.zip", archive("a new one"), (false, true)),
            ("code/", "code/bootstrap", b"newer".to_vec(), (false, false)),
            ("code/", "code/added.js", b"new".to_vec(), (false, false)),
            ("code/", "two.zip", archive("a new one"), (false, true)),
            ("one/", "one/one.js", b"newer".to_vec(), (false, true)),
            ("two.zip", "two.zip", archive("a new one"), (true, true)),
        ];
        for (code, changed, content, expected) in cases {
            let properties = format!("CodeUri: {code}, Layers: [!Ref Layer0, !Ref Layer1]");
            let mut running = run(&properties, &["one/", "two.zip"], &files, &[]);
            // A folder that is made again loses these files. Files with such names are not watched.
            let opt = running.opt.as_ref().expect("layers");
            let marks = [running.task.join("task.txt"), opt.join("opt.txt")];
            marks.iter().for_each(|mark| write(mark, ""));
            write(&running.root.join(changed), content);
            assert_eq!(running.code.look(), Some(CodeChange::New(running.root.join(changed))));
            assert_eq!((!marks[0].exists(), !marks[1].exists()), expected, "{code}: {changed}");
            assert_eq!(running.code.look(), None);
        }
    }

    #[test]
    fn code_in_the_description_is_not_written_again() {
        let properties = "InlineCode: 'export const handler = 1', Layers: [!Ref Layer0]";
        let mut running = run(properties, &["one.zip"], &[("one.zip", archive("old"))], &[]);
        let mark = running.task.join("mark.txt");
        write(&mark, "");
        write(&running.root.join("one.zip"), archive("a new one"));
        assert_eq!(running.code.look(), Some(CodeChange::New(running.root.join("one.zip"))));
        assert!(mark.exists());
    }

    #[test]
    fn a_damaged_layer_holds_back_no_change_of_the_code() {
        for (code, changed) in [("code/", "code/bootstrap"), ("code.zip", "code.zip")] {
            let content = |text: &str| if code == changed { archive(text) } else { text.into() };
            let properties = format!("CodeUri: {code}, Layers: [!Ref Layer0]");
            let files = [(changed, content("old")), ("layer.zip", archive("old"))];
            let mut running = run(&properties, &["layer.zip"], &files, &[]);
            let (file, layer) = (running.root.join(changed), running.root.join("layer.zip"));
            let (program, opt) = (running.task.join("bootstrap"), running.opt.clone().expect("a layer"));
            write(&layer, "no archive");
            for new in ["a new one", "and another new one"] {
                write(&file, content(new));
                assert_eq!(running.code.look(), Some(CodeChange::New(file.clone())), "{code}");
                assert_eq!((text(&program), text(&opt.join("bootstrap"))), (new.into(), "old".into()));
            }
            assert!(
                matches!(running.code.look(), Some(CodeChange::Failed { file, .. }) if file == layer),
                "{code}"
            );
            write(&file, content("the newest one of all"));
            assert_eq!(running.code.look(), Some(CodeChange::New(file)));
            assert_eq!(running.code.look(), None);
            write(&layer, archive("a new layer"));
            assert_eq!(running.code.look(), Some(CodeChange::New(layer)));
            assert_eq!(
                (text(&program), text(&opt.join("bootstrap"))),
                ("the newest one of all".into(), "a new layer".into())
            );
        }
    }

    #[test]
    fn invocations_in_flight_keep_the_folder_in_which_they_run() {
        let mut running = run("CodeUri: fn.zip", &[], &[("fn.zip", archive("old"))], &[]);
        let in_use = fs::File::open(running.task.join("bootstrap")).expect("the program");
        write(&running.root.join("fn.zip"), archive("a new one"));
        assert!(matches!(running.code.look(), Some(CodeChange::New(_))));
        assert_eq!(std::io::read_to_string(in_use).expect("the program"), "old");
        let former =
            running.task.parent().and_then(Path::parent).expect("a folder").join("code.old/task/bootstrap");
        assert_eq!(text(&former), "old");
    }
}
