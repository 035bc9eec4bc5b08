//! Fakes of every port, and the suite each implementation runs.
