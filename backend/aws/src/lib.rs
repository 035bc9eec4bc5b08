//! DynamoDB and the API Gateway Management API behind the ports of backend-core. No decisions are made here, and
//! no type of an SDK appears in a signature.

#![warn(missing_docs)]
