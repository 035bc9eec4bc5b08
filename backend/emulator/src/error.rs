//! The reasons why an app cannot run.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serverless_app::Place;

use crate::data::DataError;

/// The reason why an app cannot run at all. A function that cannot run is no such reason: its messages get an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The app has no WebSocket API.
    #[error(
        "the description has no WebSocket API: it needs an AWS::ApiGatewayV2::Api with ProtocolType WEBSOCKET, or a function with the event `websocket`"
    )]
    NoApi,
    /// An API has a route key or an expression that API Gateway would refuse.
    #[error("{place}: the API {api} cannot run: {reason}")]
    Api {
        /// Place of the API in the description.
        place: Place,
        /// Name of the API in the description.
        api: String,
        /// Description of what is wrong.
        reason: String,
    },
    /// The address for clients is not free.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        error: io::Error,
    },
    /// A table, a queue or an event source mapping cannot run.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file or folder for the emulator itself cannot be written or read.
    #[error("{} cannot be used: {error}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The authority of certificates cannot be used.
    #[error("the certificates for AWS's host names cannot be made: {reason}; delete {} to make new ones", path.display())]
    Authority {
        /// File of the authority's key.
        path: PathBuf,
        /// Description of what is wrong.
        reason: String,
    },
}

impl StartError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::File { path, error }
    }
}
