//! The order of the lines of a damaged recording.

use super::entry::Line;
use crate::Millis;

/// Replaces lines by faults so that the times of the others never decrease and are not before `started_at`. As few lines as possible
/// are replaced, so that one line with a wrong time does not invalidate those after it.
pub(super) fn without_decreasing(
    started_at: Millis,
    mut lines: Vec<Result<Line, String>>,
) -> Vec<Result<Line, String>> {
    for line in &mut lines {
        if line.as_ref().is_ok_and(|line| line.at < started_at) {
            *line = Err("its time is before the beginning of the recording".to_owned());
        }
    }
    let times = lines.iter().enumerate().filter_map(|(index, line)| Some((index, line.as_ref().ok()?.at)));
    if times.clone().is_sorted_by_key(|(_, at)| at) {
        return lines;
    }
    for index in decreasing(&times.collect::<Vec<_>>()) {
        if let Some(line) = lines.get_mut(index) {
            *line = Err("its time does not fit those of the lines around it".to_owned());
        }
    }
    lines
}

/// Returns the indices of as few times as possible without which the others never decrease. `times` are pairs of an index and a time.
///
/// It finds a longest subsequence that never decreases. For the times 1, 2, 90, 3, 4, these are 1, 2, 3, 4, and the result is the index
/// of 90.
fn decreasing(times: &[(usize, Millis)]) -> Vec<usize> {
    // `ends` has the place of the lowest time that ends such a subsequence of each length, and `before` the place of the time before
    // each time in its longest subsequence.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    for (place, (_, at)) in times.iter().enumerate() {
        let length = ends.partition_point(|end| times[*end].1 <= *at);
        before.push(length.checked_sub(1).map(|last| ends[last]));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut is_kept = vec![false; times.len()];
    let mut next = ends.last().copied();
    while let Some(place) = next {
        is_kept[place] = true;
        next = before[place];
    }
    times.iter().zip(is_kept).filter(|(_, is_kept)| !is_kept).map(|((index, _), _)| *index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn left_out(times: &[Millis]) -> Vec<usize> {
        decreasing(&times.iter().copied().enumerate().collect::<Vec<_>>())
    }

    #[test]
    fn one_wrong_time_leaves_out_one_line() {
        assert_eq!(left_out(&[1, 2, 2, 3]), [0_usize; 0]);
        assert_eq!(left_out(&[1, 2, 90, 3, 4]), [2]);
        assert_eq!(left_out(&[5, 6, 1, 7]), [2]);
        assert_eq!(left_out(&[1, 2, 90, 3, 0, 3, 4, 5]), [2, 4]);
        assert_eq!(left_out(&[]), [0_usize; 0]);
    }
}
