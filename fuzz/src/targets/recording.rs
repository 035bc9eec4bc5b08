//! Recordings of boards, and their events when they are played back.

use shared::recording::{Damage, MOST_BYTES, Recording, Writer};
use tickertape_session::playback::Playback;

use crate::target::{Target, signature};

pub const TARGET: Target = Target {
    name: "recording",
    words: &[
        "{\"tickertape\":\"recording\",\"version\":1,\"started_at\":1,\"filter\":\"*\",\"server\":\"\"}\n",
        "{\"at\":2,\"frame\":\"{\\\"type\\\":\\\"publications\\\",\\\"topic\\\":\\\"a\\\",\\\"epoch\\\":\\\"e\\\",\\\"items\\\":[]}\"}\n",
        "{\"at\":2,\"event\":\"opened\"}\n",
        "{\"at\":2,\"event\":\"closed\",\"code\":1006}\n",
        "{\"at\":2,\"event\":\"gap\",\"topic\":\"a\",\"from\":{\"epoch\":\"e\",\"offset\":1},\"to\":{\"epoch\":\"e\",\"offset\":2}}\n",
        "\n",
        "{\"at\":1,\"event\":\"opened\"}\n",
        "\\\"",
    ],
    seeds: None,
    run,
};

/// Checks that the intact lines of a recording are written and read again without a change, that each line is counted as intact or
/// as damaged, and that the recording can be played to its end in any steps.
fn run(input: &[u8]) -> u64 {
    let recording = match Recording::read(input) {
        Ok(recording) => recording,
        Err(error) => return signature(std::mem::discriminant(&error)),
    };
    let (mut writer, mut again) = Writer::new(&recording.header, MOST_BYTES);
    for line in &recording.lines {
        again += &writer.line(line.at, &line.entry).expect("it is as long as it was");
    }
    let damaged: usize = recording.damage.iter().map(Damage::lines).sum();
    let all = input.split_inclusive(|byte| *byte == b'\n').count();
    assert_eq!(1 + recording.lines.len() + damaged + usize::from(recording.is_truncated), all);
    assert!(recording.damage.is_sorted_by_key(|damage| (damage.first, damage.before)));
    let second = Recording::read(again.as_bytes()).expect("what was written can be read");
    assert_eq!((&second.header, &second.lines), (&recording.header, &recording.lines));
    assert!(second.damage.is_empty() && !second.is_truncated);

    let (end, is_truncated) = (recording.ended_at(), recording.is_truncated);
    let (mut steps, mut at_once) = (Playback::new(recording.clone()), Playback::new(recording));
    let mut one_by_one = Vec::new();
    while steps.step(&mut |at, event| one_by_one.push((at, event))) {}
    let mut together = Vec::new();
    at_once.advance(end, &mut |at, event| together.push((at, event)));
    assert_eq!(one_by_one, together);
    signature((one_by_one.len().min(8), is_truncated, damaged.min(3)))
}
