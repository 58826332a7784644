//! The `mockwx` program: everything is in the library, see [`harness::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::cli::main(std::env::args_os()).into()
}
