//! Properties of the layout that hold for any board.

use super::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

/// Number of boards that are tried for each property.
const BOARDS: u32 = 200;

fn size() -> impl Strategy<Value = Size> {
    let kind = prop::sample::select(MIX.to_vec());
    (kind, prop::bool::weighted(0.2)).prop_map(|(kind, is_wide)| match is_wide {
        true => Size::of(kind).wide(),
        false => Size::of(kind),
    })
}

/// Any board of this many panels, in groups of random sizes.
fn board(count: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Owned>> {
    prop::collection::vec((size(), prop::bool::weighted(0.3)), count).prop_map(|panels| {
        let mut group = 0;
        let numbered = panels.into_iter().enumerate().map(|(number, (size, begins))| {
            group += usize::from(begins);
            owned(group, number, size)
        });
        numbered.collect()
    })
}

fn any_view() -> impl Strategy<Value = View> {
    (300_u32..4_000, 300_u32..2_400, prop::sample::select(vec![1.0, 1.21, 2.46])).prop_map(
        |(width, height, scale)| {
            let usual = view((width, height));
            View { gap: 12.0 * scale, band: 24.0 * scale, scale, ..usual }
        },
    )
}

proptest! {
    #![proptest_config(Config::with_cases(BOARDS))]

    #[test]
    fn panels_never_overlap_stay_inside_and_fill_every_shelf(board in board(0..90), view in any_view()) {
        assert_sound(&board, &placed(&board, &view, None), &view);
    }

    #[test]
    fn fifty_panels_need_at_most_three_screens(board in board(50)) {
        let view = view((1920, 1080));
        let needed = screens(&placed(&board, &view, None), &view);
        prop_assert!(needed <= 3.01, "{needed}");
    }

    #[test]
    fn figures_keep_their_least_and_charts_theirs(board in board(1..90), view in any_view()) {
        let placement = placed(&board, &view, None);
        let column = (view.width + view.gap) / f64::from(placement.kept.columns.max(1)) - view.gap;
        let narrow = board.iter().find(|panel| {
            let least = panel.size.least.min(placement.kept.columns).max(1);
            f64::from(get(&placement, panel).width) + 1.0 < f64::from(least) * column
        });
        prop_assert!(narrow.is_none(), "{narrow:?}");
    }
}

/// Adds a panel to a group in the middle of boards of 50, as if its topic had just appeared. Returns for each board
/// the number of other panels that moved, or `None` if the board became higher.
fn insertions() -> Vec<Option<usize>> {
    let mut moves = Vec::new();
    let view = view((1920, 1080));
    let mut runner = TestRunner::deterministic();
    for _ in 0..BOARDS {
        let mut all = board(51).new_tree(&mut runner).unwrap().current();
        let is_last = |at: &usize| all.get(at + 1).is_none_or(|next| next.group != all[*at].group);
        let at = (25..51).find(is_last).unwrap();
        let new = all.remove(at);
        let before = placed(&all, &view, None);
        all.insert(at, new);
        let after = placed(&all, &view, Some(&before.kept));
        all.remove(at);
        moves.push((after.height == before.height).then(|| moved(&all, &before, &after)));
    }
    moves
}

#[test]
fn a_new_panel_rarely_makes_the_board_higher_and_then_moves_few_others() {
    let moves = insertions();
    let mut same_height: Vec<usize> = moves.iter().flatten().copied().collect();
    same_height.sort_unstable();
    let (kept, median) = (same_height.len(), same_height[same_height.len() / 2]);
    let ninetieth = same_height[same_height.len() * 9 / 10];
    assert!(kept * 10 >= moves.len() * 7, "{kept} of {}", moves.len());
    assert!(median <= 4 && ninetieth <= 12, "{median} {ninetieth}");
}
