//! Every decision of the Tickertape server, and the ports it needs.
