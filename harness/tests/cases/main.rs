//! Scenarios that run more than once: with the rows of a table, and with the combinations of a matrix.

mod folder;
mod matrix;
mod tables;
