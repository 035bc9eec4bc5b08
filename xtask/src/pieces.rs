//! Puts the small files of the page's code into one file.
//!
//! Code that several parts of the page use is in files of its own, of which there are dozens, most of them smaller than a kilobyte. A
//! part needs up to twenty of them. A browser would make a request for each, which takes several round trips. With one file for all of
//! them, it makes one.

use std::hash::{DefaultHasher, Hasher};

/// Maximum size of a small file in bytes, before compression.
const MOST_BYTES: usize = 4_000;
/// Beginning of the expression in the script that requests a file. The address follows.
const REQUEST: &str = "fetch(new URL(\"./";
/// End of this expression.
const REQUEST_END: &str = "\", import.meta.url))";
/// The function that replaces these requests. A request that fails is made again by the next call.
const FUNCTION: &str = "let pieces;
function piece(start, end) {
    const read = (response) => response.ok ? response.arrayBuffer() : Promise.reject(new Error(response.statusText));
    pieces ??= REQUEST.then(read);
    pieces.catch(() => { pieces = undefined; });
    return pieces.then((bytes) => new Response(bytes.slice(start, end), { headers: { \"content-type\": \"application/wasm\" } }));
}
";

/// The script of a page whose small files were joined.
pub struct Joined {
    /// The script, which requests the joined file.
    pub script: String,
    /// Path of the joined file, relative to the script.
    pub name: String,
    /// Content of the joined file.
    pub content: Vec<u8>,
    /// Paths of the files that are no longer needed.
    pub replaced: Vec<String>,
}

/// Joins the small files in `folder` that the script requests. `read` returns the content of the file with a path. Returns `None` if there
/// are fewer than two.
///
/// # Errors
///
/// The first error of `read`.
pub fn join<E>(
    script: &str,
    folder: &str,
    read: impl Fn(&str) -> Result<Vec<u8>, E>,
) -> Result<Option<Joined>, E> {
    let (mut content, mut replaced) = (Vec::new(), Vec::new());
    let mut pieces = script.split(REQUEST);
    let mut joined = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let request = piece.split_once(REQUEST_END).filter(|(path, _)| path.starts_with(folder));
        let small = match request {
            Some((path, after)) => {
                Some((path, after, read(path)?)).filter(|(.., bytes)| bytes.len() <= MOST_BYTES)
            }
            None => None,
        };
        match small {
            Some((path, after, bytes)) => {
                joined += &format!("piece({}, {}){after}", content.len(), content.len() + bytes.len());
                content.extend(bytes);
                replaced.push(path.to_owned());
            }
            None => joined.extend([REQUEST, piece]),
        }
    }
    if replaced.len() < 2 {
        return Ok(None);
    }
    let name = format!("{folder}/pieces-{:016x}.wasm", hash(&content));
    let request = [REQUEST, &name, REQUEST_END].concat();
    let script = FUNCTION.replace("REQUEST", &request) + &joined;
    Ok(Some(Joined { script, name, content, replaced }))
}

/// Returns a hash of the content. The server recognises names of files that may be cached for ever by their digits.
fn hash(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    const SCRIPT: &str = "const a = fetch(new URL(\"./parts/a-1.wasm\", import.meta.url));
const b = fetch(new URL(\"./parts/b-2.wasm\", import.meta.url));
const c = fetch(new URL(\"./other/c.wasm\", import.meta.url));
const d = fetch(new URL(\"./parts/d-3.wasm\", import.meta.url));
";

    fn file(path: &str) -> Result<Vec<u8>, Infallible> {
        Ok(if path == "parts/b-2.wasm" { vec![b'b'; MOST_BYTES + 1] } else { path.as_bytes().to_vec() })
    }

    #[test]
    fn small_files_are_parts_of_one_file_and_the_others_stay() {
        let Ok(Some(joined)) = join(SCRIPT, "parts", file) else { panic!("nothing was joined") };
        let Joined { script, name, content, replaced } = joined;
        assert_eq!(
            (content.as_slice(), replaced.join(" ").as_str()),
            (&b"parts/a-1.wasmparts/d-3.wasm"[..], "parts/a-1.wasm parts/d-3.wasm")
        );
        assert!(name.starts_with("parts/pieces-") && name.len() == "parts/pieces-.wasm".len() + 16, "{name}");
        assert!(
            script.contains(&format!("pieces ??= fetch(new URL(\"./{name}\", import.meta.url)).then(read);")),
            "{script}"
        );
        let end = "const a = piece(0, 14);
const b = fetch(new URL(\"./parts/b-2.wasm\", import.meta.url));
const c = fetch(new URL(\"./other/c.wasm\", import.meta.url));
const d = piece(14, 28);
";
        assert!(script.ends_with(end), "{script}");
    }

    #[test]
    fn a_script_with_one_small_file_is_not_changed() {
        let script = SCRIPT.lines().take(3).collect::<String>();
        assert!(matches!(join(&script, "parts", file), Ok(None)));
        assert!(matches!(join("", "parts", file), Ok(None)));
    }
}
