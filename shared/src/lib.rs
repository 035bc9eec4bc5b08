//! What both ends of Tickertape must agree on: messages, topics, positions, limits, freshness, the client session.
