//! What the system tells of changed files, gathered until it is quiet.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, MetadataKind, ModifyKind};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::error::CliError;
use crate::watch::Changed;

/// How long nothing must happen: an editor that saves a file writes, renames and removes several.
const QUIET: Duration = Duration::from_millis(50);

/// How often that is waited for: a log that grows beside the scenarios never lets it be quiet.
const PATIENCE: usize = 20;

/// Changes of the files in some folders, from its making on.
pub(super) struct Changes {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<notify::Result<Event>>,
    /// The folders that are watched, and those with all that is in them.
    folders: BTreeSet<PathBuf>,
    deep: BTreeSet<PathBuf>,
}

impl Changes {
    /// Watches no folder yet.
    pub(super) fn new() -> Result<Self, CliError> {
        let (sender, events) = unbounded_channel();
        // Once nobody waits for events any more, there is nobody to tell.
        let tell = move |event| drop(sender.send(event));
        // As in a check, links to folders are not followed.
        let watcher = RecommendedWatcher::new(tell, Config::default().with_follow_symlinks(false))
            .map_err(|error| unable(&error))?;
        Ok(Self { watcher, events, folders: BTreeSet::new(), deep: BTreeSet::new() })
    }

    /// Watches one more folder, with all folders in it when it is `deep`.
    pub(super) fn watch(&mut self, folder: &Path, deep: bool) -> Result<(), CliError> {
        let inside = self.deep.iter().any(|known| folder.starts_with(known));
        if inside || !deep && self.folders.contains(folder) || !folder.is_dir() {
            return Ok(());
        }
        let mode = if deep { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        self.watcher.watch(folder, mode).map_err(|error| unable(&error))?;
        let folders = if deep { &mut self.deep } else { &mut self.folders };
        folders.insert(folder.to_path_buf());
        Ok(())
    }

    /// Waits until something has changed and it is quiet again.
    pub(super) async fn next(&mut self) -> Result<Changed, CliError> {
        let mut files = BTreeSet::new();
        let mut anything = false;
        while files.is_empty() && !anything {
            let Some(event) = self.events.recv().await else {
                return Err(CliError::surroundings("the system tells of no more changes"));
            };
            anything |= take(event, &mut files)?;
        }
        for _ in 0..PATIENCE {
            match sim::real::within(QUIET, self.events.recv()).await {
                Some(Some(event)) => anything |= take(event, &mut files)?,
                Some(None) | None => break,
            }
            while let Ok(event) = self.events.try_recv() {
                anything |= take(event, &mut files)?;
            }
        }
        // A folder that was taken away and made again is another one: it has to be watched anew.
        for folder in &files {
            anything |= self.deep.remove(folder) | self.folders.remove(folder);
        }
        Ok(if anything { Changed::Anything } else { Changed::Files(files) })
    }
}

/// Adds the files that have changed; whether more did than the system could tell.
fn take(event: notify::Result<Event>, files: &mut BTreeSet<PathBuf>) -> Result<bool, CliError> {
    let event = event.map_err(|error| unable(&error))?;
    if is_change(event.kind) {
        files.extend(event.paths.iter().map(|path| settled(path)));
    }
    Ok(event.need_rescan())
}

/// Whether a file may say something else now. Reading is told, too, and we read all the time.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(ModifyKind::Metadata(what)) => what == MetadataKind::WriteTime,
        _ => true,
    }
}

/// The one path of a file, however its folder was named; it may be gone.
pub(super) fn settled(path: &Path) -> PathBuf {
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

fn unable(error: &notify::Error) -> CliError {
    let paths: Vec<String> = error.paths.iter().map(|path| path.display().to_string()).collect();
    let what = if paths.is_empty() { "files".to_owned() } else { paths.join(", ") };
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            CliError::surroundings(format!("cannot watch {what}: the system watches no more folders"))
                .hint("name a smaller folder, or raise fs.inotify.max_user_watches")
        }
        notify::ErrorKind::Io(error) => CliError::surroundings(format!("cannot watch {what}: {error}")),
        other => CliError::surroundings(format!("cannot watch {what}: {other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, RemoveKind};

    use super::*;

    #[test]
    fn reading_a_file_is_no_change_and_writing_it_is() {
        let open = |mode| EventKind::Access(AccessKind::Open(mode));
        assert!(!is_change(open(AccessMode::Any)) && !is_change(open(AccessMode::Read)));
        assert!(!is_change(EventKind::Modify(ModifyKind::Metadata(MetadataKind::Permissions))));
        assert!(is_change(EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(is_change(EventKind::Modify(ModifyKind::Data(DataChange::Any))));
        assert!(is_change(EventKind::Create(CreateKind::File)) && is_change(EventKind::Remove(RemoveKind::File)));
    }

    #[test]
    fn what_was_lost_means_anything() {
        let lost = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        assert!(take(Ok(lost), &mut BTreeSet::new()).unwrap());
        let mut files = BTreeSet::new();
        let made = Event::new(EventKind::Create(CreateKind::File)).add_path(PathBuf::from("/none/./a.yaml"));
        assert!(!take(Ok(made), &mut files).unwrap());
        assert_eq!(files.len(), 1);
    }

    #[test]
    fn a_system_that_watches_no_more_is_told_with_the_way_out() {
        let full = notify::Error::new(notify::ErrorKind::MaxFilesWatch).add_path(PathBuf::from("scenarios"));
        insta::assert_snapshot!(unable(&full).render(crate::problem::Style::Plain), @r"
        error: cannot watch scenarios: the system watches no more folders
        hint: name a smaller folder, or raise fs.inotify.max_user_watches
        ");
    }
}
