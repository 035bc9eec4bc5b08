//! From a method and a path to what is asked for.

use percent_encoding::percent_decode_str;
use shared::ErrorCode;

use super::{Answer, RequestHead};
use crate::refusal::Refusal;

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Whether the server lives.
    Health,
    /// The list of topics.
    Topics,
    /// A part of a topic's log; its name is not checked yet.
    History(String),
    /// To publish to a topic; its name is not checked yet.
    Publish(String),
    /// What may be asked for at all.
    Options,
}

impl Route {
    /// Finds it.
    ///
    /// # Errors
    ///
    /// 404 where there is nothing, 405 where there is something else.
    pub fn of(method: &str, path: &str) -> Result<Self, Answer> {
        let is_get = matches!(method, "GET" | "HEAD");
        match (path, path.strip_prefix("/topics/")) {
            _ if method == "OPTIONS" => Ok(Self::Options),
            ("/healthz", _) if is_get => Ok(Self::Health),
            ("/topics" | "/topics/", _) if is_get => Ok(Self::Topics),
            ("/healthz" | "/topics" | "/topics/", _) => Err(Answer::method_not_allowed(method, READ)),
            (_, Some(name)) if is_get => Ok(Self::History(decoded(name))),
            (_, Some(name)) if method == "POST" => Ok(Self::Publish(decoded(name))),
            (_, Some(_)) => Err(Answer::method_not_allowed(method, READ_AND_PUBLISH)),
            (_, None) => Err(Answer::nothing_at(path)),
        }
    }
}

const READ: &str = "GET,HEAD";
const READ_AND_PUBLISH: &str = "GET,HEAD,POST";

/// What is no UTF-8 is no topic's name either, and is told so.
fn decoded(name: &str) -> String {
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// Whether a body can hold publications: told before it is read.
///
/// # Errors
///
/// 415, for what is compressed, or is no text.
pub fn check_type(head: &RequestHead<'_>) -> Result<(), Answer> {
    let encoding = head.content_encoding.unwrap_or_default();
    if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity") {
        return Err(unsupported(format!("Content-Encoding {encoding} is not read: send it as it is")));
    }
    let kind = head.content_type.unwrap_or_default().trim().to_ascii_lowercase();
    if ["multipart/", "image/", "audio/", "video/"].iter().any(|prefix| kind.starts_with(prefix)) {
        return Err(unsupported(format!("{kind} is not read: send JSON, NDJSON or text/plain")));
    }
    Ok(())
}

fn unsupported(words: String) -> Answer {
    Answer::error(415, &Refusal::new(ErrorCode::Malformed, words))
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
            ("OPTIONS", "/anything", Route::Options),
        ] {
            assert_eq!(Route::of(method, path), Ok(route), "{method} {path}");
        }
    }

    #[test]
    fn what_is_not_there_and_what_is_not_done_there_are_told_apart() {
        for (method, path, status, allow) in [
            ("GET", "/elsewhere", 404, None),
            ("POST", "/", 404, None),
            ("POST", "/topics", 405, Some("GET,HEAD")),
            ("DELETE", "/topics/a", 405, Some("GET,HEAD,POST")),
        ] {
            let answer = Route::of(method, path).unwrap_err();
            assert_eq!((answer.status, answer.header("allow")), (status, allow), "{method} {path}");
        }
    }

    #[test]
    fn what_cannot_hold_publications_is_refused_unread() {
        let form =
            RequestHead { content_type: Some("Multipart/form-data; boundary=x"), ..Default::default() };
        let zipped = RequestHead { content_encoding: Some("gzip"), ..Default::default() };
        let plain = RequestHead {
            content_type: Some("application/x-www-form-urlencoded"),
            content_encoding: Some("Identity"),
            ..Default::default()
        };
        assert_eq!(check_type(&form).unwrap_err().status, 415);
        assert_eq!(check_type(&zipped).unwrap_err().status, 415);
        assert_eq!(check_type(&plain), Ok(()), "curl calls everything a form");
    }
}
