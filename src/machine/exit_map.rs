//! The table of exit codes that are replaced.

use super::pairs;
use crate::sys::word::Word;
use crate::topic::Topic;

/// What each exit code is replaced by; one without an entry stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct ExitMap {
    /// There is an entry by an option, if only one that changes nothing: none by
    /// a variable counts.
    by_option: bool,
    /// For each code what has to be changed in it, bit by bit: 0 is nothing. By
    /// variables, and by options.
    changes: [[u8; 256]; 2],
}

impl ExitMap {
    /// All codes stay.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_option: false, changes: [[0; 256]; 2] }
    }

    /// What `code` is replaced by.
    #[must_use]
    pub fn apply(&self, code: u8) -> u8 {
        let [by_variable, by_option] = &self.changes;
        let changes = if self.by_option { by_option } else { by_variable };
        code ^ changes.get(usize::from(code)).copied().unwrap_or(0)
    }

    /// The other one, if this has no entry.
    pub const fn or(&mut self, other: &Self) {
        if !self.by_option {
            *self = *other;
        }
    }

    /// Where an entry is made.
    fn table(&mut self, by_variable: bool) -> &mut [u8; 256] {
        self.by_option |= !by_variable;
        let [by_variables, by_options] = &mut self.changes;
        if by_variable { by_variables } else { by_options }
    }

    /// Enters `FROM` (by 0) or `FROM:TO`, separated by commas; or just `one`
    /// `FROM`, as strtol reads it.
    ///
    /// # Errors
    /// What to say if anything is wrong.
    pub fn parse(&mut self, text: Word, one: bool, by_variable: bool) -> Result<(), Topic> {
        pairs::enter(self.table(by_variable), if one { &pairs::CODE } else { &pairs::CODES }, text)
    }
}

impl Default for ExitMap {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::word::tests::word;

    fn map(text: &str) -> Option<ExitMap> {
        let mut map = ExitMap::new();
        map.parse(word(text), false, false).ok().map(|()| map)
    }

    #[test]
    fn a_code_without_an_entry_stays() {
        assert!((0..=255).all(|code| ExitMap::new().apply(code) == code));
    }

    #[test]
    fn codes_and_pairs_are_read() {
        let map = map("143,0:255,3:4,4:5,7:7").unwrap();
        let all = [143, 0, 3, 4, 7, 8].map(|code| map.apply(code));
        assert_eq!(all, [0, 255, 4, 5, 7, 8]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in ["", ",", "3,", "3:", ":3", "256", "3:256", "3:4:5", " 3", "3 ", "-1", "x"] {
            assert_eq!(map(text), None, "{text}");
        }
    }

    #[test]
    fn one_map_takes_the_place_of_another_whole() {
        let (mut mine, other) = (map("3:3").unwrap(), map("3:4,5:6").unwrap());
        mine.or(&other);
        assert_eq!([mine.apply(3), mine.apply(5)], [3, 5]);
        let mut none = ExitMap::new();
        none.or(&other);
        assert_eq!([none.apply(3), none.apply(5)], [4, 6]);
    }
}
