//! The scenario language, its runner and its reports.

pub mod check;
pub mod cli;
pub mod conformance;
pub mod language;
pub mod problem;
pub mod report;
pub mod run;
pub mod schema;
pub mod source;
pub mod yaml;
