//! Makes the page's main module smaller, together with the JavaScript file that wasm-bindgen writes for it.
//!
//! The two call each other by names, of which each has a hash or the whole path of a Rust function. Neither can be compressed, and
//! every name is in both files. Some of them are not used: a library of Leptos exports classes that the page never creates.

mod module;
mod order;

pub use order::name_by_likeness;

use module::Module;
use std::collections::HashSet;

/// Beginning of the line in JavaScript that opens the object with the functions for the module.
const IMPORTS: &str = "    const import0 = {";
/// Line that ends this object.
const IMPORTS_END: &str = "    };";
/// Indentation of the functions in this object.
const INDENT: &str = "        ";
/// Digits of short names. A name does not begin with a number.
const DIGITS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Removes the classes that libraries export from the script, and from the module everything that the script does not mention. The
/// functions of the classes are then removed by `wasm-opt`. Returns `None` if the file is not a module that this code understands.
pub fn without_classes(script: &str, module: &[u8]) -> Option<(String, Vec<u8>)> {
    let script = remove_classes(script);
    let mut module = Module::parse(module)?;
    let words: HashSet<&str> = words(&script).collect();
    module.exports.retain(|export| words.contains(export.name.as_str()));
    Some((script, module.bytes()))
}

/// Gives short names to the functions by which the module and the script call each other, and removes functions from the script
/// that the module does not import. Returns `None` if the two files are not as wasm-bindgen writes them.
pub fn shorten(script: &str, module: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut module = Module::parse(module)?;
    let mut script = shorten_imports(script, &mut module)?;
    for (index, export) in module.exports.iter_mut().enumerate() {
        // The loader of the parts and the parts themselves use other exports, which wasm-bindgen does not name like this.
        if export.name.starts_with("_R") || export.name.starts_with("_Z") {
            let short = format!("${}", short(index));
            script = replace_word(&script, &export.name, &short);
            export.name = short;
        }
    }
    Some((script, module.bytes()))
}

/// Removes the classes that the script exports, with what belongs to them.
fn remove_classes(script: &str) -> String {
    let mut kept = String::with_capacity(script.len());
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        let class = line.strip_prefix("export class ").and_then(|rest| rest.strip_suffix(" {"));
        let end = if class.is_some() {
            "}"
        } else if line.starts_with("const ") && line.contains("Finalization = ") {
            // The expression ends with the first line that has a semicolon.
            lines.by_ref().find(|line| line.ends_with(';'));
            continue;
        } else if line.starts_with("if (Symbol.dispose) ") {
            continue;
        } else {
            kept.push_str(line);
            kept.push('\n');
            continue;
        };
        lines.by_ref().find(|line| *line == end);
    }
    kept
}

/// Renames the functions that the module imports from the script. The others are removed from the script.
fn shorten_imports(script: &str, module: &mut Module) -> Option<String> {
    let own = module.imports.iter().find(|import| import.module.ends_with("_bg.js"))?.module.clone();
    let (before, rest) = script.split_once(IMPORTS)?;
    let (functions, after) = rest.split_once(&format!("\n{IMPORTS_END}\n"))?;
    let functions = functions_of(functions);
    let mut kept = String::new();
    let mut imports: Vec<_> = module.imports.iter_mut().filter(|import| import.module == own).collect();
    for (index, import) in imports.iter_mut().enumerate() {
        let (_, function) = functions.iter().find(|(name, _)| *name == import.name)?;
        let short = short(index);
        kept += &function.replacen(&import.name, &short, 1);
        (import.name, import.module) = (short, "_".to_owned());
    }
    let after = after.replacen(&format!("\"{own}\": import0"), "_: import0", 1);
    Some([before, IMPORTS, "\n", INDENT, "__proto__: null,", &kept, "\n", IMPORTS_END, "\n", &after].concat())
}

/// Divides the content of the object with the functions for the module. Returns the name of each with its text, which begins
/// with the end of the line before it.
fn functions_of(text: &str) -> Vec<(&str, String)> {
    let mut functions: Vec<(&str, String)> = Vec::new();
    for line in text.lines() {
        let start = line
            .strip_prefix(INDENT)
            .filter(|rest| rest.starts_with(|first: char| first == '_' || first.is_alphabetic()));
        if let Some((name, _)) = start.and_then(|rest| rest.split_once(": ")) {
            functions.push((name, String::new()));
        }
        if let Some((_, text)) = functions.last_mut() {
            text.push('\n');
            text.push_str(line);
        }
    }
    functions
}

/// Returns a name of one or two letters for every number up to 2,755.
fn short(number: usize) -> String {
    let letter = |digit: usize| char::from(DIGITS[digit % DIGITS.len()]);
    match number / DIGITS.len() {
        0 => letter(number).to_string(),
        more => [letter(more - 1), letter(number)].iter().collect(),
    }
}

/// Returns the identifiers and other words of a script.
fn words(script: &str) -> impl Iterator<Item = &str> {
    script.split(|char: char| !is_of_word(char)).filter(|word| !word.is_empty())
}

/// Replaces `from` by `to` wherever it is a whole word.
fn replace_word(script: &str, from: &str, to: &str) -> String {
    let mut replaced = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let is_whole = !before.ends_with(is_of_word) && !after.starts_with(is_of_word);
        replaced += before;
        replaced += if is_whole { to } else { from };
        rest = after;
    }
    replaced + rest
}

fn is_of_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '$')
}

#[cfg(test)]
mod tests;
