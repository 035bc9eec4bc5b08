//! Checks that the file of a handler exists, without running it.

use std::path::{Path, PathBuf};

use serverless_app::Function;

use crate::functions::code::FoundCode;
use crate::functions::runtime::Family;

/// Returns a sentence about the handler of a function in Node.js or Python that cannot work: its name is malformed, or its file
/// does not exist.
pub fn problem(function: &Function, code: &FoundCode) -> Option<String> {
    let family = Family::of(function.runtime.as_deref().unwrap_or_default());
    let handler = function.handler.as_deref()?;
    let why = match family {
        Family::Node => node(handler, code),
        Family::Python => python(handler, code),
        Family::Provided | Family::Ruby | Family::Java | Family::DotNet | Family::Unknown => None,
    }?;
    let build = function.build.as_ref().map(|command| format!("; run `{command}` first")).unwrap_or_default();
    Some(format!("{}: {} cannot work: {why}{build}", function.place, function.name))
}

fn malformed(handler: &str, example: &str) -> String {
    format!("its handler {handler} has no dot; write FILE.FUNCTION, such as {example}")
}

fn missing(handler: &str, file: &Path) -> String {
    format!("its handler {handler} needs the file {}, which does not exist", file.display())
}

/// The module is before the first dot of the last segment of the path.
fn node(handler: &str, code: &FoundCode) -> Option<String> {
    let name = handler.rsplit('/').next().unwrap_or(handler);
    let Some((_, export)) = name.split_once('.') else { return Some(malformed(handler, "index.handler")) };
    let module = &handler[..handler.len() - export.len() - 1];
    let base = match (module.strip_prefix("/opt/"), &code.opt) {
        (Some(rest), Some(opt)) => opt.join(rest),
        _ => code.folder.join(module),
    };
    let with = |end: &str| PathBuf::from(format!("{}{end}", base.display()));
    let exists =
        base.exists() || [".js", ".mjs", ".cjs", ".json", ".node"].iter().any(|end| with(end).is_file());
    if exists {
        return None;
    }
    let source = [".ts", ".mts", ".cts", ".tsx"].iter().map(|end| with(end)).find(|file| file.is_file());
    Some(match source {
        Some(source) => format!("{} has to be compiled to JavaScript before it can run", source.display()),
        None => missing(handler, &with(".js")),
    })
}

/// The module is before the last dot. Its parts are separated by dots or slashes.
fn python(handler: &str, code: &FoundCode) -> Option<String> {
    let Some((module, _)) = handler.rsplit_once('.') else { return Some(malformed(handler, "app.handler")) };
    let module = module.replace('.', "/");
    let folders = [Some(code.folder.clone()), code.opt.as_ref().map(|opt| opt.join("python"))];
    let exists = |folder: PathBuf| {
        let base = folder.join(&module);
        base.is_dir() || ["py", "pyc", "so"].iter().any(|end| base.with_extension(end).is_file())
    };
    let file = code.folder.join(&module).with_extension("py");
    (!folders.into_iter().flatten().any(exists)).then(|| missing(handler, &file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::watch::WatchedFiles;

    #[test]
    fn a_handler_without_a_dot_or_without_a_file_is_told() {
        let folder = tempfile::TempDir::new().expect("a folder");
        std::fs::create_dir(folder.path().join("src")).expect("a folder");
        for file in ["index.js", "src/app.mjs", "main.ts", "app.py", "src/rooms.py"] {
            std::fs::write(folder.path().join(file), "").expect("written");
        }
        let files = WatchedFiles::new(Vec::new(), Vec::new());
        let code = FoundCode { folder: folder.path().to_owned(), opt: None, files, copies: Vec::new() };
        for good in ["index.handler", "src/app.routes.connect", "./index.handler"] {
            assert_eq!(node(good, &code), None, "{good}");
        }
        for (bad, part) in
            [("indexhandler", "has no dot"), ("missing.handler", "missing.js"), ("main.handler", "compiled")]
        {
            assert!(node(bad, &code).is_some_and(|why| why.contains(part)), "{bad}");
        }
        for good in ["app.handler", "src/rooms.handler", "src.rooms.handler"] {
            assert_eq!(python(good, &code), None, "{good}");
        }
        for (bad, part) in [("handler", "has no dot"), ("rooms.handler", "rooms.py")] {
            assert!(python(bad, &code).is_some_and(|why| why.contains(part)), "{bad}");
        }
    }
}
