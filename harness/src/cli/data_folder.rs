//! Where the program keeps what has to outlive it: a folder of the user, which nobody else may write to.

use std::fs;
use std::path::{Path, PathBuf};

use sim::real;

use super::error::CliError;

/// The folder of the user for things that outlive the program. It may not be there yet.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

/// What decides where such folders are.
#[derive(Debug, Clone, Copy)]
enum System {
    Unix,
    Mac,
    Windows,
}

const THIS: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::Mac
} else {
    System::Unix
};

/// The folder as the variables of a system name it. A path that depends on the current folder does not count: it would
/// be another one each time.
fn named(system: System, variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.has_root());
    let under = |name: &str, rest: &str| folder(name).map(|folder| folder.join(rest));
    folder("MOCKWX_DATA_DIR").or_else(|| match system {
        System::Unix => under("XDG_DATA_HOME", "mockwx").or_else(|| under("HOME", ".local/share/mockwx")),
        System::Mac => under("XDG_DATA_HOME", "mockwx").or_else(|| under("HOME", "Library/Application Support/mockwx")),
        System::Windows => under("LOCALAPPDATA", "mockwx"),
    })
}

impl DataFolder {
    /// The folder that the environment names.
    ///
    /// # Errors
    /// When the environment tells of no home.
    pub(crate) fn find() -> Result<Self, CliError> {
        let path = named(THIS, real::variable);
        path.map(|path| Self { path }).ok_or_else(|| {
            CliError::configuration("there is no folder to keep the certificate authority in: no home folder is known")
                .hint("name one that is yours alone, from its root on: MOCKWX_DATA_DIR=/path/to/folder")
        })
    }

    /// This folder.
    #[cfg(test)]
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// The path of a file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where it is.
    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it, when it is not there.
    ///
    /// # Errors
    /// When it cannot be made, or when others may write to it.
    pub(crate) fn make(&self) -> Result<(), CliError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).map_err(|error| CliError::file("make the folder", &self.path, &error))?;
        refuse_mode(&self.path, 0o022, "can be changed by other users", "chmod 700")
    }
}

/// Refuses a file or folder that grants others any of these rights.
///
/// # Errors
/// When it does, or when nobody can tell.
#[cfg(unix)]
pub(crate) fn refuse_mode(path: &Path, rights: u32, what: &str, way_out: &str) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(path).map_err(|error| CliError::file("look at", path, &error))?.permissions().mode();
    if mode & rights == 0 {
        return Ok(());
    }
    Err(CliError::surroundings(format!("{} {what}: its mode is {:04o}", path.display(), mode & 0o7777))
        .hint(format!("{way_out} '{}'", path.display())))
}

/// Elsewhere the folder of a user is the user's alone by what it inherits.
#[cfg(not(unix))]
pub(crate) fn refuse_mode(_: &Path, _: u32, _: &str, _: &str) -> Result<(), CliError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(system: System, variables: &[(&str, &str)]) -> Option<String> {
        let variable =
            |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        named(system, variable).map(|path| path.display().to_string().replace('\\', "/"))
    }

    #[test]
    fn each_system_has_its_own_place_and_the_variable_counts_first() {
        let home = ("HOME", "/home/li");
        assert_eq!(of(System::Unix, &[home]).unwrap(), "/home/li/.local/share/mockwx");
        assert_eq!(of(System::Unix, &[home, ("XDG_DATA_HOME", "/data")]).unwrap(), "/data/mockwx");
        assert_eq!(of(System::Mac, &[home]).unwrap(), "/home/li/Library/Application Support/mockwx");
        assert_eq!(of(System::Windows, &[home, ("LOCALAPPDATA", "/local")]).unwrap(), "/local/mockwx");
        for system in [System::Unix, System::Mac, System::Windows] {
            assert_eq!(of(system, &[home, ("MOCKWX_DATA_DIR", "/mine")]).unwrap(), "/mine");
            assert_eq!(of(system, &[]), None);
        }
    }

    #[test]
    fn a_path_that_depends_on_the_current_folder_does_not_count() {
        assert_eq!(of(System::Unix, &[("HOME", "/h"), ("XDG_DATA_HOME", "x")]).unwrap(), "/h/.local/share/mockwx");
        assert_eq!(of(System::Unix, &[("MOCKWX_DATA_DIR", "x")]), None);
    }
}
