//! The table of paths of the HTTP API. Every server program looks up a request here, so that all of them support the
//! same paths.

use percent_encoding::percent_decode_str;

use super::Answer;

/// An endpoint of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Reports that the server is running.
    Health,
    /// Lists the topics.
    Topics,
    /// Reads a part of a topic's log. The string is the topic's name, percent-decoded and not yet checked.
    History(String),
    /// Publishes to a topic. The string is the topic's name, percent-decoded and not yet checked.
    Publish(String),
    /// Deletes a topic and its history. The string is the topic's name, percent-decoded and not yet checked.
    Forget(String),
    /// Lists, reads or changes board documents.
    Boards(BoardRoute),
    /// Lists the methods and headers that are allowed (CORS preflight).
    Options,
}

/// An endpoint for board documents. The strings are names of boards, percent-decoded and not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardRoute {
    /// Lists the boards.
    List,
    /// Reads a board.
    Read(String),
    /// Saves a board.
    Save(String),
    /// Deletes a board.
    Delete(String),
}

impl Route {
    /// Returns the endpoint for a method and a path.
    ///
    /// # Errors
    ///
    /// An answer with status 404 if the path does not belong to the HTTP API, or with status 405 if it does but does
    /// not support this method.
    pub fn of(method: &str, path: &str) -> Result<Self, Answer> {
        let is_get = matches!(method, "GET" | "HEAD");
        if method != "OPTIONS" && is_of_boards(path) {
            return BoardRoute::of(method, path).map(Self::Boards);
        }
        match (path, path.strip_prefix("/topics/")) {
            _ if method == "OPTIONS" => Ok(Self::Options),
            ("/healthz", _) if is_get => Ok(Self::Health),
            ("/topics" | "/topics/", _) if is_get => Ok(Self::Topics),
            ("/healthz" | "/topics" | "/topics/", _) => Err(Answer::method_not_allowed(method, READ)),
            (_, Some(name)) if is_get => Ok(Self::History(decoded(name))),
            (_, Some(name)) if method == "POST" => Ok(Self::Publish(decoded(name))),
            (_, Some(name)) if method == "DELETE" => Ok(Self::Forget(decoded(name))),
            (_, Some(_)) => Err(Answer::method_not_allowed(method, OF_A_TOPIC)),
            (_, None) => Err(Answer::nothing_at(path)),
        }
    }

    /// Returns true if `path` belongs to the HTTP API, whatever the method is. A server that also serves a web page
    /// answers all other paths with the page.
    pub fn is_api(path: &str) -> bool {
        matches!(path, "/healthz" | "/topics") || path.starts_with("/topics/") || is_of_boards(path)
    }
}

impl BoardRoute {
    fn of(method: &str, path: &str) -> Result<Self, Answer> {
        let is_get = matches!(method, "GET" | "HEAD");
        match path.strip_prefix("/boards/").filter(|name| !name.is_empty()) {
            None if is_get => Ok(Self::List),
            None => Err(Answer::method_not_allowed(method, READ)),
            Some(name) if is_get => Ok(Self::Read(decoded(name))),
            Some(name) if method == "PUT" => Ok(Self::Save(decoded(name))),
            Some(name) if method == "DELETE" => Ok(Self::Delete(decoded(name))),
            Some(_) => Err(Answer::method_not_allowed(method, OF_A_BOARD)),
        }
    }
}

fn is_of_boards(path: &str) -> bool {
    path == "/boards" || path.starts_with("/boards/")
}

const READ: &str = "GET,HEAD";
const OF_A_TOPIC: &str = "GET,HEAD,POST,DELETE";

const OF_A_BOARD: &str = "GET,HEAD,PUT,DELETE";

/// Percent-decodes the name of a topic or a board. Bytes that are not UTF-8 are replaced by U+FFFD, which the later check of the
/// name refuses.
fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_means_one_thing_for_each_method() {
        for (method, path, route) in [
            ("GET", "/topics", Route::Topics),
            ("HEAD", "/topics/", Route::Topics),
            ("GET", "/healthz", Route::Health),
            ("GET", "/topics/host/cpu", Route::History("host/cpu".into())),
            ("POST", "/topics/host%2Fcpu", Route::Publish("host/cpu".into())),
            ("POST", "/topics//a", Route::Publish("/a".into())),
            ("DELETE", "/topics/host/cpu", Route::Forget("host/cpu".into())),
            ("GET", "/boards", Route::Boards(BoardRoute::List)),
            ("HEAD", "/boards/", Route::Boards(BoardRoute::List)),
            ("GET", "/boards/a%2Eb", Route::Boards(BoardRoute::Read("a.b".into()))),
            ("PUT", "/boards/a/b", Route::Boards(BoardRoute::Save("a/b".into()))),
            ("DELETE", "/boards/a", Route::Boards(BoardRoute::Delete("a".into()))),
            ("OPTIONS", "/anything", Route::Options),
            ("OPTIONS", "/boards/a", Route::Options),
        ] {
            assert_eq!(Route::of(method, path), Ok(route), "{method} {path}");
        }
    }

    #[test]
    fn a_path_belongs_to_the_api_exactly_if_some_method_is_routed() {
        for path in [
            "/healthz",
            "/topics",
            "/topics/",
            "/topics/a/b",
            "/boards",
            "/boards/",
            "/boards/a",
            "/",
            "/topicsx",
            "/boardsx",
            "/index.html",
            "/healthz/",
        ] {
            let is_routed = Route::of("PATCH", path).is_err_and(|answer| answer.status == 405);
            assert_eq!(Route::is_api(path), is_routed, "{path}");
        }
    }

    #[test]
    fn an_unknown_path_and_an_unsupported_method_are_different_errors() {
        for (method, path, status, allow) in [
            ("GET", "/elsewhere", 404, None),
            ("POST", "/", 404, None),
            ("POST", "/topics", 405, Some("GET,HEAD")),
            ("PATCH", "/topics/a", 405, Some("GET,HEAD,POST,DELETE")),
            ("DELETE", "/boards", 405, Some("GET,HEAD")),
            ("POST", "/boards/a", 405, Some("GET,HEAD,PUT,DELETE")),
        ] {
            let answer = Route::of(method, path).unwrap_err();
            assert_eq!((answer.status, answer.header("allow")), (status, allow), "{method} {path}");
        }
    }
}
