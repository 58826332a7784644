//! Scenarios that run more than once: with the rows of a table, and with the combinations of a matrix.

#![expect(clippy::unwrap_used, reason = "a test says by panicking that something is not as it should be")]

mod folder;
mod matrix;
mod tables;
