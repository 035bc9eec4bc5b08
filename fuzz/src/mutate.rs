//! Makes random changes to an input.

use crate::Rng;

/// Maximum length of a mutated input in bytes. An input that is already longer, as a few seeds are, is not made longer.
/// Some limits of the product are above this length, so mutations do not reach them.
pub const MAX_BYTES: usize = 256 * 1024;

/// Bytes and texts that often cause errors in parsers, such as zeros, quotes and very large numbers. Mutations insert
/// them.
const INTERESTING: [&[u8]; 30] = [
    b"\0",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\xc2\x9b",
    b"\xed\xa0\x80",
    b"\xe2\x80\xa8",
    b"\xf0\x9f\x98\x80",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"-0",
    b"1e309",
    b"1e-400",
    b"9223372036854775808",
    b"18446744073709551616",
    b"-9223372036854775809",
    b"NaN",
    b"*",
    b"/../",
];

/// Returns `input` with one to eight random changes. A change may insert a part of the input `other`, or one of
/// `words`, the texts that the parser treats specially.
pub fn mutate(input: &[u8], other: &[u8], words: &[&str], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=rng.below(8) {
        change(&mut bytes, other, words, rng);
    }
    bytes.truncate(MAX_BYTES.max(input.len()));
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], rng: &mut Rng) {
    let at = rng.below(bytes.len() + 1);
    match rng.below(12) {
        0 => flip_bit(bytes, rng),
        1 => set_byte(bytes, rng),
        2 => insert(bytes, at, &[rng.number() as u8]),
        3 => drop(bytes.splice(range(bytes.len(), rng), [])),
        4 => duplicate(bytes, at, rng),
        5 => insert_one_of(bytes, at, &INTERESTING, rng),
        6 => insert_word(bytes, at, words, rng),
        7 => bytes.truncate(at),
        8 => insert(bytes, at, &other[range(other.len(), rng)]),
        9 => change_number(bytes, rng),
        10 => repeat_much(bytes, at, rng),
        _ => swap(bytes, rng),
    }
}

/// Returns a random range of indexes below `bytes`. Short ranges are more frequent than long ones.
fn range(bytes: usize, rng: &mut Rng) -> std::ops::Range<usize> {
    let start = rng.below(bytes + 1);
    let longest = if rng.below(4) == 0 { bytes } else { 16 };
    start..bytes.min(start + rng.below(longest + 1))
}

fn flip_bit(bytes: &mut [u8], rng: &mut Rng) {
    let (at, bit) = (rng.below(bytes.len()), rng.below(8));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn set_byte(bytes: &mut [u8], rng: &mut Rng) {
    let (at, value) = (rng.below(bytes.len()), rng.number() as u8);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value;
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    bytes.splice(at..at, part.iter().copied());
}

fn insert_one_of(bytes: &mut Vec<u8>, at: usize, parts: &[&[u8]], rng: &mut Rng) {
    if let Some(part) = rng.pick(parts) {
        insert(bytes, at, part);
    }
}

fn insert_word(bytes: &mut Vec<u8>, at: usize, words: &[&str], rng: &mut Rng) {
    if let Some(word) = rng.pick(words) {
        insert(bytes, at, word.as_bytes());
    }
}

fn duplicate(bytes: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    let part = bytes[range(bytes.len(), rng)].to_vec();
    insert(bytes, at, &part);
}

/// Inserts many repetitions of a part of the input or of `[` at the index `at`. This finds problems with deep nesting
/// and with quadratic time.
fn repeat_much(bytes: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    let part = bytes[range(bytes.len(), rng)].to_vec();
    let part = if part.is_empty() || part.len() > 16 { b"[".to_vec() } else { part };
    let times = 1 << rng.below(12);
    insert(bytes, at, &part.repeat(times));
}

fn change_number(bytes: &mut Vec<u8>, rng: &mut Rng) {
    let digits: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
    if let Some(at) = rng.pick(&digits).copied() {
        let end = (at..bytes.len()).find(|at| !bytes[*at].is_ascii_digit()).unwrap_or(bytes.len());
        let number = match rng.below(4) {
            0 => "0".to_owned(),
            1 => u64::MAX.to_string(),
            2 => (1_u64 << rng.below(64)).to_string(),
            _ => rng.number().to_string(),
        };
        bytes.splice(at..end, number.into_bytes());
    }
}

fn swap(bytes: &mut [u8], rng: &mut Rng) {
    let (one, other) = (rng.below(bytes.len()), rng.below(bytes.len()));
    if !bytes.is_empty() {
        bytes.swap(one, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_none_is_too_long() {
        let inputs = |seed| {
            let mut rng = Rng::new(seed);
            let mut input = b"{\"a\": 1}".to_vec();
            let next = std::iter::repeat_with(|| {
                input = mutate(&input, b"other", &["word"], &mut rng);
                input.clone()
            });
            next.take(500).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
        assert!(inputs(3).iter().all(|input| input.len() <= MAX_BYTES));
        assert!(mutate(b"", b"", &[], &mut Rng::new(4)).len() <= MAX_BYTES);
    }
}
