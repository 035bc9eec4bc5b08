//! Property tests: what a reader gets from blocks is what it would compute from all publications.

use proptest::prelude::*;
use shared::bucket::Bucket;
use shared::{Data, Millis, Publication};

use super::*;

/// A publication's time of receipt after the one before it, the time by which its event was earlier, and its value.
type Step = (u16, Option<u32>, i8);

const BEGIN: Millis = 1_800_000_000_000;

/// Publications about the seconds after [`BEGIN`]: mostly regular ones, some silences and some that are late.
fn publications(steps: &[Step]) -> Vec<Publication> {
    let mut received_at = BEGIN;
    let publication = |(index, (passed, late, value)): (usize, &Step)| {
        received_at += if *passed < 1_000 { 1_000 } else { Millis::from(*passed) * 100 };
        let ts = received_at - late.map_or(0, |late| Millis::from(late % 600_000));
        let data = match value {
            -128 => Data::from(serde_json::Value::from("gone")),
            value => Data::parse(&format!("{{\"a\":{value}.50}}")).unwrap(),
        };
        Publication { offset: index as u64 + 1, ts, received_at, data }
    };
    steps.iter().enumerate().map(publication).collect()
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let passed = prop_oneof![20 => 0..1_000_u16, 1 => 1_000..20_000_u16];
    let late = prop_oneof![10 => Just(None), 1 => any::<u32>().prop_map(Some)];
    prop::collection::vec((passed, late, any::<i8>()), 1..1_400)
}

fn effective(item: &Publication) -> Millis {
    item.ts.min(item.received_at)
}

/// The blocks of level 1, and those of level 2 that are complete.
fn blocks(items: &[Publication]) -> (Vec<Block>, Vec<Block>) {
    let size = Level::LOWEST.size() as usize;
    let first: Vec<Block> = items.chunks_exact(size).filter_map(Block::of).collect();
    let second = first.chunks_exact(Level::FAN as usize).filter_map(Block::merged).collect();
    (first, second)
}

fn numbers(items: &[Publication]) -> Vec<&Publication> {
    items.iter().filter(|item| item.data.text() != "\"gone\"").collect()
}

/// Computes the bucket of these publications without blocks.
fn directly(items: &[&Publication]) -> Option<(Millis, Millis, u64, f64, f64, String, String)> {
    let mut sorted = items.to_vec();
    sorted.sort_by_key(|item| (effective(item), item.offset));
    let (first, last) = (sorted.first()?, sorted.last()?);
    let value = |item: &Publication| item.data.value()["a"].as_f64().unwrap();
    let text = |item: &Publication| item.data.text()[5..item.data.text().len() - 1].to_owned();
    let values = || sorted.iter().map(|item| value(item));
    Some((
        effective(first),
        effective(last),
        sorted.len() as u64,
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
        text(first),
        text(last),
    ))
}

fn shown(bucket: &Bucket) -> (Millis, Millis, u64, f64, f64, String, String) {
    let range = bucket.range.clone().unwrap();
    let number = |data: &Data| data.value().as_f64().unwrap();
    let (first, last) = (bucket.first.text().to_owned(), bucket.last.text().to_owned());
    (bucket.first_ms, bucket.last_ms, bucket.count, number(&range.min), number(&range.max), first, last)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn merged_blocks_are_what_all_publications_give(steps in steps()) {
        let items = publications(&steps);
        let (first, second) = blocks(&items);
        for (blocks, size) in [(first, 64), (second, 512)] {
            let whole = &items[..blocks.len() * size];
            let mut grid = Grid::new(u64::MAX >> 1, None);
            blocks.iter().for_each(|block| grid.add_block(block));
            let contents = grid.finish();
            let one = contents.series.iter().find(|series| series.name == "a");
            let found = one.map(|series| series.buckets.iter().map(shown).collect::<Vec<_>>()).unwrap_or_default();
            prop_assert_eq!(found, directly(&numbers(whole)).into_iter().collect::<Vec<_>>());
            let lines: u64 = contents.lines.iter().map(|line| line.count).sum();
            let texts: u64 = contents.series.iter().filter(|series| series.name.is_empty()).flat_map(|series| &series.buckets).map(|bucket| bucket.count).sum();
            prop_assert_eq!(lines + texts, (whole.len() - numbers(whole).len()) as u64);
        }
    }

    #[test]
    fn every_bucket_is_what_the_publications_in_its_runs_give(steps in steps(), step_s in 1_u64..3_000) {
        let items = publications(&steps);
        let (first, _) = blocks(&items);
        let mut grid = Grid::new(step_s * 1_000, None);
        first.iter().for_each(|block| grid.add_block(block));
        let mut expected = std::collections::BTreeMap::<i64, Vec<&Publication>>::new();
        for (block, own) in first.iter().zip(items.chunks_exact(64)) {
            for run in block.series.iter().filter(|series| series.name == "a").flat_map(|series| &series.buckets) {
                let is_in_run = |item: &&&Publication| (run.first_ms..=run.last_ms).contains(&effective(item));
                let cell = run.first_ms.div_euclid(step_s as i64 * 1_000);
                expected.entry(cell).or_default().extend(numbers(own).iter().filter(is_in_run));
            }
        }
        let mut expected: Vec<_> = expected.values().filter_map(|items| directly(items)).collect();
        expected.sort_by_key(|bucket| bucket.0);
        let contents = grid.finish();
        let one = contents.series.iter().find(|series| series.name == "a");
        let found = one.map(|series| series.buckets.iter().map(shown).collect::<Vec<_>>()).unwrap_or_default();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn publications_and_blocks_give_the_same_total(steps in steps()) {
        let items = publications(&steps);
        let (first, _) = blocks(&items);
        let whole = &items[..first.len() * 64];
        let mut from_items = Grid::new(u64::MAX >> 1, None);
        whole.iter().for_each(|item| from_items.add_item(item));
        let mut from_blocks = Grid::new(u64::MAX >> 1, None);
        first.iter().for_each(|block| from_blocks.add_block(block));
        let changes_apart = |contents: Contents| contents.series.into_iter().map(|mut series| {
            series.buckets.iter_mut().for_each(|bucket| bucket.changes = 0);
            series
        }).collect::<Vec<_>>();
        prop_assert_eq!(changes_apart(from_items.finish()), changes_apart(from_blocks.finish()));
    }

    #[test]
    fn a_block_reads_as_it_was_stored_and_no_run_hides_the_longest_silences(steps in steps()) {
        let items = publications(&steps);
        for (block, own) in blocks(&items).0.iter().zip(items.chunks_exact(64)) {
            prop_assert_eq!(&Block::from_json(&block.to_json()).unwrap(), block);
            let Some(series) = block.series.iter().find(|series| series.name == "a") else { continue };
            let mut times: Vec<Millis> = numbers(own).into_iter().map(effective).collect();
            times.sort_unstable();
            let mut gaps: Vec<u64> = times.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
            gaps.sort_unstable();
            let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(0);
            let silences = gaps.iter().filter(|gap| **gap > 5 * usual).count();
            prop_assert_eq!(series.buckets.len(), silences.min(7) + 1);
            for pair in series.buckets.windows(2) {
                prop_assert!(pair[0].last_ms < pair[1].first_ms);
            }
        }
    }

    #[test]
    fn lost_publications_are_counted_and_no_bucket_goes_beyond_them(
        steps in prop::collection::vec((0..1_000_u16, Just(None), 0..100_i8), 200..700),
        lost in prop::collection::btree_set(1_u64..700, 0..8),
        step_s in 1_u64..1_000,
    ) {
        let mut items = publications(&steps);
        items.retain(|item| !lost.contains(&item.offset));
        let Some(offsets) = items.first().zip(items.last()).map(|(first, last)| first.offset..=last.offset) else {
            return Ok(());
        };
        let blocks: Vec<Block> = items.chunk_by(|one, next| (one.offset - 1) / 64 == (next.offset - 1) / 64).filter_map(Block::of).collect();
        let mut grid = Grid::new(step_s * 1_000, None);
        blocks.iter().for_each(|block| grid.add_block(block));
        let contents = grid.finish();
        let missing = lost.iter().filter(|offset| offsets.contains(offset)).count() as u64;
        prop_assert_eq!(contents.lost.iter().map(|lost| lost.count).sum::<u64>(), missing);
        for bucket in contents.series.iter().flat_map(|series| &series.buckets) {
            for gone in &contents.lost {
                prop_assert!(bucket.last_ms <= gone.first_ms || bucket.first_ms >= gone.last_ms, "{bucket:?} {gone:?}");
            }
        }
    }
}

#[test]
fn the_bytes_of_a_grid_are_a_tight_upper_bound() {
    let steps: Vec<Step> = (0..1_000).map(|number| (0, None, (number % 90) as i8)).collect();
    for step_ms in [500, 10_000, 300_000] {
        let mut grid = Grid::new(step_ms, None);
        publications(&steps).iter().for_each(|item| grid.add_item(item));
        let bytes = grid.bytes();
        let json = serde_json::to_string(&grid.finish().series).unwrap().len();
        assert!(json <= bytes + 2 && bytes < json + json / 4, "{step_ms}: {json} {bytes}");
    }
}

#[test]
fn series_beyond_the_limit_are_counted_and_named() {
    let fields: Vec<String> = (0..100).map(|number| format!("\"s{number:03}\":1")).collect();
    let data = Data::parse(&format!("{{{}}}", fields.join(","))).unwrap();
    let items: Vec<Publication> =
        (1..=64).map(|offset| Publication { offset, ts: 0, received_at: 0, data: data.clone() }).collect();
    let block = Block::of(&items).unwrap();
    assert_eq!((block.series.len(), block.left_out.count, block.left_out.names.len()), (64, 36, 16));
    let parent = Block::merged(&vec![block; 8]).unwrap();
    let mut grid = Grid::new(1_000, None);
    grid.add_block(&parent);
    items.iter().for_each(|item| grid.add_item(item));
    let contents = grid.finish();
    assert_eq!((contents.series.len(), contents.left_out.count), (64, 36));
    assert_eq!(contents.left_out.names[0], "s064");
}
