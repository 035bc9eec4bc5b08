//! Tests of the gateway over real sockets, in one binary, so that it is linked once.

mod api;
mod authorizer;
mod chaos;
mod closing;
mod delivery;
mod fidelity;
mod handshake;
mod hostile;
mod management;
mod messages;
mod sdk;
mod server;
mod support;
