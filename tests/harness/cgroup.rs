//! A control group for one limit: cgroups(7), version 1 or 2.

use std::fs::{self, File};
use std::io::Write as _;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::{Init, init, within};

/// A control group of its own for one test, removed on drop.
pub struct Cgroup {
    path: String,
    root: String,
    version: usize,
}

impl Cgroup {
    /// Makes one that `controller` is in charge of.
    pub fn new(controller: &str) -> Self {
        let (root, version) = hierarchy(controller)
            .unwrap_or_else(|| panic!("no cgroup hierarchy for {controller} is mounted: see cgroups(7)"));
        if version == 2 {
            let enabled = fs::write(format!("{root}/cgroup.subtree_control"), format!("+{controller}"));
            enabled.unwrap_or_else(|error| panic!("no cgroups for {controller} below {root}: {error}"));
        }
        let path = format!("{root}/init-test-{}", init::unique());
        fs::create_dir(&path).unwrap_or_else(|error| panic!("cannot make the cgroup {path}: {error}"));
        Self { path, root, version }
    }

    /// A file's path, by its name in version 1 and in version 2.
    fn file(&self, names: [&str; 2]) -> String {
        format!("{}/{}", self.path, names[self.version - 1])
    }

    pub fn set(&self, names: [&str; 2], value: u64) {
        let file = self.file(names);
        fs::write(&file, value.to_string()).unwrap_or_else(|error| panic!("{file} = {value}: {error}"));
    }

    pub fn get(&self, names: [&str; 2]) -> u64 {
        let text = fs::read_to_string(self.file(names)).expect("a number of the cgroup");
        text.trim().parse().expect("a number of the cgroup")
    }

    /// Init, and what it starts, will live here.
    pub fn of(&self, init: Init) -> Init {
        let members = File::options().write(true).open(format!("{}/cgroup.procs", self.path));
        let mut members = members.expect("the members of the cgroup");
        // 0 is the writer.
        init.before(move || members.write_all(b"0"))
    }

    /// The same where it is mounted in the place of the hierarchy's root, as in a
    /// container without a cgroup namespace.
    pub fn as_root_of(&self, init: Init) -> Init {
        let (path, root) = (self.path.clone(), self.root.clone());
        self.of(init).before(move || {
            let none = None::<&str>;
            unshare(CloneFlags::CLONE_NEWNS)?;
            mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
            Ok(mount(Some(path.as_str()), root.as_str(), none, MsFlags::MS_BIND, none)?)
        })
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        within("cgroup without members", || fs::remove_dir(&self.path).ok());
    }
}

/// Where the hierarchy with that controller is mounted, and its version.
fn hierarchy(controller: &str) -> Option<(String, usize)> {
    let mounts = fs::read_to_string("/proc/mounts").expect("/proc/mounts");
    let has = |list: &str, separator| list.split(separator).any(|word: &str| word.trim() == controller);
    mounts.lines().find_map(|mount| {
        let words: Vec<&str> = mount.split(' ').collect();
        let [_, path, kind, options, ..] = words[..] else { return None };
        let version = match kind {
            "cgroup" if has(options, ',') => 1,
            "cgroup2" if has(&fs::read_to_string(format!("{path}/cgroup.controllers")).ok()?, ' ') => 2,
            _ => return None,
        };
        Some((path.to_owned(), version))
    })
}
