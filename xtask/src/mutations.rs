//! Breaks one rule at a time and demands that a scenario or a test goes red.
//!
//! The list is `xtask/mutations.txt`. Each mutation is applied to a copy of the workspace. The tests of the broken crate
//! run first, because they build fastest; where they stay green, the `mockwx` of that copy replays the shipped
//! scenarios. A mutation that nothing notices is a hole in the tests.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sim::real::Stopwatch;

/// One broken rule.
struct Mutation<'a> {
    name: &'a str,
    file: &'a str,
    /// Misfortunes of the catalogue, `s05`, whose page in the field guide must notice it.
    guide: Vec<&'a str>,
    from: String,
    to: String,
}

/// What noticed a mutation.
enum Caught {
    Scenarios,
    Tests,
    Nothing,
}

/// Who has to notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The tests of the broken crate, else any scenario.
    Anything,
    /// The page of the field guide that tells of the misfortune.
    FieldGuide,
}

/// Which mutations of the list are applied.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which<'a> {
    All,
    /// Those whose name contains a text.
    Named(&'a str),
    /// Every so manieth, from a first one on: part 2 of 3.
    Part {
        number: usize,
        of: usize,
    },
}

impl<'a> Which<'a> {
    /// `2/3`.
    pub(crate) fn part(text: &str) -> Option<Which<'a>> {
        let (number, of) = text.split_once('/')?;
        let (number, of) = (number.parse().ok()?, of.parse().ok()?);
        (1..=of).contains(&number).then_some(Which::Part { number, of })
    }

    fn takes(self, at: usize, name: &str) -> bool {
        match self {
            Which::All => true,
            Which::Named(part) => name.contains(part),
            Which::Part { number, of } => at % of == number - 1,
        }
    }
}

/// Applies mutations, and fails when one of them goes unnoticed.
pub(crate) fn run(which: Which<'_>, by: By) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the workspace has no root")?;
    let list = fs::read_to_string(root.join("xtask/mutations.txt")).map_err(|e| format!("xtask/mutations.txt: {e}"))?;
    let mut mutations = parse(&list)?;
    let mut at = 0..;
    mutations.retain(|mutation| at.next().is_some_and(|at| which.takes(at, mutation.name)));
    mutations.retain(|mutation| by == By::Anything || !mutation.guide.is_empty());
    if mutations.is_empty() {
        return Err("no mutation of that name".to_owned());
    }
    let copy = root.join("target/mutations/tree");
    copy_tree(root, &copy)?;
    say("first without a mutation");
    if !build(&copy)? || !scenarios_pass(&copy)? {
        return Err("the workspace is not green without a mutation: mend that first".to_owned());
    }
    let mut survivors = Vec::new();
    for (number, mutation) in mutations.iter().enumerate() {
        let watch = Stopwatch::start();
        let file = copy.join(mutation.file);
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", mutation.file))?;
        if text.matches(&mutation.from).count() != 1 {
            let place = format!("{}: {}", mutation.name, mutation.file);
            return Err(format!("{place}: the text to replace must stand there exactly once:\n{}", mutation.from));
        }
        write(&file, &text.replacen(&mutation.from, &mutation.to, 1))?;
        let caught = match by {
            By::Anything => judge(&copy, mutation),
            By::FieldGuide => judge_by_guide(&copy, mutation),
        };
        write(&file, &text)?;
        let by = match caught? {
            Caught::Scenarios => "scenarios",
            Caught::Tests => "tests",
            Caught::Nothing => {
                survivors.push(mutation.name);
                "NOTHING"
            }
        };
        let took = watch.elapsed().as_secs_f32();
        say(&format!("{:>2}/{} {:<60} noticed by {by} ({took:.0} s)", number + 1, mutations.len(), mutation.name));
    }
    if survivors.is_empty() {
        say(&format!("all {} mutations noticed", mutations.len()));
        return Ok(());
    }
    Err(format!("unnoticed:\n  {}", survivors.join("\n  ")))
}

/// Reads the list: `== name`, `file PATH`, then lines that begin with `- ` and `+ `.
fn parse(list: &str) -> Result<Vec<Mutation<'_>>, String> {
    let mut mutations: Vec<Mutation<'_>> = Vec::new();
    for (number, line) in list.lines().enumerate() {
        let place = || format!("xtask/mutations.txt:{}", number + 1);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix("== ") {
            mutations.push(Mutation { name, file: "", guide: vec![], from: String::new(), to: String::new() });
            continue;
        }
        let mutation = mutations.last_mut().ok_or_else(|| format!("{}: begin with `== name`", place()))?;
        if let Some(file) = line.strip_prefix("file ") {
            mutation.file = file;
        } else if let Some(ids) = line.strip_prefix("guide ") {
            mutation.guide = ids.split_whitespace().collect();
        } else if let Some(text) = line.strip_prefix("- ") {
            append(&mut mutation.from, text);
        } else if let Some(text) = line.strip_prefix("+ ") {
            append(&mut mutation.to, text);
        } else {
            return Err(format!("{}: neither `== `, `file `, `guide `, `- ` nor `+ `", place()));
        }
    }
    match mutations.iter().find(|mutation| mutation.file.is_empty() || mutation.from.is_empty()) {
        Some(broken) => Err(format!("{}: needs a `file ` line and a `- ` line", broken.name)),
        None => Ok(mutations),
    }
}

fn append(to: &mut String, line: &str) {
    if !to.is_empty() {
        to.push('\n');
    }
    to.push_str(line);
}

fn judge(copy: &Path, mutation: &Mutation<'_>) -> Result<Caught, String> {
    let package = mutation.file.split('/').next().unwrap_or_default();
    let tests = ["test", "--quiet", "--package", package, "--lib", "--tests"];
    if !succeeds(cargo(copy).args(tests).arg("--no-run"))? {
        return Err(format!("{}: does not compile; a mutation must be a working program", mutation.name));
    }
    if !succeeds(cargo(copy).args(tests))? {
        return Ok(Caught::Tests);
    }
    if !build(copy)? {
        return Err(format!("{}: the rest of the workspace does not compile with it", mutation.name));
    }
    Ok(if scenarios_pass(copy)? { Caught::Nothing } else { Caught::Scenarios })
}

/// Whether every page of the field guide that the mutation breaks goes red.
fn judge_by_guide(copy: &Path, mutation: &Mutation<'_>) -> Result<Caught, String> {
    if !build(copy)? {
        return Err(format!("{}: does not compile; a mutation must be a working program", mutation.name));
    }
    let folder = copy.join("scenarios/failures");
    for id in &mutation.guide {
        let entries = fs::read_dir(&folder).map_err(|e| format!("scenarios/failures: {e}"))?;
        let start = format!("{id}-");
        let page = entries
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&start)));
        let page = page.ok_or_else(|| format!("{}: scenarios/failures has no page for {id}", mutation.name))?;
        if replay(copy, &page)? {
            say(&format!("{}: the page of {id} stays green", mutation.name));
            return Ok(Caught::Nothing);
        }
    }
    Ok(Caught::Scenarios)
}

fn cargo(copy: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(copy).env("CARGO_TARGET_DIR", target(copy)).env("CARGO_PROFILE_DEV_DEBUG", "0");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn target(copy: &Path) -> PathBuf {
    copy.with_file_name("target")
}

fn build(copy: &Path) -> Result<bool, String> {
    succeeds(cargo(copy).args(["build", "--package", "harness", "--bin", "mockwx"]))
}

fn succeeds(command: &mut Command) -> Result<bool, String> {
    Ok(command.status().map_err(|e| format!("cargo: {e}"))?.success())
}

fn scenarios_pass(copy: &Path) -> Result<bool, String> {
    replay(copy, Path::new("scenarios"))
}

/// Whether the scenarios at `path` are green with the `mockwx` of the copy.
fn replay(copy: &Path, path: &Path) -> Result<bool, String> {
    let mut command = Command::new(target(copy).join("debug/mockwx"));
    command.current_dir(copy).arg("run").arg(path).arg("--fail-fast").stdout(Stdio::null()).stderr(Stdio::null());
    let code = command.status().map_err(|e| format!("mockwx: {e}"))?.code();
    match code {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        other => Err(format!("mockwx run ended with {other:?}: neither green nor a failed scenario")),
    }
}

/// Copies what belongs to the workspace; files that are the same already keep their time, so that cargo rebuilds only
/// what changed.
fn copy_tree(from: &Path, to: &Path) -> Result<(), String> {
    let place = |path: &Path, e: std::io::Error| format!("{}: {e}", path.display());
    fs::create_dir_all(to).map_err(|e| place(to, e))?;
    let mut wanted = Vec::new();
    for entry in fs::read_dir(from).map_err(|e| place(from, e))? {
        let entry = entry.map_err(|e| place(from, e))?;
        let (path, name) = (entry.path(), entry.file_name());
        // Installed packages link to the folder that they are in, round and round.
        if name == "target" || name == ".git" || name == "node_modules" {
            continue;
        }
        let copy = to.join(&name);
        wanted.push(name);
        if path.is_dir() {
            copy_tree(&path, &copy)?;
        } else {
            let bytes = fs::read(&path).map_err(|e| place(&path, e))?;
            if fs::read(&copy).ok().as_deref() != Some(&bytes) {
                fs::write(&copy, bytes).map_err(|e| place(&copy, e))?;
            }
        }
    }
    for entry in fs::read_dir(to).map_err(|e| place(to, e))?.flatten() {
        if !wanted.contains(&entry.file_name()) {
            let path = entry.path();
            let gone = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.map_err(|e| place(&path, e))?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))
}

fn say(line: &str) {
    // A closed pipe means nobody listens any more; the exit code still tells.
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_list_reads_and_has_at_least_thirty_mutations() {
        let mutations = parse(include_str!("../mutations.txt")).unwrap();
        assert!(mutations.len() >= 30, "{}", mutations.len());
    }

    #[test]
    fn every_misfortune_has_a_mutation_that_its_page_must_notice() {
        let mutations = parse(include_str!("../mutations.txt")).unwrap();
        let guided: Vec<&str> = mutations.iter().flat_map(|mutation| mutation.guide.iter().copied()).collect();
        for misfortune in lab::CATALOGUE.iter().filter(|misfortune| !misfortune.id.starts_with('P')) {
            assert!(guided.contains(&misfortune.id.to_lowercase().as_str()), "{}", misfortune.id);
        }
    }

    #[test]
    fn every_mutation_is_in_one_part() {
        let parts: Vec<_> = ["1/3", "2/3", "3/3"].into_iter().map(|text| Which::part(text).unwrap()).collect();
        for at in 0..10 {
            assert_eq!(parts.iter().filter(|part| part.takes(at, "any")).count(), 1);
        }
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(Which::part(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn every_mutation_finds_its_text_exactly_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for mutation in parse(include_str!("../mutations.txt")).unwrap() {
            let text = fs::read_to_string(root.join(mutation.file)).unwrap_or_default();
            assert_eq!(text.matches(&mutation.from).count(), 1, "{}: {}", mutation.name, mutation.file);
        }
    }

    #[test]
    fn a_line_that_says_nothing_is_refused_with_its_place() {
        assert_eq!(
            parse("== a\nfile b\nc").err().unwrap(),
            "xtask/mutations.txt:3: neither `== `, `file `, `guide `, `- ` nor `+ `"
        );
    }
}
