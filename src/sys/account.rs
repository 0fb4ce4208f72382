//! Users and groups: what `--user` says, looked up in passwd(5) and group(5).
//!
//! Any doubt is an error: a user or group that is not there, a number that is
//! none, more groups than there is room for.

use super::file::fields;
use super::word::Word;
use crate::account::{NOBODY, number};
use crate::error::Errno;
use crate::line::Line;
use core::ffi::CStr;

/// Most supplementary groups; the kernel would take 65 536.
pub const MOST_GROUPS: usize = 64;

/// Who the main child is to be.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its user.
    pub uid: u32,
    /// Its own first, after the last one [`NOBODY`].
    groups: [u32; MOST_GROUPS],
}

/// passwd(5): name, password, user, group, ...
pub const USERS: &CStr = c"/etc/passwd";

/// group(5): name, password, group, members.
pub const GROUPS: &CStr = c"/etc/group";

impl Account {
    /// Nobody, before [`Account::find`].
    pub const NONE: Self = Self { uid: NOBODY, groups: [NOBODY; MOST_GROUPS] };

    /// Becomes the account that `text` means, or stays nobody if it means none.
    ///
    /// Without groups in it, the group is the user's in passwd(5), and
    /// supplementary ones are those that have the user as a member.
    ///
    /// # Errors
    /// Those of open(2) and read(2).
    pub fn find(&mut self, text: Word, users: &CStr, groups: &CStr) -> Result<(), Errno> {
        let mut found = Line::new(0, 0);
        let (mut part, mut end) = (text, b':');
        loop {
            let rest = part.find(end);
            let id = number(part, end);
            (found.at, found.id) = (0, id);
            // A number will do, but for a user whose groups are not told.
            if id == NOBODY || end == b':' && rest.is_none() {
                let name = part.until(end);
                // The first line that names it, or has the number, counts.
                let (file, last) = if end == b':' { (users, 3) } else { (groups, 2) };
                fields(file, b':', u32::MAX, &mut (&mut found, last, name), seek)?;
                if found.at == 0 {
                    found.id = NOBODY;
                }
            }
            if end == b',' {
                self.add(found.id);
            } else {
                // Even where the user's own group is not asked for, it has to be one.
                self.uid = if found.number == NOBODY { NOBODY } else { found.id };
                if self.is_nobody() {
                    return Ok(());
                }
            }
            match rest {
                Some(rest) => (part, end) = (rest, b','),
                None if end == b',' => return Ok(()),
                None => break,
            }
        }
        self.add(found.number);
        let name = found.name();
        fields(groups, b':', u32::MAX, &mut (self, name), add_where_member)
    }

    /// Whether it is nobody: then nothing else of it counts.
    #[must_use]
    pub const fn is_nobody(&self) -> bool {
        self.uid == NOBODY
    }

    /// Its group: the first of those in `text`, or that in passwd(5).
    #[must_use]
    pub const fn gid(&self) -> u32 {
        let [first, ..] = self.groups;
        first
    }

    /// All groups, its own among them.
    #[must_use]
    pub fn groups(&self) -> &[u32] {
        self.groups.split(|&group| group == NOBODY).next().unwrap_or_default()
    }

    /// Adds a group, or else makes this nobody.
    fn add(&mut self, id: u32) {
        if id != NOBODY {
            for place in &mut self.groups {
                if *place == NOBODY {
                    *place = id;
                }
                if *place == id {
                    return;
                }
            }
        }
        self.uid = NOBODY;
    }
}

/// Keeps the first line whose field 0 is this, or whose number it is, as it is
/// when this field of it has ended.
fn seek((found, last, name): &mut (&mut Line, u32, &[u8]), line: &Line) {
    if line.at == *last && found.at == 0 && if found.id == NOBODY { line.has_name(name) } else { line.id == found.id } {
        **found = *line;
    }
}

/// Adds the group if this user is a member of it.
fn add_where_member((account, name): &mut (&mut Account, &[u8]), line: &Line) {
    if line.at == 3 && line.is(name) && !name.is_empty() {
        account.add(line.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;
    use std::ffi::CString;
    use std::sync::atomic::{AtomicU32, Ordering};

    const PASSWD: &str =
        "root:x:0:0::/:\napp:x:1000:100:An App:/:/bin/sh\nodd\n7:x:77:78::/:\napp:x:5:5::/:\nbad:x:x:1::/:\nlast:x:9:9";
    const GROUP: &str =
        "root:x:0:\nwork:x:100:\nextra:x:200:app,last\nmore:x:300:last,app,app\nwork:x:5:app\nnone:x::app2\n";

    /// A file for as long as it is open, and its path.
    fn file(text: &str) -> (std::fs::File, CString) {
        use std::os::fd::AsRawFd;
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sexton-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        let file = std::fs::File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let path = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
        (file, path)
    }

    fn found_in(users: &str, groups: &str, text: &str) -> Option<(u32, u32, Vec<u32>)> {
        let (users, groups) = (file(users), file(groups));
        let mut account = Account::NONE;
        account.find(word(text), &users.1, &groups.1).unwrap();
        (!account.is_nobody()).then(|| (account.uid, account.gid(), account.groups().to_vec()))
    }

    #[test]
    fn users_and_groups_are_looked_up() {
        for (text, expected) in [
            ("0:0", Some((0, 0, vec![0]))),
            ("5:6,7,6", Some((5, 6, vec![6, 7]))),
            ("4294967294:1", Some((4_294_967_294, 1, vec![1]))),
            // The first line that names it counts.
            ("app", Some((1000, 100, vec![100, 200, 300, 5]))),
            ("1000", Some((1000, 100, vec![100, 200, 300, 5]))),
            ("app:extra", Some((1000, 200, vec![200]))),
            ("app:extra,work,0", Some((1000, 200, vec![200, 100, 0]))),
            ("1:work", Some((1, 100, vec![100]))),
            // A number is a number, whatever a user is called.
            ("77", Some((77, 78, vec![78]))),
            ("7", None),
            ("last", Some((9, 9, vec![9, 200, 300]))),
            ("bad", None),
            ("ap", None),
            ("appl", None),
            ("odd", None),
            ("app:wor", None),
            ("app:none", None),
            ("5:6,nobody", None),
        ] {
            assert_eq!(found_in(PASSWD, GROUP, text), expected, "{text}");
        }
    }

    #[test]
    fn there_is_room_for_so_many_groups_and_no_more() {
        let list = |count: usize| (1..count).fold("1:0".to_owned(), |list, id| format!("{list},{id}"));
        assert_eq!(found_in("", "", &list(MOST_GROUPS)).unwrap().2.len(), MOST_GROUPS);
        assert_eq!(found_in("", "", &list(MOST_GROUPS + 1)), None);
        let groups: String = (1..=MOST_GROUPS).map(|id| format!("g{id}:x:{id}:a\n")).collect();
        assert_eq!(found_in("a:x:1:1", &groups, "a").unwrap().2.len(), MOST_GROUPS);
        assert_eq!(found_in("a:x:1:0", &groups, "a"), None);
    }
}
