//! Reads and writes WebSocket frames (RFC 6455) of at most 64 KB, as far as the benchmarks need it: text in one piece.
//! It takes much less time than a library does, so that thousands of viewers leave the processor to the server.

/// Bit of the second byte that says that the payload is masked.
const MASKED: u8 = 0x80;
/// Value of the length that says that the next two bytes are the length.
const TWO_BYTES: u8 = 126;

/// Encodes a text frame of a server.
pub fn text(payload: &[u8]) -> Vec<u8> {
    let mut frame = header(payload.len(), 0);
    frame.extend_from_slice(payload);
    frame
}

/// Encodes a text frame of a client. The mask is zero, so that the payload stays as it is.
pub fn masked_text(payload: &[u8]) -> Vec<u8> {
    let mut frame = header(payload.len(), MASKED);
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn header(len: usize, masked: u8) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u8::try_from(len) {
        Ok(short) if short < TWO_BYTES => frame.push(masked | short),
        _ => {
            frame.push(masked | TWO_BYTES);
            frame.extend_from_slice(&u16::try_from(len).expect("at most 64 KB").to_be_bytes());
        }
    }
    frame
}

/// Splits the first frame of a server off: returns its payload and the bytes after it. Returns `None` if it is not
/// complete.
pub fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, start) = length(bytes)?;
    let payload = bytes.get(start..start + len)?;
    Some((payload, &bytes[start + len..]))
}

/// Splits the first frame of a client off, and removes its mask.
pub fn split_masked(bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (len, start) = length(bytes)?;
    let mask = bytes.get(start..start + 4)?;
    let payload = bytes.get(start + 4..start + 4 + len)?;
    let unmasked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    Some((unmasked, bytes[start + 4 + len..].to_vec()))
}

/// Returns the length of a frame's payload, and the position after the length.
fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes.get(1)? & !MASKED {
        TWO_BYTES => Some((usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)), 4)),
        short => Some((usize::from(short), 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_server_are_split_off_once_they_are_complete() {
        for len in [0, 125, 126, 60_000] {
            let payload = vec![b'x'; len];
            let both = [text(&payload), text(b"next")].concat();
            assert_eq!(split(&both), Some((&payload[..], &text(b"next")[..])));
            assert_eq!(split(&text(&payload)[..len + 1]), None);
        }
    }

    #[test]
    fn frames_of_a_client_are_unmasked() {
        let masked = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        assert_eq!(split_masked(&masked), Some((b"Hello".to_vec(), Vec::new())));
        assert_eq!(split_masked(&masked[..10]), None);
        let own = masked_text(&[b'y'; 200]);
        assert_eq!(split_masked(&own), Some((vec![b'y'; 200], Vec::new())));
    }
}
