//! Whole-system tests: the real binary, real sockets, a real browser.
