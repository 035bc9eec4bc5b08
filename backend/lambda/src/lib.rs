//! What the four functions have in common: settings, logs and metrics. Each function is a file in `bin/`.

#![warn(missing_docs)]
