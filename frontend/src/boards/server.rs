//! Requests for the boards of the server.

use gloo_net::http::{Method, Response};
use serde_json::Value;
use shared::board::{Board as Document, BoardName};
use shared::board_config::Addresses;

use crate::http;
use board_model::document::Saved;

/// The server, with the token for it.
pub(crate) type Server = (Addresses, Option<String>);

/// A board in the list of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    pub name: String,
    pub title: Option<String>,
}

/// The outcome of a save that did not succeed.
pub(crate) enum NotSaved {
    /// Somebody else has saved the board since. Contains the board as it is now, and the name of whoever has saved it; `None` if
    /// it was deleted.
    Changed(Option<(Saved, String)>),
    /// The reason in words.
    Refused(String),
}

/// Returns the boards of the server.
pub(crate) async fn list(server: &Server) -> Option<Vec<Listed>> {
    let response = http::request(Method::GET, &address(server, ""), server.1.as_deref()).await?;
    let body = json(response).await?;
    let boards = body.get("boards")?.as_array()?;
    let text = |board: &Value, name: &str| board.get(name).and_then(Value::as_str).map(str::to_owned);
    let listed = |board: &Value| Some(Listed { name: text(board, "name")?, title: text(board, "title") });
    Some(boards.iter().filter_map(listed).collect())
}

/// Fetches a board.
///
/// # Errors
///
/// The reason in words.
pub(crate) async fn fetch(server: &Server, name: &BoardName) -> Result<Saved, String> {
    let response = http::request(Method::GET, &address(server, name.as_str()), server.1.as_deref()).await;
    let response = response.ok_or_else(unreachable)?;
    if !response.ok() {
        return Err(http::reason(response).await);
    }
    let version = version(&response);
    let text = response.text().await.map_err(|_| unreachable())?;
    let board = Document::read(&text).map_err(|fault| fault.to_string())?;
    Ok(Saved { name: name.clone(), version, board })
}

/// Saves a board. `seen` is the version that it replaces; `None` if the server has no board of this name.
///
/// # Errors
///
/// [`NotSaved`].
pub(crate) async fn save(
    server: &Server,
    name: &BoardName,
    document: Document,
    seen: Option<&str>,
) -> Result<Saved, NotSaved> {
    let tag = seen.map(|version| ["\"", version, "\""].concat());
    let condition = match &tag {
        Some(tag) => ("If-Match", tag.as_str()),
        None => ("If-None-Match", "*"),
    };
    let url = address(server, name.as_str());
    let response = http::put(&url, server.1.as_deref(), condition, document.to_text()).await;
    let response = response.ok_or_else(|| NotSaved::Refused(unreachable()))?;
    match response.status() {
        200 => Ok(Saved { name: name.clone(), version: version(&response), board: document }),
        412 => Err(NotSaved::Changed(changed(response, name).await)),
        _ => Err(NotSaved::Refused(http::reason(response).await)),
    }
}

/// Reads the board that somebody else has saved.
async fn changed(response: Response, name: &BoardName) -> Option<(Saved, String)> {
    let mut body = json(response).await?;
    let board = body.get_mut("board")?;
    let text = |board: &Value, name: &str| board.get(name).and_then(Value::as_str).map(str::to_owned);
    let (version, by) = (text(board, "version")?, text(board, "saved_by")?);
    let document = Document::from_value(board.get_mut("document")?.take()).ok()?;
    Some((Saved { name: name.clone(), version, board: document }, by))
}

fn address(server: &Server, name: &str) -> String {
    let slash = if name.is_empty() { "" } else { "/" };
    [&server.0.http, "/boards", slash, name].concat()
}

fn version(response: &Response) -> String {
    let tag = response.headers().get("etag").unwrap_or_default();
    tag.trim_start_matches("W/").trim_matches('"').to_owned()
}

async fn json(response: Response) -> Option<Value> {
    serde_json::from_str(&response.text().await.ok()?).ok()
}

fn unreachable() -> String {
    "the server cannot be reached; your changes are kept in this browser".to_owned()
}
