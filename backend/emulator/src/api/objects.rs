//! The objects of a bucket, which are the files of a folder.

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// An answer whose body may be a file.
pub type FileAnswer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Answer of S3 for an object that is not there, to a reader that may not list the bucket (Amazon S3 API Reference, "GetObject").
const ACCESS_DENIED: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

/// The objects of a bucket, which are the files of a folder. A key is the path of a file, and media types follow from the names.
#[derive(Debug, Clone)]
pub struct Objects(PathBuf);

impl Objects {
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Answers a request for an object: its file, or 403 if there is none.
    pub async fn answer<B: Send + 'static>(&self, request: Request<B>) -> FileAnswer {
        let files = ServeDir::new(&self.0).append_index_html_on_directories(false);
        let Ok(response) = files.oneshot(request).await;
        if response.status() == StatusCode::NOT_FOUND {
            return denied();
        }
        let mut response = response.map(BodyExt::boxed_unsync);
        // A browser would use a file without this header for some time, also if it has changed.
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        response
    }

    /// Returns the object at a path, whatever the method of the request that it answers.
    pub async fn page(&self, path: &str) -> FileAnswer {
        match Request::get(path).body(Empty::<Bytes>::new()) {
            Ok(request) => self.answer(request).await,
            Err(_) => denied(),
        }
    }
}

fn denied() -> FileAnswer {
    let mut response = plain(StatusCode::FORBIDDEN, ACCESS_DENIED.to_owned());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// Returns an answer with a text.
pub fn plain(status: StatusCode, text: String) -> FileAnswer {
    let mut response = Response::new(whole(Full::from(text)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// Returns a body that is in memory.
pub fn whole(body: Full<Bytes>) -> UnsyncBoxBody<Bytes, io::Error> {
    body.map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> (tempfile::TempDir, Objects) {
        let folder = tempfile::TempDir::new().expect("a folder");
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("sub")).expect("a folder");
        std::fs::write(site.join("index.html"), "<p>here").expect("written");
        std::fs::write(site.join("sub/a b.wasm"), "\0asm").expect("written");
        std::fs::write(folder.path().join("secret"), "of somebody").expect("written");
        (folder, Objects::new(site))
    }

    async fn text(answer: FileAnswer) -> String {
        let body = answer.into_body().collect().await.expect("all of it").to_bytes();
        String::from_utf8_lossy(&body).into_owned()
    }

    #[tokio::test]
    async fn a_file_is_an_object_with_the_media_type_of_its_name() {
        let (_folder, objects) = bucket();
        let page = objects.page("/index.html").await;
        assert_eq!(
            (page.status(), &page.headers()["content-type"]),
            (StatusCode::OK, &"text/html".parse().expect("a value"))
        );
        assert_eq!(page.headers()["cache-control"], "no-cache");
        assert_eq!(text(page).await, "<p>here");
        let module = objects.page("/sub/a%20b.wasm").await;
        assert_eq!(module.headers()["content-type"], "application/wasm");
    }

    #[tokio::test]
    async fn folders_missing_files_and_files_outside_are_403_as_of_a_bucket_that_cannot_be_listed() {
        let (_folder, objects) = bucket();
        for path in
            ["/", "/sub", "/sub/", "/nothing", "/../secret", "/%2e%2e/secret", "/sub/..%2f..%2fsecret"]
        {
            let answer = objects.page(path).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
            assert!(text(answer).await.contains("AccessDenied"), "{path}");
        }
    }
}
