//! Answers HTTP requests as a CloudFront distribution does: by the origin that the path selects.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, Request, StatusCode, Uri};
use hyper::body::Incoming;
use serverless_app::{AddedHeader, Behavior, Distribution, ErrorPage, Origin};

use crate::api::front::{Front, peer, set_path};
use crate::api::objects::{FileAnswer, Objects, plain, whole};
use crate::api::path_pattern;
use crate::api::url_front::UrlFront;

/// Body of the answer to a method that a behavior does not pass on, as CloudFront words it (Amazon CloudFront Developer Guide,
/// "HTTP 403 status code").
const METHOD: &str =
    "This distribution is not configured to allow the HTTP request method that was used for this request.";

/// Answers HTTP requests as a distribution does. All clones are the same.
#[derive(Clone)]
pub struct DistributionFront(Arc<Inner>);

struct Inner {
    distribution: Distribution,
    /// Objects of buckets, by the names of the buckets in the description.
    buckets: BTreeMap<String, Objects>,
    /// Function URLs, by the names of the functions.
    urls: BTreeMap<String, UrlFront>,
    apis: Front,
}

impl DistributionFront {
    /// Creates a front for a distribution. `folders` has the folders with the objects of buckets, by the buckets' names in the
    /// description. `urls` has function URLs by the names of the functions.
    pub fn new(
        distribution: Distribution,
        folders: &BTreeMap<String, PathBuf>,
        urls: BTreeMap<String, UrlFront>,
        apis: Front,
    ) -> Self {
        let objects = |(name, folder): (&String, &PathBuf)| (name.clone(), Objects::new(folder.clone()));
        let buckets = folders.iter().map(objects).collect();
        Self(Arc::new(Inner { distribution, buckets, urls, apis }))
    }

    /// Answers a request.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn answer(self, mut request: Request<Incoming>) -> Result<FileAnswer, Infallible> {
        let Inner { distribution, .. } = &*self.0;
        if let (Some(root), "/") = (&distribution.root_object, request.uri().path()) {
            set_path(&mut request, &format!("/{root}"));
        }
        let Some(behavior) = behavior_of(distribution, request.uri()) else {
            return Ok(plain(StatusCode::NOT_FOUND, "The distribution has no behavior.".to_owned()));
        };
        if !behavior.methods.iter().any(|method| method == request.method().as_str()) {
            return Ok(plain(StatusCode::FORBIDDEN, METHOD.to_owned()));
        }
        let answer = self.of_origin(behavior, request).await;
        let mut answer = self.or_error_page(answer).await;
        add_headers(&mut answer, &behavior.headers);
        Ok(answer)
    }

    async fn of_origin(&self, behavior: &Behavior, mut request: Request<Incoming>) -> FileAnswer {
        let Inner { buckets, urls, apis, .. } = &*self.0;
        if !behavior.origin_path.is_empty() {
            let path = format!("{}{}", behavior.origin_path, request.uri().path());
            set_path(&mut request, &path);
        }
        let peer = peer(&request);
        match &behavior.origin {
            Origin::Bucket(name) => match buckets.get(name) {
                Some(objects) => objects.answer(request).await,
                None => no_origin(format!(
                    "The objects of the bucket {name} are not known: start tickertape emulate with --bucket {name}=DIR."
                )),
            },
            Origin::Api(host) => apis.api(request, peer, host).await.map(whole),
            Origin::Function(name) => match urls.get(name) {
                Some(url) => url.answer(request, peer).await.map(whole),
                None => no_origin(format!("The function {name} has no function URL.")),
            },
            Origin::Elsewhere(host) => no_origin(format!("{host} is not part of this app and not asked.")),
        }
    }

    /// Returns the page that replaces an error, or the answer itself.
    async fn or_error_page(&self, answer: FileAnswer) -> FileAnswer {
        let Inner { distribution, buckets, .. } = &*self.0;
        let status = answer.status().as_u16();
        let replaced = distribution.error_pages.iter().find(|page| page.error == status);
        let Some(ErrorPage { page: Some((code, path)), .. }) = replaced else { return answer };
        let Ok(uri) = path.parse::<Uri>() else { return answer };
        let Some(Behavior { origin: Origin::Bucket(name), origin_path, .. }) =
            behavior_of(distribution, &uri)
        else {
            return answer;
        };
        let Some(objects) = buckets.get(name) else { return answer };
        let mut page = objects.page(&format!("{origin_path}{}", uri.path())).await;
        // If the page itself is missing, the answer of the origin stays.
        if !page.status().is_success() {
            return answer;
        }
        *page.status_mut() = StatusCode::from_u16(*code).unwrap_or(answer.status());
        page
    }
}

/// Returns the first behavior whose pattern matches the path.
fn behavior_of<'a>(distribution: &'a Distribution, uri: &Uri) -> Option<&'a Behavior> {
    distribution.behaviors.iter().find(|behavior| path_pattern::matches(&behavior.pattern, uri.path()))
}

fn no_origin(why: String) -> FileAnswer {
    plain(StatusCode::BAD_GATEWAY, why)
}

fn add_headers(answer: &mut FileAnswer, headers: &[AddedHeader]) {
    for AddedHeader { name, value, replaces } in headers {
        let Ok(name) = name.parse::<HeaderName>() else { continue };
        let Ok(value) = value.parse::<HeaderValue>() else { continue };
        if *replaces || !answer.headers().contains_key(&name) {
            answer.headers_mut().insert(name, value);
        }
    }
}
