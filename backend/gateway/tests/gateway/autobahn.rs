//! Cases of the Autobahn test suite, by their numbers, as far as AWS's limits allow: text messages only, frames of at
//! most 32 KB, messages of at most 128 KB, no compression. The suite itself is a Python program; here its cases are run
//! by Rust code. The bytes of each case are sent once as a whole, and once in small pieces.

use crate::support::{Harness, RawSocket, Script, Start, frame, soon};
use tokio::io::AsyncWriteExt;

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;
/// First bytes of the frames of a fragmented text message: the first fragment, one in the middle, and the last.
const FIRST: u8 = 0x01;
const MIDDLE: u8 = 0x00;
const LAST: u8 = 0x80;

/// A test case: the frames that the client sends, and the messages and the close code that the gateway must produce.
struct Case {
    number: &'static str,
    frames: Vec<(u8, Vec<u8>)>,
    messages: Vec<String>,
    /// Close code that the gateway must send because of an error. `None` if there is no error; then the client closes
    /// the connection.
    closes: Option<u16>,
}

impl Case {
    fn new(number: &'static str, frames: Vec<(u8, Vec<u8>)>) -> Self {
        Self { number, frames, messages: Vec::new(), closes: None }
    }

    fn yields(self, messages: &[&str]) -> Self {
        Self { messages: messages.iter().map(|text| (*text).to_owned()).collect(), ..self }
    }

    fn closes(self, code: u16) -> Self {
        Self { closes: Some(code), ..self }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> =
            self.frames.iter().flat_map(|(first, payload)| frame(*first, payload)).collect();
        if self.closes.is_none() && !self.ends_itself() {
            bytes.extend(frame(CLOSE, &1000_u16.to_be_bytes()));
        }
        bytes
    }

    /// Returns true if the frames of this case include a close frame.
    fn ends_itself(&self) -> bool {
        self.frames.iter().any(|(first, _)| *first == CLOSE)
    }

    /// Returns the code of the close frame that the gateway must send. After a close frame of the client, this is the
    /// client's code, or `None` if the client's frame has no code.
    fn answer(&self) -> Option<u16> {
        let close = self.frames.iter().find(|(first, _)| *first == CLOSE);
        self.closes.or(match close {
            Some((_, payload)) => payload.first_chunk().map(|code| u16::from_be_bytes(*code)),
            None => Some(1000),
        })
    }

    async fn run(&self, harness: &mut Harness, part: usize) {
        let mut socket = harness.raw().await;
        for bytes in self.bytes().chunks(part) {
            // Writing fails once the gateway has closed the connection, which is seen below.
            if soon(socket.stream.write_all(bytes)).await.is_err() {
                break;
            }
        }
        let (pongs, close) = received(&mut socket).await;
        drop(socket);
        let number = self.number;
        assert_eq!(close, Some(self.answer()), "{number}: the close frame");
        self.check_pongs(&pongs);
        let messages = harness.messages_until_disconnect().await;
        if self.closes.is_none() {
            assert_eq!(messages, self.messages, "{number}: the messages");
        } else {
            assert!(self.messages.starts_with(&messages), "{number}: {messages:?} before the fault");
        }
    }

    /// Asserts that each pong answers a ping, in order. If several pings come in a row, only the last one must be
    /// answered (RFC 6455, section 5.5.3).
    fn check_pongs(&self, pongs: &[Vec<u8>]) {
        let mut pings = self.frames.iter().filter(|(first, _)| *first == PING).map(|(_, payload)| payload);
        let last = pings.clone().next_back();
        for pong in pongs {
            assert!(pings.any(|ping| ping == pong), "{}: a pong of no ping", self.number);
        }
        if self.closes.is_none() && !self.ends_itself() {
            assert_eq!(pongs.last(), last, "{}: the last ping is answered", self.number);
        }
    }
}

/// Reads until the connection ends. Returns the payloads of the pongs, and the code of the close frame. The outer
/// `None` means that there was no close frame, and the inner `None` that the close frame had no code.
async fn received(socket: &mut RawSocket) -> (Vec<Vec<u8>>, Option<Option<u16>>) {
    let mut pongs = Vec::new();
    while let Some((first, payload)) = socket.read().await {
        match first {
            PONG => pongs.push(payload),
            CLOSE => return (pongs, Some(payload.first_chunk().map(|code| u16::from_be_bytes(*code)))),
            other => panic!("an unexpected frame {other:#x}"),
        }
    }
    (pongs, None)
}

async fn run(cases: Vec<Case>) {
    let mut harness = Start::new(Script::default()).run().await;
    for case in cases {
        case.run(&mut harness, usize::MAX).await;
        let part = if case.bytes().len() < 2_000 { 1 } else { 997 };
        case.run(&mut harness, part).await;
    }
}

fn letters(count: usize) -> Vec<u8> {
    vec![b'*'; count]
}

fn text(count: usize) -> String {
    "*".repeat(count)
}

#[tokio::test]
async fn case_1_messages_of_every_length_arrive_and_binary_ones_are_refused() {
    let of = |number, count: usize| Case::new(number, vec![(TEXT, letters(count))]).yields(&[&text(count)]);
    run(vec![
        of("1.1.1", 0),
        of("1.1.2", 125),
        of("1.1.3", 126),
        of("1.1.4", 127),
        of("1.1.5", 128),
        of("1.1.6", 32 * 1024),
        Case::new("1.1.7", vec![(TEXT, letters(65_536))]).closes(1009),
        Case::new("1.2.1", vec![(BINARY, vec![])]).closes(1003),
        Case::new("1.2.5", vec![(BINARY, vec![0xFE; 128])]).closes(1003),
    ])
    .await;
}

#[tokio::test]
async fn case_2_pings_are_answered_with_their_payload_and_pongs_ignored() {
    run(vec![
        Case::new("2.1", vec![(PING, vec![])]),
        Case::new("2.2", vec![(PING, b"Hello, world!".to_vec())]),
        Case::new("2.3", vec![(PING, vec![0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF])]),
        Case::new("2.4", vec![(PING, vec![0xFE; 125])]),
        Case::new("2.5", vec![(PING, vec![0xFE; 126])]).closes(1002),
        Case::new("2.7", vec![(PONG, vec![])]),
        Case::new("2.8", vec![(PONG, b"unsolicited pong payload".to_vec())]),
        Case::new("2.9", vec![(PONG, b"unsolicited".to_vec()), (PING, b"ping payload".to_vec())]),
        Case::new("2.10", (0..10).map(|n| (PING, format!("payload-{n}").into_bytes())).collect()),
    ])
    .await;
}

#[tokio::test]
async fn case_3_and_4_reserved_bits_and_opcodes_close_the_connection() {
    let mut cases = Vec::new();
    for bits in 1..8_u8 {
        cases.push(Case::new("3.1", vec![(TEXT | bits << 4, b"x".to_vec())]).closes(1002));
        cases.push(
            Case::new("3.2", vec![(TEXT, b"Hello".to_vec()), (TEXT | bits << 4, b"x".to_vec())])
                .yields(&["Hello"])
                .closes(1002),
        );
        cases.push(Case::new("3.5", vec![(PING | bits << 4, b"x".to_vec())]).closes(1002));
        cases.push(Case::new("3.7", vec![(CLOSE | bits << 4, vec![])]).closes(1002));
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15_u8] {
        cases.push(Case::new("4.1", vec![(0x80 | opcode, vec![])]).closes(1002));
        cases.push(
            Case::new("4.2", vec![(TEXT, b"Hello".to_vec()), (0x80 | opcode, b"x".to_vec()), (PING, vec![])])
                .yields(&["Hello"])
                .closes(1002),
        );
    }
    run(cases).await;
}

#[tokio::test]
async fn case_5_fragments_are_joined_and_those_out_of_order_close_the_connection() {
    let part = |first, text: &str| (first, text.as_bytes().to_vec());
    let (one, two) = ("fragment1", "fragment2");
    let joined = "fragment1fragment2";
    run(vec![
        Case::new("5.1", vec![(0x09, b"x".to_vec()), (LAST, b"x".to_vec())]).closes(1002),
        Case::new("5.2", vec![(0x0A, b"x".to_vec()), (LAST, b"x".to_vec())]).closes(1002),
        Case::new("5.3", vec![part(FIRST, one), part(LAST, two)]).yields(&[joined]),
        Case::new("5.6", vec![part(FIRST, one), part(PING, "ping"), part(LAST, two)]).yields(&[joined]),
        Case::new("5.9", vec![part(LAST, "non-continuation"), part(TEXT, "Hello")]).closes(1002),
        Case::new("5.12", vec![part(MIDDLE, "non-continuation"), part(TEXT, "Hello")]).closes(1002),
        Case::new("5.15", vec![part(FIRST, one), part(LAST, two), part(MIDDLE, "x"), part(FIRST, "y")])
            .yields(&[joined])
            .closes(1002),
        Case::new("5.18", vec![part(FIRST, one), part(TEXT, two)]).closes(1002),
        Case::new(
            "5.19",
            vec![
                part(FIRST, "1"),
                part(MIDDLE, "2"),
                part(PING, "a"),
                part(MIDDLE, "3"),
                part(MIDDLE, "4"),
                part(PING, "b"),
                part(LAST, "5"),
            ],
        )
        .yields(&["12345"]),
        Case::new("5.20", vec![part(FIRST, ""), part(MIDDLE, ""), part(LAST, "")]).yields(&[""]),
    ])
    .await;
}

#[tokio::test]
async fn case_6_text_that_is_not_utf_8_closes_the_connection() {
    let valid = [
        "κόσμε",
        "Hello-µ@ßöäüàá-UTF-8!!",
        "\u{0}",
        "\u{7f}",
        "\u{80}",
        "\u{7ff}",
        "\u{800}",
        "\u{ffff}",
        "\u{10000}",
        "\u{10ffff}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{fffd}",
    ];
    let invalid: [&[u8]; 14] = [
        // Invalid UTF-8: code points beyond Unicode, surrogates, longer forms than needed, a lone continuation byte,
        // and sequences that are cut off.
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf",
        b"\x80",
        b"\xbf",
        b"\xc3",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xfe",
        b"\xff",
    ];
    let mut cases: Vec<Case> = valid
        .iter()
        .map(|text| Case::new("6.2", vec![(TEXT, text.as_bytes().to_vec())]).yields(&[text]))
        .collect();
    // A character may be divided among fragments.
    let euro = "\u{20ac}".as_bytes();
    cases.push(
        Case::new(
            "6.2.3",
            vec![(FIRST, euro[..1].to_vec()), (MIDDLE, euro[1..2].to_vec()), (LAST, euro[2..].to_vec())],
        )
        .yields(&["\u{20ac}"]),
    );
    for bytes in invalid {
        cases.push(Case::new("6.3", vec![(TEXT, [b"a", bytes, b"b"].concat())]).closes(1007));
        cases.push(
            Case::new("6.4", vec![(FIRST, [b"a", bytes].concat()), (LAST, b"b".to_vec())]).closes(1007),
        );
    }
    run(cases).await;
}

#[tokio::test]
async fn case_7_a_close_is_answered_and_a_malformed_one_is_a_fault() {
    let close = |code: u16, reason: &[u8]| (CLOSE, [&code.to_be_bytes()[..], reason].concat());
    let mut cases = vec![
        Case::new("7.1.1", vec![(TEXT, b"Hello".to_vec()), close(1000, b"")]).yields(&["Hello"]),
        Case::new("7.1.2", vec![close(1000, b""), close(1000, b"")]),
        Case::new("7.1.3", vec![close(1000, b""), (PING, b"late".to_vec())]),
        Case::new("7.1.4", vec![close(1000, b""), (TEXT, b"late".to_vec())]),
        Case::new("7.1.5", vec![(FIRST, b"a".to_vec()), close(1000, b""), (LAST, b"b".to_vec())]),
        Case::new("7.3.1", vec![(CLOSE, vec![])]),
        Case::new("7.3.2", vec![(CLOSE, b"a".to_vec())]).closes(1002),
        Case::new("7.3.3", vec![close(1000, b"")]),
        Case::new("7.3.4", vec![close(1000, b"Hello World!")]),
        Case::new("7.3.5", vec![close(1000, &[b'*'; 123])]),
        Case::new("7.3.6", vec![close(1000, &[b'*'; 124])]).closes(1002),
        Case::new("7.5.1", vec![close(1000, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80")])
            .closes(1007),
    ];
    cases.extend(
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
            .map(|code| Case::new("7.7", vec![close(code, b"")])),
    );
    cases.extend(
        [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535]
            .map(|code| Case::new("7.9", vec![close(code, b"")]).closes(1002)),
    );
    run(cases).await;
}

#[tokio::test]
async fn case_9_messages_up_to_the_limit_arrive_in_fragments_of_every_size() {
    let fragments = |total: usize, each: usize| {
        let parts = letters(total).chunks(each).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let last = parts.len() - 1;
        let first = |at| {
            if at == 0 {
                FIRST
            } else if at == last {
                LAST
            } else {
                MIDDLE
            }
        };
        parts.into_iter().enumerate().map(|(at, part)| (first(at), part)).collect::<Vec<_>>()
    };
    let largest = 128 * 1024;
    run(vec![
        Case::new("9.3.1", fragments(largest, 64)).yields(&[&text(largest)]),
        Case::new("9.3.4", fragments(largest, 4096)).yields(&[&text(largest)]),
        Case::new("9.3.7", fragments(largest, 32 * 1024)).yields(&[&text(largest)]),
        Case::new("9.1", fragments(largest + 1, 32 * 1024)).closes(1009),
        Case::new("9.1.1", vec![(TEXT, letters(32 * 1024 + 1))]).closes(1009),
        Case::new("10.1.1", fragments(65_536, 1300)).yields(&[&text(65_536)]),
    ])
    .await;
}
