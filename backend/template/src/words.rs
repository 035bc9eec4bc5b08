//! Parts of messages.

/// Returns advice for a name that does not exist: the name that is closest to it, or the first names that exist.
pub(crate) fn instead<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let closest = known.iter().map(|other| (distance(name, other), *other)).min();
    match closest {
        Some((distance, other)) if distance <= 2 && distance < other.chars().count() => {
            format!("did you mean {other}?")
        }
        Some(_) => format!("write one of {}", list(&known, 12)),
        None => "there are none here, so remove it or add it".to_owned(),
    }
}

/// Returns true if two names differ in one or two letters.
pub(crate) fn is_similar(one: &str, other: &str) -> bool {
    (1..=2).contains(&distance(one, other))
}

/// Returns the first names of a list, with the number of the others.
pub(crate) fn list(names: &[&str], most: usize) -> String {
    let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(most) {
        Some(others @ 1..) => format!("{shown} and {others} more"),
        _ => shown,
    }
}

/// Returns the number of letters that have to be inserted, removed or replaced, ignoring case. Long names are compared
/// by their first 40 letters.
fn distance(one: &str, other: &str) -> usize {
    let letters = |text: &str| text.to_lowercase().chars().take(40).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_is_proposed() {
        assert_eq!(instead("Tabel", ["Table", "Queue"]), "did you mean Table?");
        assert_eq!(instead("Photos", ["Table", "Queue"]), "write one of Queue, Table");
        assert_eq!(instead("Photos", []), "there are none here, so remove it or add it");
    }
}
