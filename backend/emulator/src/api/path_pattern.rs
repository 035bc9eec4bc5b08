//! Patterns of paths, by which a distribution selects a behavior.

/// Returns true if a path matches a pattern. `*` stands for any number of characters and `?` for exactly one, capital letters
/// differ from small ones, and a slash at the beginning of the pattern may be absent (Amazon CloudFront Developer Guide, "Path
/// pattern").
pub fn matches(pattern: &str, path: &str) -> bool {
    let text = |text: &str| text.strip_prefix('/').unwrap_or(text).chars().collect::<Vec<_>>();
    let (pattern, path) = (text(pattern), text(path));
    let (mut at, mut here) = (0, 0);
    // Position after the last `*`, and the number of characters of the path that it stands for so far.
    let mut star = None;
    while here < path.len() {
        match pattern.get(at) {
            Some('*') => {
                at += 1;
                star = Some((at, here));
            }
            Some(character) if *character == '?' || *character == path[here] => {
                (at, here) = (at + 1, here + 1)
            }
            Some(_) | None => match star {
                Some((after, from)) => {
                    (at, here) = (after, from + 1);
                    star = Some((after, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|character| *character == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_characters_and_question_marks_for_one() {
        for (pattern, path) in [
            ("*", "/"),
            ("*", "/a/b"),
            ("/api/*", "/api/rooms/1"),
            ("api/*", "/api/"),
            ("*.png", "/images/a.png"),
            ("/a?c", "/abc"),
            ("/*/b/*.js", "/a/b/b/x.js"),
            ("/images/*", "/images/**"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("/api/*", "/api"), ("*.png", "/a.PNG"), ("/a?c", "/ac"), ("/a", "/ab"), ("/*/b", "/a/bc")]
        {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
