//! Answers requests for board documents.

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use shared::board::{Board, BoardName, Finding, lint};
use shared::{ErrorCode, Millis, limits};

use super::Service;
use crate::http::{self, Answer, BoardRoute, HttpBoard, HttpBoards, RequestHead, board_changed, quoted};
use crate::payer::Payer;
use crate::permission;
use crate::ports::{BoardEntry, BoardError, Boards, Expected, StoredBoard, TopicLog};
use crate::principal::Principal;
use crate::refusal::Refusal;

impl<C, L: TopicLog, M> Service<C, L, M> {
    /// Answers one request for boards. Everybody with a valid token may read them; the claim `edit` permits saving and deleting.
    pub(super) async fn http_boards<S, B>(
        &self,
        boards: &S,
        route: BoardRoute,
        head: &RequestHead<'_>,
        body: B,
        clock: &impl Fn() -> Millis,
    ) -> Result<Answer, Answer>
    where
        S: Boards,
        B: Future<Output = Result<Bytes, Answer>>,
    {
        match route {
            BoardRoute::List => {
                let principal = self.admit_reader(head, clock())?;
                let listed = self.observed(&principal, list(boards).await)?;
                Ok(self.charge_answer(&principal, head, Answer::json(&listed), clock()))
            }
            BoardRoute::Read(name) => {
                let principal = self.admit_reader(head, clock())?;
                let board = self.observed(&principal, read(boards, &name).await)?;
                let answer = Answer::json_text(&*board.text).and_header("etag", quoted(&board.entry.version));
                Ok(self.charge_answer(&principal, head, answer, clock()))
            }
            BoardRoute::Save(name) => self.save_board(boards, &name, head, body, clock).await,
            BoardRoute::Delete(name) => {
                let principal = self.admit(head, clock())?;
                let name = self.observed(&principal, may_edit(&principal, &name, clock()))?;
                let expected = self.observed(&principal, expected_to_exist(head))?;
                match boards.delete(&name, expected).await {
                    Ok(true) => Ok(Answer::json(&serde_json::json!({ "name": name }))),
                    Ok(false) => Ok(self.observed(&principal, Err(unknown(&name)))?),
                    Err(error) => Err(self.board_error(&principal, head, error, clock())),
                }
            }
        }
    }

    async fn save_board<S, B>(
        &self,
        boards: &S,
        name: &str,
        head: &RequestHead<'_>,
        body: B,
        clock: &impl Fn() -> Millis,
    ) -> Result<Answer, Answer>
    where
        S: Boards,
        B: Future<Output = Result<Bytes, Answer>>,
    {
        let principal = self.admit(head, clock())?;
        let name = self.observed(&principal, may_edit(&principal, name, clock()))?;
        let expected = self.observed(&principal, http::expected_of(head))?;
        http::check_type(head)?;
        let body = body.await?;
        self.charge_save(&Payer::new(&principal.name, head.peer), body.len(), clock())?;
        let board = self.observed(&principal, self.board(&principal, name, &body, clock()))?;
        match save(boards, board, expected).await {
            Ok(entry) => {
                let tag = quoted(&entry.version);
                Ok(Answer::json(&HttpBoard::from(entry)).and_header("etag", tag))
            }
            Err(error) => Err(self.board_error(&principal, head, error, clock())),
        }
    }

    /// Checks a document that a client wants to save, and makes a board of it, with a new version.
    fn board(
        &self,
        principal: &Principal,
        name: BoardName,
        body: &Bytes,
        now: Millis,
    ) -> Result<StoredBoard, Refusal> {
        let text = checked(body)?;
        let title = Board::read(text).ok().and_then(|board| board.title);
        let entry = BoardEntry {
            name,
            version: format!("{:016x}", (self.settings.random)()),
            title,
            saved_at: now,
            saved_by: shortened(&principal.name),
            bytes: text.len() as u64,
            is_read_only: false,
        };
        Ok(StoredBoard { entry, text: Arc::from(text) })
    }

    /// Returns the answer to a request to change a board that failed. An answer with the document as it is now counts as one that was
    /// read, and is refused to a client that has read too much.
    fn board_error(
        &self,
        principal: &Principal,
        head: &RequestHead<'_>,
        error: BoardError,
        now: Millis,
    ) -> Answer {
        let current = match &error {
            BoardError::Changed(current) => current.as_deref().cloned(),
            _ => None,
        };
        let is_affordable = match current {
            Some(_) => self.check_read(&Payer::new(&principal.name, head.peer), now),
            None => Ok(()),
        };
        if let Err(limited) = self.observed(principal, is_affordable) {
            return Answer::refused(&limited);
        }
        let refusal = Refusal::from(error);
        (self.settings.on_refusal)(principal, &refusal);
        self.charge_answer(principal, head, board_changed(&refusal, current), now)
    }
}

/// Returns the beginning of a principal's name, which may be as long as a token.
fn shortened(name: &str) -> String {
    let end = name.floor_char_boundary(limits::BOARD_TEXT_BYTES);
    name[..end].to_owned()
}

async fn list(boards: &impl Boards) -> Result<HttpBoards, Refusal> {
    let entries = boards.list().await?;
    Ok(HttpBoards { boards: entries.into_iter().map(HttpBoard::from).collect() })
}

async fn read(boards: &impl Boards, name: &str) -> Result<StoredBoard, Refusal> {
    let name = board_name(name)?;
    boards.board(&name).await?.ok_or_else(|| unknown(&name))
}

/// Saves a board, and returns its entry. If the board already has the same document, the request is a repeated one whose answer was
/// lost, or another client had the same wish: then nothing is saved, and the present entry is returned.
async fn save(
    boards: &impl Boards,
    board: StoredBoard,
    expected: Expected,
) -> Result<BoardEntry, BoardError> {
    let StoredBoard { entry, text } = board.clone();
    match boards.save(board, expected).await {
        Ok(()) => Ok(entry),
        Err(BoardError::Changed(Some(current))) if current.text == text => Ok(current.entry),
        Err(error) => Err(error),
    }
}

fn may_edit(principal: &Principal, name: &str, now: Millis) -> Result<BoardName, Refusal> {
    permission::check_token(principal, now)?;
    let name = board_name(name)?;
    permission::check_edit(principal, &name)?;
    Ok(name)
}

fn board_name(name: &str) -> Result<BoardName, Refusal> {
    BoardName::new(name).map_err(|error| Refusal::new(ErrorCode::BadBoard, error))
}

fn unknown(name: &BoardName) -> Refusal {
    Refusal::new(ErrorCode::UnknownBoard, format!("there is no board {name}: GET /boards lists all boards"))
}

/// Returns the version of the board that is to be deleted.
fn expected_to_exist(head: &RequestHead<'_>) -> Result<Expected, Refusal> {
    match http::expected_of(head)? {
        Expected::Absent => {
            let words = "a board is deleted in the version that you have seen: send If-Match with its ETag, or with * for any version";
            Err(Refusal::new(ErrorCode::Malformed, words))
        }
        expected => Ok(expected),
    }
}

/// Checks a document, and returns its text.
///
/// # Errors
///
/// A refusal with code 205 if the document is too large, or with code 213 and the line of the first error.
fn checked(body: &Bytes) -> Result<&str, Refusal> {
    if body.len() > limits::BOARD_BYTES {
        let (bytes, limit) = (body.len(), limits::BOARD_BYTES);
        let words =
            format!("the board has {bytes} bytes, and the limit is {limit}: divide it into several boards");
        return Err(Refusal::new(ErrorCode::TooLarge, words));
    }
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::new(ErrorCode::BadBoard, "the board is not UTF-8: send JSON text in UTF-8"))?;
    match lint(text).into_iter().find(Finding::is_error) {
        None => Ok(text),
        Some(Finding { location, fault }) => {
            Err(Refusal::new(ErrorCode::BadBoard, fault).on_line(Some(location.line)))
        }
    }
}
