//! An embedded WebSocket gateway that behaves like API Gateway.
