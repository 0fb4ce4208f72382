//! Users and groups: what `--user` says, looked up in passwd(5) and group(5).
//!
//! The files are read field by field, as they come, so that init needs no more
//! memory for a long one. Any doubt is an error: a user or group that is not
//! there, a number that is none, more groups than there is room for.

use crate::sys::word::Word;
use crate::text::decimal;

/// Most supplementary groups; the kernel would take 65 536.
pub const MOST_GROUPS: usize = 64;

/// Who the main child is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its user.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    groups: [u32; MOST_GROUPS],
    count: usize,
}

/// Tells each field of a file of lines, with its number in the line, to
/// `visit`: fields end at `:` and lists within them at `,`, which does not
/// count.
pub type Reader<'a, E> = &'a dyn Fn(File, &mut dyn FnMut(usize, &[u8])) -> Result<(), E>;

/// A file to look into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum File {
    /// passwd(5): name, password, user, group, ...
    Users,
    /// group(5): name, password, group, members.
    Groups,
}

/// The number that says "leave it" to the kernel: chown(2), setresuid(2).
const NOBODY: u32 = u32::MAX;

/// Checks `USER[:GROUP[,GROUP...]]`: no part is empty, a number is one that a
/// user can have.
#[must_use]
pub fn check(text: Word) -> Option<()> {
    let mut part = text;
    let mut end = b':';
    loop {
        if matches!(part.first(), 0 | b':' | b',') {
            return None;
        }
        if part.first().is_ascii_digit() && !matches!(number(part, end), Some(id) if id != NOBODY) {
            return None;
        }
        part = match after(part, end) {
            Some(next) => next,
            None => return Some(()),
        };
        end = b',';
    }
}

impl Account {
    /// The account that `text` means, `None` if it means none for sure.
    ///
    /// Without groups in it, the group is the user's in passwd(5), and
    /// supplementary ones are those that have the user as a member.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn find<E>(text: Word, read: Reader<'_, E>) -> Result<Option<Self>, E> {
        let mut this = Self { uid: NOBODY, gid: NOBODY, groups: [NOBODY; MOST_GROUPS], count: 0 };
        let mut name = Name::NONE;
        let groups = after(text, b':');
        let uid = number(text, b':');
        if let (Some(uid), Some(_)) = (uid, groups) {
            this.uid = uid;
        } else if !this.find_user(text, uid, &mut name, read)? {
            return Ok(None);
        }
        match groups {
            Some(first) => {
                let mut part = Some(first);
                while let Some(group) = part {
                    let id = match number(group, b',') {
                        Some(id) => id,
                        None => find_group(group, read)?,
                    };
                    if id == NOBODY || !this.add(id) {
                        return Ok(None);
                    }
                    part = after(group, b',');
                }
                this.gid = this.groups().first().copied().unwrap_or(NOBODY);
            }
            None => {
                let mut room = this.add(this.gid);
                let mut id = None;
                read(File::Groups, &mut |at, field| match at {
                    2 => id = digits(field),
                    3 if name.is(field) => room &= id.is_some_and(|id| this.add(id)),
                    _ => {}
                })?;
                if !room {
                    return Ok(None);
                }
            }
        }
        Ok(Some(this))
    }

    /// The groups, the first of those in `text` or passwd(5) among them.
    #[must_use]
    pub fn groups(&self) -> &[u32] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    /// The first line that names the user counts.
    fn find_user<E>(&mut self, text: Word, uid: Option<u32>, name: &mut Name, read: Reader<'_, E>) -> Result<bool, E> {
        let mut this = Name::NONE;
        let mut found = false;
        let mut matches = false;
        read(File::Users, &mut |at, field| match at {
            0 => {
                this.set(field);
                matches = uid.is_none() && begins(text, b':', field);
            }
            2 if !found => {
                let id = digits(field);
                matches |= uid.is_some() && id == uid;
                if matches {
                    self.uid = id.unwrap_or(NOBODY);
                }
            }
            3 if !found && matches => {
                (found, *name) = (true, this);
                self.gid = digits(field).unwrap_or(NOBODY);
            }
            _ => {}
        })?;
        Ok(found && self.uid != NOBODY && self.gid != NOBODY)
    }

    fn add(&mut self, id: u32) -> bool {
        if self.groups().contains(&id) {
            return true;
        }
        let Some(place) = self.groups.get_mut(self.count) else { return false };
        *place = id;
        self.count = self.count.wrapping_add(1);
        true
    }
}

fn find_group<E>(text: Word, read: Reader<'_, E>) -> Result<u32, E> {
    let mut found = NOBODY;
    let mut matches = false;
    read(File::Groups, &mut |at, field| match at {
        0 => matches = begins(text, b',', field),
        2 if matches && found == NOBODY => found = digits(field).unwrap_or(NOBODY),
        _ => {}
    })?;
    Ok(found)
}

/// A user's name, with room for any that useradd(8) makes.
#[derive(Clone, Copy)]
struct Name {
    bytes: [u8; 64],
    len: usize,
}

impl Name {
    const NONE: Self = Self { bytes: [0; 64], len: 0 };

    /// A longer one is nobody's.
    fn set(&mut self, text: &[u8]) {
        *self = Self::NONE;
        if text.len() <= self.bytes.len() {
            self.len = text.len();
            for (to, from) in self.bytes.iter_mut().zip(text) {
                *to = *from;
            }
        }
    }

    fn is(&self, text: &[u8]) -> bool {
        self.len > 0 && self.bytes.get(..self.len) == Some(text)
    }
}

/// What follows the first `end` in `text`.
fn after(text: Word, end: u8) -> Option<Word> {
    text.find(end)
}

/// The number that is all of `text` up to `end`.
fn number(text: Word, end: u8) -> Option<u32> {
    decimal(text).filter(|(_, rest)| rest.is_empty() || rest.first() == end).map(|(number, _)| number)
}

/// Whether `text` up to `end` is `field`.
fn begins(text: Word, end: u8, field: &[u8]) -> bool {
    text.bytes().take_while(|&byte| byte != end).eq(field.iter().copied())
}

/// The number that is all of a field.
fn digits(field: &[u8]) -> Option<u32> {
    let digit = |sum: Option<u32>, &byte: &u8| {
        sum?.checked_mul(10)?.checked_add(u32::from(byte.checked_sub(b'0').filter(|&digit| digit < 10)?))
    };
    field.iter().fold((!field.is_empty()).then_some(0), digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;

    const USERS: &str =
        "root:x:0:0::/:\napp:x:1000:100:An App:/:/bin/sh\nodd\n7:x:77:78::/:\napp:x:5:5::/:\nbad:x:x:1::/:\nlast:x:9:9";
    const GROUPS: &str =
        "root:x:0:\nwork:x:100:\nextra:x:200:app,last\nmore:x:300:last,app,app\nwork:x:5:app\nnone:x::app2\n";

    fn fields(text: &str, visit: &mut dyn FnMut(usize, &[u8])) {
        for line in text.lines() {
            for (at, field) in line.split(':').enumerate() {
                field.split(',').for_each(|part| visit(at, part.as_bytes()));
            }
        }
    }

    fn found_in(users: &str, groups: &str, text: &str) -> Option<(u32, u32, Vec<u32>)> {
        let read = |file, visit: &mut dyn FnMut(usize, &[u8])| {
            fields(if file == File::Users { users } else { groups }, visit);
            Ok::<(), ()>(())
        };
        let account = Account::find(word(text), &read).unwrap()?;
        Some((account.uid, account.gid, account.groups().to_vec()))
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
            assert_eq!(found_in(USERS, GROUPS, text), expected, "{text}");
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

    #[test]
    fn what_is_no_user_is_told_from_what_may_be_one() {
        for text in ["0", "1:2", "1:2,3", "a", "a:b,c", "a-b.c:1", "4294967294"] {
            assert_eq!(check(word(text)), Some(()), "{text}");
        }
        for text in [
            "",
            ":",
            "1:",
            ":1",
            "1:,",
            "1:2,",
            "1:,2",
            "1a",
            "1:2b",
            "4294967295",
            "1:4294967295",
            "4294967296",
            "1:2:3",
        ] {
            assert_eq!(check(word(text)), None, "{text}");
        }
    }
}
