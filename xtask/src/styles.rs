//! Joins the style sheets of the page into one file.
//!
//! Trunk writes a file for each style sheet that index.html names. One file is a quarter smaller, because Brotli finds the
//! repetitions of all of them, and a browser makes one request instead of nine before it shows anything.

use crate::stamp::hash;

/// Beginning of a link. Trunk writes attributes with quotation marks, or without if it makes the page small.
const LINK: &str = "<link ";

/// A page whose style sheets were joined.
pub struct Joined {
    /// The page, in which one link replaces the others.
    pub html: String,
    /// Name of the file that contains the joined style sheets.
    pub name: String,
    /// Content of this file.
    pub css: String,
    /// Names of the files that are no longer needed.
    pub replaced: Vec<String>,
}

/// Joins the style sheets that `html` links to, in their order. `read` returns the content of the file with a name. Returns `None` if
/// there are fewer than two.
///
/// # Errors
///
/// The first error of `read`.
pub fn join<E>(html: &str, mut read: impl FnMut(&str) -> Result<String, E>) -> Result<Option<Joined>, E> {
    let links: Vec<&str> = html.split(LINK).skip(1).filter_map(style_sheet).collect();
    let [first, _, ..] = links[..] else { return Ok(None) };
    let names: Vec<String> = links.iter().map(|link| file_name(link).to_owned()).collect();
    let css = names.iter().map(|name| read(name)).collect::<Result<Vec<_>, E>>()?.concat();
    let name = format!("style-{:016x}.css", hash(css.as_bytes()));
    let base = &first[..first.len() - file_name(first).len()];
    let mut pieces = html.split(LINK);
    let mut joined = pieces.next().unwrap_or_default().to_owned();
    let mut link = format!("{LINK}rel=stylesheet href={base}{name}>");
    for piece in pieces {
        match (style_sheet(piece), piece.split_once('>')) {
            (Some(_), Some((_, after))) => joined.extend([std::mem::take(&mut link).as_str(), after]),
            _ => joined.extend([LINK, piece]),
        }
    }
    Ok(Some(Joined { html: joined, name, css, replaced: names }))
}

/// Returns the address of a style sheet. `link` begins with the attributes of a link. Returns `None` for another link.
fn style_sheet(link: &str) -> Option<&str> {
    let (tag, _) = link.split_once('>')?;
    let value = |name: &str| {
        let mut attributes = tag.trim_end_matches('/').split_ascii_whitespace();
        let value = attributes.find_map(|attribute| attribute.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim_matches('"'))
    };
    value("rel").filter(|rel| *rel == "stylesheet").and_then(|_| value("href"))
}

fn file_name(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn sheet(name: &str) -> Result<String, Infallible> {
        Ok(format!(".{name}{{}}"))
    }

    #[test]
    fn one_link_takes_the_place_of_all_style_sheets() {
        let quoted = "<head>\n<link rel=\"stylesheet\" href=\"/a-1.css\"/>\n<link href=\"/b-2.css\" rel=\"stylesheet\">\n<link rel=\"icon\" href=\"/c.svg\"/></head>";
        let bare = "<head>\n<link rel=stylesheet href=/a-1.css>\n<link href=/b-2.css rel=stylesheet>\n<link rel=\"icon\" href=\"/c.svg\"/></head>";
        for html in [quoted, bare] {
            let Ok(Some(joined)) = join(html, sheet) else { panic!("nothing was joined") };
            let Joined { html, name, css, replaced } = joined;
            assert_eq!(
                (css.as_str(), replaced.join(" ").as_str()),
                (".a-1.css{}.b-2.css{}", "a-1.css b-2.css")
            );
            assert!(name.starts_with("style-") && name.len() == "style-.css".len() + 16, "{name}");
            let link = format!("<link rel=stylesheet href=/{name}>");
            assert_eq!(html, format!("<head>\n{link}\n\n<link rel=\"icon\" href=\"/c.svg\"/></head>"));
        }
    }

    #[test]
    fn another_content_gets_another_name() {
        let html = "<link rel=\"stylesheet\" href=\"./a.css\"><link rel=\"stylesheet\" href=\"./b.css\">";
        let name = |more: &str| {
            let joined = join(html, |name| sheet(&[name, more].concat()));
            joined.ok().flatten().map(|joined| (joined.name, joined.html))
        };
        assert_ne!(name("").map(|(name, _)| name), name("x").map(|(name, _)| name));
        assert!(name("").is_some_and(|(name, html)| html.contains(&format!("href=./{name}>"))));
    }

    #[test]
    fn a_page_with_one_style_sheet_is_not_changed() {
        assert!(matches!(join("<link rel=\"stylesheet\" href=\"/a.css\">", sheet), Ok(None)));
        assert!(matches!(join("<p>", sheet), Ok(None)));
    }
}
