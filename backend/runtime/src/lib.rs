//! Lambda on your desk: starts a function's `bootstrap`, serves it the Lambda Runtime API, and hands it the
//! events of the embedded gateway. Knows nothing of topics or boards.

#![warn(missing_docs)]
