//! The scenario language, its runner and its reports, and the `mockwx` command line.
//!
//! From a file to an exit code, one room after the other:
//!
//! 1. [`yaml`] makes a tree of a text, and [`csv`] of a table, every node with its [place](source::Place);
//! 2. [`check`] makes [scenarios](language::Scenario) of trees, or tells every [problem](problem::Problem) there is;
//! 3. [`run`](mod@run) walks their steps, each case in a sealed world of its own, and gives one [result](run::RunResult);
//! 4. [`report`] writes that for people, for CI servers and for programs;
//! 5. [`cli`] reads the command line before, and ends with an [exit code](cli::exit) after it all.
//!
//! [`mutate`] asks the other way round whether the scenarios would notice a wrong answer.
//! `watch` knows which files a changed file touches.
//!
//! [`language`] is the model that they share, [`conformance`] and [`schema`] are what types and editors have to say about
//! files. The vendors' rules are elsewhere: whatever a scenario does, it does by the calls that any client makes.

pub mod check;
pub mod cli;
pub mod conformance;
pub mod coverage;
pub mod csv;
pub mod format;
mod hold;
pub mod language;
pub mod mutate;
pub mod problem;
mod record;
pub mod report;
pub mod run;
pub mod schema;
pub mod source;
mod watch;
pub mod yaml;
