//! Moves the list of the page's parts out of the page's script, and puts their small files into one.
//!
//! The splitter writes a function for each file of code that a part needs, of which there are hundreds, most of them smaller than a kilobyte,
//! because code that several parts use is in files of its own. All of this would be loaded before the first picture. Here the list
//! becomes a file in JSON, which the page requests together with its views, and the small files become parts of one file, because a browser
//! would make a request for each. The files of the views are named in the script, so that nothing has to be loaded before them.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use crate::stamp::hash;

/// Maximum size of a small file in bytes, before compression.
const MOST_BYTES: usize = 4_000;
/// Beginning of the names of functions that load a file, and of those that load a part.
const FILE: &str = "__chunk_";
const PART: &str = "__wasm_split_load_";
/// Name of the part with the views.
const VIEWS: &str = "load_views";
/// Text around the address of a function's own file.
const REQUEST: &str = "fetch(new URL(\"./";
const REQUEST_END: &str = "\", import.meta.url))";
/// Text around the names of the functions of the other files that it needs.
const NEEDS: &str = ", [";
const NEEDS_END: &str = "])";
/// Largest distance that one digit of [`gaps`] can tell.
const MOST_GAP: usize = 35;

/// The functions that replace those of the splitter. `LIST` and `VIEWS` are replaced by the address of the list and those of the views'
/// files. A request that fails is made again by the next call. In the text of a part's small files, a zero means 35 files that the part
/// does not need.
const FUNCTIONS: &str = "const listed = new URL(\"LIST\", import.meta.url);
const views = [VIEWS].map((name) => file(new URL(name, import.meta.url)));
let list;
function parts() {
    list ??= body(listed, \"json\").then(read);
    list.catch(() => { list = undefined; });
    return list;
}
async function body(address, type) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    return response[type]();
}
function file(address) {
    return makeLoad(() => {
        const src = fetch(address);
        src.catch(() => {});
        return (imports) => WebAssembly.instantiateStreaming(src, imports);
    }, []);
}
function read({ joined, lengths, files, parts }) {
    let bytes;
    let end = 0;
    const all = () => {
        bytes ??= body(new URL(joined, listed), \"arrayBuffer\");
        bytes.catch(() => { bytes = undefined; });
        return bytes;
    };
    const small = lengths.map((length) => {
        const start = end;
        end += length;
        return makeLoad(() => async (imports) => WebAssembly.instantiate((await all()).slice(start, start + length), imports), []);
    });
    const large = files.map((name) => file(new URL(name, listed)));
    return (name) => {
        const [own, gaps] = parts[name];
        let at = -1;
        const some = [...gaps].flatMap((gap) => (at += parseInt(gap, 36) || 35, gap === \"0\" ? [] : small[at]));
        return load([...views, ...own.map((number) => large[number]), ...some]);
    };
}
const load = (files) => Promise.all(files.map((file) => file()));
const part = (name) => wrapAsyncCb(async () => (await parts())(name));
const first = () => {
    parts().catch(() => {});
    return load(views);
};
";

/// A page whose parts were listed.
pub struct Listed {
    /// The script, which requests the list.
    pub script: String,
    /// The new files, each with its path, relative to the script.
    pub files: Vec<(String, Vec<u8>)>,
    /// Paths of the files that are no longer needed.
    pub replaced: Vec<String>,
}

/// Lists the parts of the page whose files the script requests from `folder`. `content` returns the content of the file with a path. Returns
/// `None` if the script is not as the splitter writes it, or if it has no part with the views.
///
/// # Errors
///
/// The first error of `content`.
pub fn list<E>(
    script: &str,
    folder: &str,
    content: impl Fn(&str) -> Result<Vec<u8>, E>,
) -> Result<Option<Listed>, E> {
    let Some(found) = Found::in_script(script) else { return Ok(None) };
    let paths = found.paths();
    let views = found.parts[VIEWS].clone();
    let (mut joined, mut lengths, mut large, mut replaced) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut places = HashMap::new();
    for path in paths.into_iter().filter(|path| !views.contains(path)) {
        let bytes = content(path)?;
        if bytes.len() > MOST_BYTES {
            places.insert(path, Place::Large(large.len()));
            large.push(beside(folder, path));
            continue;
        }
        places.insert(path, Place::Small(lengths.len()));
        lengths.push(bytes.len());
        joined.extend(bytes);
        replaced.push(path.to_owned());
    }
    let others = found.parts.iter().filter(|(name, _)| **name != VIEWS);
    let parts: BTreeMap<_, _> = others.map(|(name, files)| (*name, places_of(files, &places))).collect();
    let joined_name = format!("{folder}/pieces-{:016x}.wasm", hash(&joined));
    let list =
        json!({"joined": beside(folder, &joined_name), "lengths": lengths, "files": large, "parts": parts});
    let list = list.to_string().into_bytes();
    let list_name = format!("{folder}/list-{:016x}.json", hash(&list));
    let script = found.script(&list_name, &views);
    Ok(Some(Listed { script, files: vec![(joined_name, joined), (list_name, list)], replaced }))
}

/// The place of a file: its number among the large files, or among the pieces of the joined one.
enum Place {
    Large(usize),
    Small(usize),
}

/// Returns the numbers of the large files of a part, and the text for its small ones.
fn places_of(files: &[&str], places: &HashMap<&str, Place>) -> (Vec<usize>, String) {
    let (mut large, mut small) = (Vec::new(), Vec::new());
    for file in files {
        match places.get(file) {
            Some(Place::Large(number)) => large.push(*number),
            Some(Place::Small(number)) => small.push(*number),
            // The files of the views are loaded before every part.
            None => {}
        }
    }
    small.sort_unstable();
    (large, gaps(&small))
}

/// The parts in the script.
struct Found<'a> {
    /// The script before and after the functions of the splitter.
    before: &'a str,
    after: &'a str,
    /// The paths of the files of each part, by the name of the part.
    parts: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Found<'a> {
    fn in_script(script: &'a str) -> Option<Self> {
        let from =
            script.find(&["const ", FILE].concat()).or_else(|| script.find(&["const ", PART].concat()))?;
        let (functions, after) = script[from..].split_once("return { ")?;
        let (names, after) = after.split_once(" };\n")?;
        let (mut files, mut parts) = (HashMap::new(), BTreeMap::new());
        for function in functions.strip_prefix("const ")?.split("\nconst ") {
            let (name, function) = function.split_once(" = ")?;
            // The function of a part without a file of its own requests none.
            let own =
                function.split_once(REQUEST).and_then(|(_, rest)| Some(rest.split_once(REQUEST_END)?.0));
            if let Some(part) = name.strip_prefix(PART) {
                let (_, needs) = function.rsplit_once(NEEDS)?;
                let needs = needs.split_once(NEEDS_END)?.0.split(", ").filter(|name| !name.is_empty());
                let needs = needs.map(|name| files.get(name).copied()).collect::<Option<Vec<_>>>()?;
                parts.insert(part, needs.into_iter().chain(own).collect());
            } else if name.starts_with(FILE) {
                files.insert(name, own?);
            } else {
                return None;
            }
        }
        let is_complete = names
            .split(", ")
            .all(|name| name.strip_prefix(PART).is_some_and(|part| parts.contains_key(part)));
        (is_complete && parts.contains_key(VIEWS)).then_some(Self { before: &script[..from], after, parts })
    }

    /// Returns the paths of all files, each once.
    fn paths(&self) -> Vec<&'a str> {
        let mut paths: Vec<&str> = self.parts.values().flatten().copied().collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Returns the script with the functions that replace those of the splitter.
    fn script(&self, list: &str, views: &[&str]) -> String {
        let views: Vec<_> = views.iter().map(|path| format!("\"./{path}\"")).collect();
        let functions = FUNCTIONS.replace("LIST", &format!("./{list}")).replace("VIEWS", &views.join(", "));
        let load = |name: &&str| match *name {
            VIEWS => format!("{PART}{name}: wrapAsyncCb(first)"),
            _ => format!("{PART}{name}: part(\"{name}\")"),
        };
        let loads: Vec<_> = self.parts.keys().map(load).collect();
        [self.before, &functions, "return { ", &loads.join(", "), " };\n", self.after].concat()
    }
}

/// Returns a path in `folder` relative to the files in it.
fn beside(folder: &str, path: &str) -> String {
    ["./", path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/')].concat()
}

/// Returns the distance of each number from the one before as a digit of the base 36.
fn gaps(numbers: &[usize]) -> String {
    let (mut text, mut next) = (String::new(), 0);
    for number in numbers {
        let mut gap = number + 1 - next;
        while gap > MOST_GAP {
            text.push('0');
            gap -= MOST_GAP;
        }
        text.extend(char::from_digit(gap as u32, 36));
        next = number + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::convert::Infallible;

    fn function(file: &str, needs: &str) -> String {
        format!(
            "makeLoad(() => {{\n    const src = fetch(new URL(\"./parts/{file}-1.wasm\", import.meta.url));\n    src.catch(() => {{}});\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}}\n, [{needs}])"
        )
    }

    fn script() -> String {
        let chunk = |number: u32| {
            format!("/* both */\nconst __chunk_{number} = {};\n", function(&format!("chunk_{number}"), ""))
        };
        let part = |name: &str, needs: &str| {
            format!("const __wasm_split_load_{name} = wrapAsyncCb({});\n", function(name, needs))
        };
        let functions = [
            chunk(3),
            chunk(4),
            chunk(7),
            part("load_help", "__chunk_3, __chunk_4, __chunk_7"),
            part("load_views", "__chunk_3"),
            "const __wasm_split_load_load_none = wrapAsyncCb(makeLoad(() => async (_imp) => ({}), [__chunk_3, __chunk_7]));\n".to_owned(),
        ];
        let names = "return { __wasm_split_load_load_none, __wasm_split_load_load_views, __wasm_split_load_load_help };\n";
        format!("const a = (() => {{\n{}{names}}})();\nconst b = a;\n", functions.concat())
    }

    /// The file of chunk 4 is large.
    fn content(path: &str) -> Result<Vec<u8>, Infallible> {
        Ok(if path.contains("chunk_4") { vec![b'4'; MOST_BYTES + 1] } else { path.as_bytes().to_vec() })
    }

    #[test]
    fn the_script_names_the_files_of_the_views_and_the_list_has_all_others() {
        let Ok(Some(listed)) = list(&script(), "parts", content) else { panic!("nothing was listed") };
        let [(pieces, joined), (list, text)] = &listed.files[..] else { panic!("two files") };
        assert_eq!(joined, b"parts/chunk_7-1.wasmparts/load_help-1.wasm");
        assert_eq!(listed.replaced, ["parts/chunk_7-1.wasm", "parts/load_help-1.wasm"]);
        let text: Value = serde_json::from_slice(text).expect("JSON");
        let expected = json!({"joined": beside("parts", pieces), "lengths": [20, 22], "files": ["./chunk_4-1.wasm"],
            "parts": {"load_help": [[0], "11"], "load_none": [[], "1"]}});
        assert_eq!(text, expected);
        let script = &listed.script;
        assert!(
            script.contains(&format!("const listed = new URL(\"./{list}\", import.meta.url);")),
            "{script}"
        );
        assert!(
            script.contains("const views = [\"./parts/chunk_3-1.wasm\", \"./parts/load_views-1.wasm\"].map("),
            "{script}"
        );
        let end = "return { __wasm_split_load_load_help: part(\"load_help\"), __wasm_split_load_load_none: part(\"load_none\"), \
            __wasm_split_load_load_views: wrapAsyncCb(first) };\n})();\nconst b = a;\n";
        assert!(script.starts_with("const a = (() => {\n") && script.ends_with(end), "{script}");
        assert!(!script.contains("__chunk_"), "{script}");
    }

    #[test]
    fn a_large_distance_takes_several_digits() {
        assert_eq!(gaps(&[0, 1, 3, 38, 74, 180]), "112z010001");
        assert_eq!(gaps(&[]), "");
    }

    #[test]
    fn a_script_that_is_not_as_expected_is_not_changed() {
        let known = script();
        for other in [
            String::new(),
            "let a;\n".to_owned(),
            known.replace("load_views", "load_other"),
            known.replace("[__chunk_3, __chunk_7]", "[__chunk_3, __chunk_8]"),
            known.replace("return { ", "return {"),
            known.replace("const __chunk_3", "const chunk_3"),
        ] {
            assert!(matches!(list(&other, "parts", content), Ok(None)), "{other}");
        }
    }
}
