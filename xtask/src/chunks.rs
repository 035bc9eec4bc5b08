//! Makes the list of the small files of code shorter in the page's script.
//!
//! The splitter writes a function for each of these files, and a list of their names for each part that needs them. Here one function is
//! made for all files, from their lengths, and a list becomes a text with the distance of each file from the one before.

use std::collections::HashMap;

/// Beginning of the name of a file in the script.
const NAME: &str = "__chunk_";
/// Text of the splitter between the name of a file and its place in the joined file (`pieces.rs`), and after the place.
const BEFORE_PLACE: &str = " = makeLoad(() => {\n    const src = piece(";
const AFTER_PLACE: &str = ");\n    src.catch(() => {});\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, []);\n";
/// Beginning and end of the list of the files that a part needs.
const LIST: &str = ", [__chunk_";
const LIST_END: char = ']';
/// The functions that replace those of the splitter. A zero in a text means 35 files that the part does not need.
const FUNCTIONS: &str = "let end = 0;
const small = [LENGTHS].map((length) => {
    const start = end;
    end += length;
    return makeLoad(() => {
        const src = piece(start, start + length);
        src.catch(() => {});
        return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
    }, []);
});
function some(gaps) {
    let at = -1;
    return [...gaps].flatMap((gap) => (at += parseInt(gap, 36) || 35, gap === \"0\" ? [] : small[at]));
}
";
/// Largest distance that one digit can tell.
const MOST_GAP: usize = 35;

/// Shortens the list of the small files. Returns the script unchanged if it is not as expected.
pub fn shorten(script: &str) -> String {
    try_shorten(script).unwrap_or_else(|| script.to_owned())
}

fn try_shorten(script: &str) -> Option<String> {
    let (before, rest) = script.split_once(&["const ", NAME].concat())?;
    let (mut places, mut lengths, mut kept, mut end) = (HashMap::new(), Vec::new(), String::new(), 0);
    for piece in rest.split(&["const ", NAME].concat()) {
        match small(piece) {
            Some((number, from, to, after)) if from == end && to >= from => {
                places.insert(number, lengths.len());
                lengths.push((to - from).to_string());
                kept.push_str(after);
                end = to;
            }
            Some(_) => return None,
            None => kept.extend(["const ", NAME, piece]),
        }
    }
    if lengths.is_empty() {
        return None;
    }
    let functions = FUNCTIONS.replace("LENGTHS", &lengths.join(","));
    Some([before, &functions, &shorten_lists(&kept, &places)?].concat())
}

/// Reads the function of a small file. `text` begins with its number. Returns the number, its place in the joined file, and the text after
/// the function. Returns `None` for another function.
fn small(text: &str) -> Option<(&str, usize, usize, &str)> {
    let (number, rest) = text.split_once(BEFORE_PLACE)?;
    let (place, after) = rest.split_once(AFTER_PLACE)?;
    let (from, to) = place.split_once(", ")?;
    Some((number, from.parse().ok()?, to.parse().ok()?, after))
}

/// Replaces the small files in all lists by their distances.
fn shorten_lists(script: &str, places: &HashMap<&str, usize>) -> Option<String> {
    let mut lists = script.split(LIST);
    let mut shortened = lists.next()?.to_owned();
    for list in lists {
        let (names, after) = list.split_once(LIST_END)?;
        let names = names.split(", ").map(|name| name.strip_prefix(NAME).unwrap_or(name));
        let (small, large): (Vec<&str>, Vec<&str>) = names.partition(|name| places.contains_key(name));
        let mut at: Vec<usize> = small.iter().map(|name| places[name]).collect();
        at.sort_unstable();
        let mut items: Vec<String> = large.iter().map(|number| [NAME, number].concat()).collect();
        items.extend((!at.is_empty()).then(|| format!("...some(\"{}\")", gaps(&at))));
        shortened.extend([", [", &items.join(", "), "]", after]);
    }
    Some(shortened)
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

    fn function(number: u32, request: &str) -> String {
        format!(
            "const __chunk_{number} = makeLoad(() => {{\n    const src = {request};\n    src.catch(() => {{}});\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}}\n, []);\n"
        )
    }

    fn script() -> String {
        let functions = [
            function(3, "piece(0, 70)"),
            function(4, "fetch(new URL(\"./large.wasm\", import.meta.url))"),
            function(7, "piece(70, 100)"),
            function(9, "piece(100, 107)"),
        ];
        format!(
            "let a;\n{}const load = wrapAsyncCb(makeLoad(() => {{}}\n, [__chunk_3, __chunk_4, __chunk_9]));\nconst other = makeLoad(f, [__chunk_4]);\n",
            functions.concat()
        )
    }

    #[test]
    fn small_files_are_made_from_their_lengths_and_lists_from_distances() {
        let shortened = shorten(&script());
        assert!(
            shortened.starts_with("let a;\nlet end = 0;\nconst small = [70,30,7].map((length) => {\n"),
            "{shortened}"
        );
        let end = format!(
            "{}const load = wrapAsyncCb(makeLoad(() => {{}}\n, [__chunk_4, ...some(\"12\")]));\nconst other = makeLoad(f, [__chunk_4]);\n",
            function(4, "fetch(new URL(\"./large.wasm\", import.meta.url))")
        );
        assert!(shortened.ends_with(&end), "{shortened}");
    }

    #[test]
    fn a_large_distance_takes_several_digits() {
        assert_eq!(gaps(&[0, 1, 3, 38, 74, 180]), "112z010001");
        assert_eq!(gaps(&[]), "");
    }

    #[test]
    fn a_script_that_is_not_as_expected_stays_the_same() {
        for other in [
            script().replace("piece(70, 100)", "piece(71, 100)"),
            "let a;\n".to_owned(),
            function(4, "fetch(url)"),
        ] {
            assert_eq!(shorten(&other), other);
        }
    }
}
