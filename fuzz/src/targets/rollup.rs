//! Fuzzes the reduction of published data to buckets, and the parser of stored blocks.

use backend_core::rollup::{Block, Grid};
use shared::{Data, Publication};

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "rollup",
    words: &[
        "\n",
        "{\"a\":",
        "[1,2.50]",
        "null",
        "true",
        "\"open\"",
        "{\"msg\":\"x\"}",
        "1e300",
        "-0",
        "{\"o\":[1,2],\"r\":[1,2],\"n\":2",
    ],
    seeds: None,
    run,
};

/// Reduces each line of the input that is valid data to a block, and adds blocks and publications to a grid. Checks that no value is
/// lost on the way, and that a block is read as it was stored. Then parses the whole input as a stored block.
fn run(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let data = text.lines().filter_map(|line| Data::parse(line).ok()).take(100);
    let items: Vec<Publication> = (1..).zip(data).map(|(offset, data)| publication(offset, data)).collect();
    let mut grid = Grid::new(50, None);
    let mut counts = [0, 0];
    for (number, own) in items.chunks(8).enumerate() {
        let Some(block) = Block::of(own) else { continue };
        assert_eq!(Block::from_json(&block.to_json()).ok().as_ref(), Some(&block));
        counts[0] += values(&block);
        if number % 2 == 0 {
            grid.add_block(&block);
        } else {
            own.iter().for_each(|item| grid.add_item(item));
        }
    }
    let bytes = grid.bytes();
    let contents = grid.finish();
    let buckets = contents.series.iter().flat_map(|series| &series.buckets);
    counts[1] += buckets.map(|bucket| bucket.count).sum::<u64>();
    counts[1] += contents.lines.iter().map(|line| line.count).sum::<u64>();
    // With more series than are kept, the series that are kept in a block and in the grid differ.
    assert!(counts[0] == counts[1] || contents.left_out.count > 0, "{counts:?}");
    let json = serde_json::to_string(&contents.series).unwrap_or_default();
    assert!(json.len() <= bytes + 2, "{} bytes instead of {bytes}", json.len());
    if let Ok(block) = Block::from_json(&text) {
        Grid::new(1, None).add_block(&block);
        drop(Block::merged(&[block.clone(), block]));
    }
    signature((contents.series.len().min(8), contents.lines.len().min(4), contents.left_out.count.min(2)))
}

/// Returns a publication about one of a few times that are not in order.
fn publication(offset: u64, data: Data) -> Publication {
    let at = i64::try_from(offset).unwrap_or(0);
    Publication { offset, ts: at * 37 % 11 * 100, received_at: at * 10, data }
}

fn values(block: &Block) -> u64 {
    let buckets = block.series.iter().flat_map(|series| &series.buckets).map(|bucket| bucket.count);
    buckets.chain(block.lines.iter().map(|line| line.count)).sum()
}
