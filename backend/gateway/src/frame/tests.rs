use proptest::prelude::*;

use super::header::unmask;
use super::*;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

#[test]
fn a_text_frame_of_the_server_is_unmasked_and_whole() {
    let frame = Frame::text("Hello");
    assert_eq!(frame.wire().as_ref(), b"\x81\x05Hello");
    assert_eq!(frame.payload_bytes(), 5);
}

#[test]
fn lengths_take_one_three_or_nine_bytes() {
    assert_eq!(Frame::text(&"x".repeat(125)).wire()[..2], [0x81, 125]);
    assert_eq!(Frame::text(&"x".repeat(126)).wire()[..4], [0x81, 126, 0, 126]);
    assert_eq!(Frame::text(&"x".repeat(65_536)).wire()[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn a_close_without_a_code_has_no_payload() {
    assert_eq!(close(1005, "unsaid").as_ref(), b"\x88\x00");
    assert_eq!(close(1001, "Going away").as_ref(), b"\x88\x0c\x03\xe9Going away");
}

#[test]
fn a_close_reason_is_cut_at_a_character_and_fits_a_control_frame() {
    let frame = close(1000, &"é".repeat(100));
    assert_eq!(frame[1], 124);
    assert!(str::from_utf8(&frame[4..]).is_ok());
}

#[test]
fn the_masked_hello_of_the_rfc_is_read() {
    let wire = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(decode_all(&wire), Ok(vec![Incoming::Text("Hello".into())]));
}

#[test]
fn a_ping_between_fragments_is_answered_before_the_message_is_whole() {
    let wire = [masked(0x01, b"Hel"), masked(0x89, b"p"), masked(0x80, b"lo")].concat();
    assert_eq!(decode_all(&wire), Ok(vec![Incoming::Ping(b"p".to_vec()), Incoming::Text("Hello".into())]));
}

#[test]
fn a_character_split_between_fragments_is_whole_in_the_message() {
    let wire = [masked(0x01, b"\xc3"), masked(0x80, b"\xa9")].concat();
    assert_eq!(decode_all(&wire), Ok(vec![Incoming::Text("é".into())]));
}

#[test]
fn a_protocol_error_closes_with_1002() {
    let unmasked = b"\x81\x00".to_vec();
    let long_ping = [0x89, 0xfe, 0, 126].to_vec();
    let bad_length = [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0].to_vec();
    let broken = [
        unmasked,
        long_ping,
        bad_length,
        masked(0xc1, b"reserved bit"),
        masked(0x83, b"reserved opcode"),
        masked(0x09, b"fragmented ping"),
        masked(0x80, b"continues nothing"),
        [masked(0x01, b"begun"), masked(0x81, b"begun again")].concat(),
        masked(0x88, b"\x03"),
        masked(0x88, &1005u16.to_be_bytes()),
        masked(0x88, &999u16.to_be_bytes()),
    ];
    for wire in broken {
        assert_eq!(decode_all(&wire).map_err(|error| error.close_code()), Err(1002), "{wire:x?}");
    }
}

#[test]
fn binary_bad_text_and_excess_have_codes_of_their_own() {
    assert_eq!(decode_all(&masked(0x82, b"x")), Err(DecodeError::Binary));
    assert_eq!(decode_all(&masked(0x81, b"\xff")), Err(DecodeError::NotUtf8));
    assert_eq!(
        decode_all(&masked(0x81, &[b'x'; 65])),
        Err(DecodeError::TooLarge { size_bytes: 65, limit_bytes: 64 })
    );
    assert_eq!(DecodeError::Binary.close_code(), 1003);
    assert_eq!(DecodeError::NotUtf8.close_code(), 1007);
    assert_eq!(DecodeError::TooLarge { size_bytes: 2, limit_bytes: 1 }.close_code(), 1009);
}

#[test]
fn an_oversized_frame_is_refused_by_its_header_alone() {
    let announced = [0x81, 0xfe, 0x01, 0x00, 0, 0, 0, 0];
    assert_eq!(decode_all(&announced), Err(DecodeError::TooLarge { size_bytes: 256, limit_bytes: 64 }));
}

#[test]
fn fragments_add_up_against_the_message_limit() {
    let part = |first| masked(first, &[b'x'; 64]);
    let wire = [part(0x01), part(0x00), part(0x00), part(0x00)].concat();
    assert_eq!(decode_all(&wire), Ok(vec![]));
    let excess = [wire, masked(0x80, b"x")].concat();
    assert_eq!(decode_all(&excess), Err(DecodeError::TooLarge { size_bytes: 257, limit_bytes: 256 }));
}

#[test]
fn a_client_may_close_with_code_and_reason_or_with_nothing() {
    let coded = masked(0x88, &[&4001u16.to_be_bytes()[..], b"bye"].concat());
    assert_eq!(decode_all(&coded), Ok(vec![Incoming::Close { code: Some(4001), reason: "bye".into() }]));
    assert_eq!(
        decode_all(&masked(0x88, b"")),
        Ok(vec![Incoming::Close { code: None, reason: String::new() }])
    );
}

proptest! {
    #[test]
    fn a_message_survives_any_fragmentation_and_any_cut_of_the_stream(
        text in ".{0,60}",
        fragments in prop::collection::vec(0usize..20, 0..8),
        reads in prop::collection::vec(1usize..40, 1..20),
    ) {
        let wire = fragment(text.as_bytes(), &fragments);
        prop_assume!(text.len() <= 256);
        let mut decoder = Decoder::new(256, 256);
        prop_assert_eq!(decode_in_reads(&mut decoder, &wire, &reads), Ok(vec![Incoming::Text(text)]));
    }

    #[test]
    fn unmasking_in_pieces_equals_unmasking_byte_by_byte(
        payload in prop::collection::vec(any::<u8>(), 0..100), mask: [u8; 4], cut in 0usize..100,
    ) {
        let expected: Vec<u8> = payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]).collect();
        let cut = cut.min(payload.len());
        let mut actual = payload;
        let (head, tail) = actual.split_at_mut(cut);
        unmask(head, mask, 0);
        unmask(tail, mask, cut);
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn no_bytes_at_all_panic_or_store_more_than_the_limits(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut decoder = Decoder::new(64, 256);
        let mut input = noise.as_slice();
        while let Ok(Some(message)) = decoder.decode(&mut input) {
            if let Incoming::Text(text) = message {
                prop_assert!(text.len() <= 256);
            }
        }
    }
}

fn decode_all(wire: &[u8]) -> Result<Vec<Incoming>, DecodeError> {
    decode_in_reads(&mut Decoder::new(64, 256), wire, &[wire.len().max(1)])
}

fn decode_in_reads(
    decoder: &mut Decoder,
    mut wire: &[u8],
    sizes: &[usize],
) -> Result<Vec<Incoming>, DecodeError> {
    let mut messages = Vec::new();
    for size in sizes.iter().cycle() {
        let (mut read, rest) = wire.split_at((*size).min(wire.len()));
        while let Some(message) = decoder.decode(&mut read)? {
            messages.push(message);
        }
        if rest.is_empty() {
            break;
        }
        wire = rest;
    }
    Ok(messages)
}

fn fragment(payload: &[u8], sizes: &[usize]) -> Vec<u8> {
    let mut rest = payload;
    let mut wire = Vec::new();
    for (at, size) in sizes.iter().enumerate() {
        let (part, after) = rest.split_at((*size).min(rest.len()));
        wire.extend(masked(if at == 0 { 0x01 } else { 0x00 }, part));
        rest = after;
    }
    wire.extend(masked(if sizes.is_empty() { 0x81 } else { 0x80 }, rest));
    wire
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut wire = vec![first];
    match payload.len() {
        length @ 0..=125 => wire.push(0x80 | length as u8),
        length => wire.extend([0xfe, (length >> 8) as u8, length as u8]),
    }
    wire.extend(MASK);
    let start = wire.len();
    wire.extend_from_slice(payload);
    unmask(&mut wire[start..], MASK, 0);
    wire
}
