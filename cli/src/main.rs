//! A live dashboard that never lies about its data: serve, publish, pipe, host, watch.

fn main() {}
