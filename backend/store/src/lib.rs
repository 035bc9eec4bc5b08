//! The embedded store: connections in memory, topics and history in one file.
