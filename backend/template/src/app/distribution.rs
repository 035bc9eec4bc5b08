//! CloudFront distributions.

use crate::place::Place;

/// A CloudFront distribution: an address below which paths lead to different origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// Name in the description.
    pub logical_id: String,
    /// Host name that the description's references to it have.
    pub domain: String,
    /// Custom domains that lead to it.
    pub aliases: Vec<String>,
    /// Object that is the answer to a request for `/`.
    pub root_object: Option<String>,
    /// Rules by which requests are answered, in the order in which their patterns are compared. The last one has the pattern `*`.
    pub behaviors: Vec<Behavior>,
    /// Pages that replace errors of origins.
    pub error_pages: Vec<ErrorPage>,
    /// Place of the distribution.
    pub place: Place,
}

/// A rule by which a distribution answers the requests for some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behavior {
    /// Pattern of the paths, such as `/api/*`. `*` stands for any characters, and `?` for one.
    pub pattern: String,
    /// Methods that are passed on to the origin.
    pub methods: Vec<String>,
    /// Server to which requests are passed on.
    pub origin: Origin,
    /// Path that is put before that of each request, such as `/prod`. It is empty for none.
    pub origin_path: String,
    /// Headers that are added to answers.
    pub headers: Vec<AddedHeader>,
}

/// A server from which a distribution gets its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A bucket of the app, by its name in the description.
    Bucket(String),
    /// An API of the app, by its host name.
    Api(String),
    /// The function URL of a function of the app, by the function's name.
    Function(String),
    /// Any other server, by its host name. A note says that it is not asked.
    Elsewhere(String),
}

/// A header that a distribution adds to answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedHeader {
    /// Name of the header.
    pub name: String,
    /// Value of the header.
    pub value: String,
    /// True if it replaces the header of the origin.
    pub replaces: bool,
}

/// The answer of a distribution in place of an error of its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// Status of the origin's answer.
    pub error: u16,
    /// Status and path of the page that replaces it. `None` if the origin's answer stays.
    pub page: Option<(u16, String)>,
}
