//! Puts the JavaScript code that loads the parts into wasm-bindgen's JavaScript file. The page then needs no further
//! file at its start, and the code needs no import of the file into which it is put.
//!
//! Both texts are written by tools of fixed versions. Whatever of them this code relies on is checked, so that another
//! version of a tool is an error of the build and not of the page. The tests run with those of xtask, because this
//! package takes minutes to compile.

use std::error::Error;
use std::fmt;

/// Beginning of the line in which the loader imports the function `initSync` of wasm-bindgen's file.
const IMPORT: &str = "import { initSync } from ";
/// Beginning of the lines in which the loader defines its functions.
const EXPORT: &str = "export const ";
/// Beginning of the function of wasm-bindgen's file that the loader calls.
const CALLED: &str = "function initSync(";

/// The name of a part before and after it has got a hash, both relative to the JavaScript file.
pub struct Name {
    pub plain: String,
    pub hashed: String,
}

/// Error for a text that is not as expected, so that the page would not work.
#[derive(Debug, PartialEq, Eq)]
pub struct Unexpected {
    /// The text: that of wasm-bindgen, or that of the splitter.
    file: &'static str,
    expected: String,
    /// The line that is there instead, if it is known.
    found: Option<String>,
}

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, expected, found } = self;
        write!(f, "{file} has to contain {expected}")?;
        match found {
            Some(found) => write!(f, ", but contains `{found}`"),
            None => f.write_str(", but does not"),
        }?;
        f.write_str(": its version differs from the one for which xtask/tools/wasm-bindgen was written")
    }
}

impl Error for Unexpected {}

/// Name of wasm-bindgen's text in errors.
const SCRIPT: &str = "wasm-bindgen's JavaScript file";
/// Name of the splitter's text in errors.
const LOADER: &str = "the splitter's loader";

fn unexpected(file: &'static str, expected: impl fmt::Display, found: Option<&str>) -> Unexpected {
    Unexpected { file, expected: expected.to_string(), found: found.map(str::to_owned) }
}

/// Replaces the imports of `loader_name` in `script` by an object with the functions of the loader. The object is used
/// like the imported module. Names of parts are replaced by those with a hash.
///
/// # Errors
///
/// If wasm-bindgen or the splitter have written something unexpected, so that the page would not work.
pub fn join(script: &str, loader: &str, loader_name: &str, names: &[Name]) -> Result<String, Unexpected> {
    let form = format!("`import * as NAME from \"{loader_name}\"`");
    if !script.contains(CALLED) {
        return Err(unexpected(SCRIPT, format!("the function `{CALLED}…)`, which the loader calls"), None));
    }
    let imports = imports_of(script, loader_name);
    let Some((first, more)) = imports.split_first() else {
        let found = script.lines().find(|line| line.contains(loader_name));
        return Err(unexpected(SCRIPT, format!("a line {form}"), found));
    };
    let object = object(loader, names)?;
    let mut joined = String::with_capacity(script.len() + object.len());
    for line in script.lines() {
        let replaced = if line == first.line {
            format!("const {} = {object};", first.variable)
        } else if let Some(import) = more.iter().find(|import| import.line == line) {
            format!("const {} = {};", import.variable, first.variable)
        } else if line.starts_with("import ") && line.contains(loader_name) {
            return Err(unexpected(
                SCRIPT,
                format!("imports of the loader only in lines {form}"),
                Some(line),
            ));
        } else {
            line.to_owned()
        };
        joined.push_str(&replaced);
        joined.push('\n');
    }
    Ok(joined)
}

struct Import<'a> {
    line: &'a str,
    variable: &'a str,
}

/// Returns the lines that import the loader. wasm-bindgen writes one for every function of it.
fn imports_of<'a>(script: &'a str, loader_name: &str) -> Vec<Import<'a>> {
    let end = format!(" from \"{loader_name}\"");
    let imports = script.lines().filter_map(|line| {
        let variable = line.strip_prefix("import * as ")?.trim_end_matches(';').strip_suffix(&end)?;
        Some(Import { line, variable })
    });
    imports.collect()
}

/// Returns an expression for an object with the functions that the loader exports.
fn object(loader: &str, names: &[Name]) -> Result<String, Unexpected> {
    let (first, code) = loader.split_once('\n').unwrap_or((loader, ""));
    if !first.starts_with(IMPORT) {
        return Err(unexpected(LOADER, format!("`{IMPORT}…` in its first line"), Some(first)));
    }
    let is_left =
        |line: &&str| line.starts_with("import ") || line.starts_with("export ") && exported(line).is_none();
    if let Some(line) = code.lines().find(is_left) {
        return Err(unexpected(
            LOADER,
            format!("no imports and exports but `{IMPORT}…` and `{EXPORT}NAME = …`"),
            Some(line),
        ));
    }
    let exported: Vec<&str> = code.lines().filter_map(exported).collect();
    if exported.is_empty() {
        return Err(unexpected(LOADER, format!("a line `{EXPORT}NAME = …` for each part"), None));
    }
    let mut renamed = code.to_owned();
    for name in names {
        let (plain, hashed) = (format!("\"{}\"", name.plain), format!("\"{}\"", name.hashed));
        if code.matches(&plain).count() != 1 {
            return Err(unexpected(LOADER, format!("the name {plain} exactly once"), None));
        }
        renamed = renamed.replace(&plain, &hashed);
    }
    let is_plain = |line: &&str| {
        line.contains(".wasm\"") && !names.iter().any(|name| line.contains(&format!("\"{}\"", name.hashed)))
    };
    if let Some(line) = renamed.lines().find(is_plain) {
        return Err(unexpected(
            LOADER,
            "no names of parts that the splitter has not written",
            Some(line.trim()),
        ));
    }
    let renamed = renamed.lines().map(|line| match line.strip_prefix(EXPORT) {
        Some(rest) => format!("const {rest}\n"),
        None => format!("{line}\n"),
    });
    let code: String = renamed.collect();
    Ok(format!("(() => {{\n{code}return {{ {} }};\n}})()", exported.join(", ")))
}

fn exported(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix(EXPORT)?.split_once(" = ")?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "./split.js";

    fn script() -> String {
        "import * as import1 from \"./split.js\"\n\
         import * as import2 from \"./split.js\"\n\
         function initSync(module) {\n    return wasm;\n}\n\
         const imports = {\n    \"./split.js\": import1,\n    \"./split.js\": import2,\n};\n"
            .to_owned()
    }

    fn loader() -> String {
        "import { initSync } from \"./main.js\";\n\
         function makeLoad(fetcher, deps) {\n    return fetcher;\n}\n\
         /* help, table */\n\
         const __chunk_3 = makeLoad(() => {\n    const src = fetch(new URL(\"./chunk_3.wasm\", import.meta.url));\n}\n, []);\n\
         export const __wasm_split_load_help = wrapAsyncCb(makeLoad(() => {\n    const src = fetch(new URL(\"./split_load_help.wasm\", import.meta.url));\n}\n, [__chunk_3]));\n\
         export const __wasm_split_load_none = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), []));\n"
            .to_owned()
    }

    fn names() -> Vec<Name> {
        let name = |plain: &str, hashed: &str| Name { plain: plain.to_owned(), hashed: hashed.to_owned() };
        vec![
            name("./chunk_3.wasm", "./snippets/parts/chunk_3-0123456789abcdef.wasm"),
            name("./split_load_help.wasm", "./snippets/parts/help-0123456789abcdef.wasm"),
        ]
    }

    fn error(script: &str, loader: &str, names: &[Name]) -> String {
        join(script, loader, NAME, names).expect_err("it is not as expected").to_string()
    }

    #[test]
    fn the_loader_becomes_an_object_in_place_of_its_first_import() {
        let joined = join(&script(), &loader(), NAME, &names()).expect("it is as expected");
        assert!(
            joined.starts_with("const import1 = (() => {\nfunction makeLoad(fetcher, deps) {"),
            "{joined}"
        );
        assert!(joined.contains(
            "\nreturn { __wasm_split_load_help, __wasm_split_load_none };\n})();\nconst import2 = import1;\n"
        ));
        assert!(joined.contains("\nconst __wasm_split_load_help = wrapAsyncCb("));
        assert!(joined.contains("new URL(\"./snippets/parts/help-0123456789abcdef.wasm\", import.meta.url)"));
        assert!(joined.ends_with(
            "const imports = {\n    \"./split.js\": import1,\n    \"./split.js\": import2,\n};\n"
        ));
        for word in ["export ", "import *", "import {", "\"./split_load_help.wasm\"", "\"./chunk_3.wasm\""] {
            assert!(!joined.contains(word), "{word} is left");
        }
    }

    #[test]
    fn an_error_names_what_was_expected_of_wasm_bindgen_and_what_is_there() {
        let other = script().replace("import * as import1 from", "import import1 from");
        assert!(
            error(&other, &loader(), &names()).starts_with(
                "wasm-bindgen's JavaScript file has to contain imports of the loader only in lines `import * as NAME from \"./split.js\"`, \
                 but contains `import import1 from \"./split.js\"`: its version differs"
            ),
            "{}",
            error(&other, &loader(), &names())
        );
        let other = other.replace("import * as import2 from", "import import2 from");
        assert!(
            error(&other, &loader(), &names())
                .contains("a line `import * as NAME from \"./split.js\"`, but contains")
        );
        let other = script().replace("split.js", "parts.js");
        assert!(
            error(&other, &loader(), &names())
                .contains("a line `import * as NAME from \"./split.js\"`, but does not")
        );
        let other = script().replace("function initSync(", "const initSync = (");
        assert!(error(&other, &loader(), &names()).contains("the function `function initSync(…)`"));
    }

    #[test]
    fn an_error_names_what_was_expected_of_the_loader_and_what_is_there() {
        for (from, to, expected) in [
            (
                IMPORT,
                "import * as wasm from ",
                "`import { initSync } from …` in its first line, but contains `import * as wasm from",
            ),
            (
                "export const __wasm_split_load_none",
                "export function none() {}\nconst none",
                "but contains `export function none() {}`",
            ),
            ("/* help, table */", "import other from \"./other.js\";", "but contains `import other from"),
            ("export const ", "const ", "a line `export const NAME = …` for each part, but does not"),
            ("./split_load_help.wasm", "./help.wasm", "the name \"./split_load_help.wasm\" exactly once"),
        ] {
            let error = error(&script(), &loader().replace(from, to), &names());
            assert!(
                error.starts_with("the splitter's loader has to contain ") && error.contains(expected),
                "{error}"
            );
        }
        let error = error(&script(), &loader(), &names()[..1]);
        assert!(error.contains("no names of parts that the splitter has not written, but contains `const src = fetch(new URL(\"./split_load_help.wasm\""), "{error}");
    }
}
