//! The conformance suite of [`Boards`]: functions that test an implementation of this trait.

use std::sync::Arc;

use futures_util::future::join_all;
use shared::board::BoardName;
use shared::limits;

use crate::ports::{BoardEntry, BoardError, Boards, Expected, StoredBoard};

fn name(text: &str) -> BoardName {
    BoardName::new(text).unwrap()
}

fn board(of: &str, version: &str, text: &str) -> StoredBoard {
    let entry = BoardEntry {
        name: name(of),
        version: version.into(),
        title: Some(format!("Title of {of}")),
        saved_at: 1_800_000_000_000,
        saved_by: "ann".into(),
        bytes: text.len() as u64,
        is_read_only: false,
    };
    StoredBoard { entry, text: Arc::from(text) }
}

fn seen(version: &str) -> Expected {
    Expected::Version(version.into())
}

fn changed(current: Option<StoredBoard>) -> BoardError {
    BoardError::Changed(current.map(Box::new))
}

/// Checks that a board that was never saved does not exist, and cannot be replaced or deleted.
pub async fn a_board_nobody_saved_is_unknown<B: Boards>(boards: &B) {
    assert_eq!(boards.board(&name("a")).await, Ok(None));
    assert_eq!(boards.list().await, Ok(Vec::new()));
    assert_eq!(boards.save(board("a", "v2", "{}"), seen("v1")).await, Err(changed(None)));
    assert_eq!(boards.delete(&name("a"), seen("v1")).await, Err(changed(None)));
    assert_eq!(boards.delete(&name("a"), Expected::Any).await, Ok(false));
    assert_eq!(boards.board(&name("a")).await, Ok(None));
}

/// Checks that every byte of the largest document comes back, and an entry without a title.
pub async fn a_saved_board_is_read_back_unchanged<B: Boards>(boards: &B) {
    let text = format!("{{\n\t\"é\\u0000 \u{1f600}\": \"{}\"}}", "x".repeat(limits::BOARD_BYTES - 30));
    let mut large = board("large", "v1", &text);
    large.entry.title = None;
    assert_eq!(boards.save(large.clone(), Expected::Absent).await, Ok(()));
    assert_eq!(boards.board(&name("large")).await, Ok(Some(large)));
}

/// Checks that the list has the entries of all boards.
pub async fn boards_are_listed_in_order_of_name<B: Boards>(boards: &B) {
    for of in ["b", "c", "A.1", "a"] {
        boards.save(board(of, of, "{}"), Expected::Absent).await.unwrap();
    }
    let listed = boards.list().await.unwrap();
    assert_eq!(listed, ["A.1", "a", "b", "c"].map(|of| board(of, of, "{}").entry));
}

/// Checks that a board that exists is not replaced by one who has not seen it.
pub async fn a_new_board_with_a_name_in_use_is_refused_with_the_present_one<B: Boards>(boards: &B) {
    let first = board("a", "v1", "{\"first\": 1}");
    boards.save(first.clone(), Expected::Absent).await.unwrap();
    let refused = boards.save(board("a", "v2", "{}"), Expected::Absent).await;
    assert_eq!(refused, Err(changed(Some(first.clone()))));
    assert_eq!(boards.board(&name("a")).await, Ok(Some(first)));
}

/// Checks that of two who have seen the same version, the second is told and gets what the first has saved.
pub async fn the_second_who_saves_a_version_is_refused_and_gets_that_of_the_first<B: Boards>(boards: &B) {
    boards.save(board("a", "v1", "{}"), Expected::Absent).await.unwrap();
    let (first, second) = (board("a", "v2", "{\"ann\": 1}"), board("a", "v3", "{\"bob\": 1}"));
    assert_eq!(boards.save(first.clone(), seen("v1")).await, Ok(()));
    assert_eq!(boards.save(second.clone(), seen("v1")).await, Err(changed(Some(first.clone()))));
    assert_eq!(boards.board(&name("a")).await, Ok(Some(first.clone())));
    assert_eq!(boards.list().await, Ok(vec![first.entry]));
    assert_eq!(boards.save(second.clone(), seen("v2")).await, Ok(()), "after reading the present version");
    assert_eq!(boards.save(board("a", "v4", "{}"), Expected::Any).await, Ok(()), "on purpose");
    assert_eq!(boards.board(&name("a")).await.unwrap().unwrap().entry.version, "v4");
}

/// Checks that of many saves at the same time that expect the same version, exactly one succeeds.
pub async fn of_many_who_save_at_once_one_succeeds<B: Boards>(boards: &B) {
    boards.save(board("a", "v", "{}"), Expected::Absent).await.unwrap();
    let saves = (0..10).map(|number| {
        let text = format!("{{\"number\": {number}}}");
        boards.save(board("a", &format!("v{number}"), &text), seen("v"))
    });
    let outcomes = join_all(saves).await;
    let winners: Vec<usize> = (0..10).filter(|number| outcomes[*number].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let kept = boards.board(&name("a")).await.unwrap().unwrap();
    assert_eq!(kept.entry.version, format!("v{}", winners[0]));
    for refused in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(refused, changed(Some(kept.clone())));
    }
}

/// Checks that a board that somebody else has saved since is not deleted, and that its old version is not accepted after it was
/// deleted and saved anew.
pub async fn a_board_is_deleted_only_in_the_version_that_was_seen<B: Boards>(boards: &B) {
    let (old, new) = (board("a", "v1", "{}"), board("a", "v2", "{\"new\": 1}"));
    boards.save(old, Expected::Absent).await.unwrap();
    boards.save(new.clone(), seen("v1")).await.unwrap();
    assert_eq!(boards.delete(&name("a"), seen("v1")).await, Err(changed(Some(new))));
    assert_eq!(boards.delete(&name("a"), seen("v2")).await, Ok(true));
    assert_eq!((boards.board(&name("a")).await, boards.list().await), (Ok(None), Ok(Vec::new())));
    boards.save(board("a", "v3", "{}"), Expected::Absent).await.unwrap();
    assert!(boards.save(board("a", "v4", "{}"), seen("v2")).await.is_err());
    assert_eq!(boards.delete(&name("a"), Expected::Any).await, Ok(true));
}

/// Checks that no more than [`limits::BOARDS`] are kept, that those can be replaced, and that a deleted one makes room.
pub async fn there_is_a_bounded_number_of_boards<B: Boards>(boards: &B) {
    for number in 0..limits::BOARDS {
        boards.save(board(&format!("b{number}"), "v1", "{}"), Expected::Absent).await.unwrap();
    }
    let refused = boards.save(board("more", "v1", "{}"), Expected::Absent).await;
    assert_eq!(refused, Err(BoardError::TooMany));
    assert_eq!(boards.save(board("b0", "v2", "{}"), seen("v1")).await, Ok(()));
    assert_eq!(boards.delete(&name("b1"), seen("v1")).await, Ok(true));
    assert_eq!(boards.save(board("more", "v1", "{}"), Expected::Absent).await, Ok(()));
    assert_eq!(boards.list().await.unwrap().len(), limits::BOARDS);
}
