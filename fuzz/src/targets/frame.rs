//! Fuzzes the decoder of WebSocket frames from clients.

use apigw_websocket::frame::{DecodeError, Decoder, Incoming};

use crate::target::{Target, signature, words_of};

pub const TARGET: Target =
    Target { name: "frame", words: &["\u{1}\u{0}\u{0}\u{0}"], seeds: Some(seeds), run };

/// Maximum length of a frame in bytes. It is much smaller than in the product, so that inputs easily exceed it.
const FRAME_BYTES: u32 = 600;
const MESSAGE_BYTES: u32 = 1_000;

/// Decodes the input as WebSocket frames: all at once, byte by byte, and in parts of another length. Checks that the
/// frames are the same each time.
fn run(input: &[u8]) -> u64 {
    let whole = decode(input, input.len().max(1));
    let first = input.first().copied().unwrap_or_default();
    assert_eq!(decode(input, 1), whole, "byte by byte");
    assert_eq!(decode(input, 1 + usize::from(first) % 13), whole, "in parts");
    let (frames, error) = whole;
    let kinds: Vec<u64> = frames.iter().take(6).map(kind).collect();
    for frame in &frames {
        if let Incoming::Text(text) = frame {
            assert!(text.len() <= MESSAGE_BYTES as usize, "a message within its limit");
        }
    }
    signature((kinds, error.map(words_of)))
}

fn decode(input: &[u8], part: usize) -> (Vec<Incoming>, Option<DecodeError>) {
    let mut decoder = Decoder::new(FRAME_BYTES, MESSAGE_BYTES);
    let mut frames = Vec::new();
    for mut rest in input.chunks(part) {
        loop {
            match decoder.decode(&mut rest) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Some(error)),
            }
        }
        assert!(rest.is_empty(), "all bytes are taken");
    }
    (frames, None)
}

fn kind(frame: &Incoming) -> u64 {
    match frame {
        Incoming::Text(text) => 10 + u64::from(text.len().checked_ilog2().unwrap_or_default()),
        Incoming::Ping(_) => 1,
        Incoming::Pong => 2,
        Incoming::Close { code, .. } => 3 + u64::from(code.is_some()),
    }
}

/// Returns frames of different kinds and lengths. They are masked, as the frames of clients must be.
fn seeds() -> Vec<Vec<u8>> {
    let frame = |first: u8, payload: &[u8]| {
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length => {
                bytes.push(0xFE);
                bytes.extend((length as u16).to_be_bytes());
            }
        }
        bytes.extend([1, 2, 3, 4]);
        bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ [1, 2, 3, 4][at % 4]));
        bytes
    };
    vec![
        frame(0x81, b"{\"action\":\"ping\",\"t\":1}"),
        frame(0x81, &[b'x'; 500]),
        frame(0x81, "\u{e9}\u{1f600}".as_bytes()),
        [frame(0x01, b"a"), frame(0x89, b"ping"), frame(0x00, b"b"), frame(0x80, b"c")].concat(),
        [frame(0x8A, b""), frame(0x88, b"\x03\xe8bye")].concat(),
        frame(0x88, b""),
        frame(0x82, b"binary"),
    ]
}
