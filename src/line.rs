//! Lines of fields, as passwd(5) and many files of the kernel have them: read
//! byte by byte, so that a long one needs no more memory.

/// What its reader has of a line. In this order everything but the text is near
/// its beginning, so that instructions are short.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Line {
    /// Which field, from 0, the one that ended last is.
    pub at: u32,
    /// The number that is all of it, as far as it has one: else [`Line::NONE`].
    pub number: u32,
    /// That of field 2, which in passwd(5) and group(5) is the id.
    pub id: u32,
    /// The field with this number is all that is left of the line.
    last: u32,
    /// Where in `bytes` the field begins: field 0 stays before it.
    start: u32,
    len: u32,
    /// Fields end at this byte.
    end: u8,
    /// The byte that was taken last.
    byte: u8,
    /// Room for field 0 and one more; what is longer is told as no text.
    bytes: [u8; 512],
}

impl Line {
    /// No number: no user has this one, nothing is counted so far.
    pub const NONE: u32 = u32::MAX;

    /// Nothing read yet. Fields end at `end`, but the one with the number `last`
    /// is all that is left of the line.
    #[inline(always)]
    #[must_use]
    pub const fn new(end: u8, last: u32) -> Self {
        // Zeros first: they are all written at once.
        let mut line = Self { at: 0, number: 0, id: 0, last: 0, start: 0, len: 0, end: 0, byte: 0, bytes: [0; 512] };
        line.end = end;
        line.last = last;
        line
    }

    /// The text of field 0, once that has ended.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.between(0, self.start as usize)
    }

    /// The text of this field.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        self.between(self.start as usize, self.len as usize)
    }

    #[inline(never)]
    fn between(&self, start: usize, end: usize) -> &[u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Whether this is the text of field 0, once that has ended.
    #[must_use]
    pub fn has_name(&self, name: &[u8]) -> bool {
        self.has(0, self.start as usize, name)
    }

    /// Whether this is the text of this field.
    #[must_use]
    pub fn is(&self, text: &[u8]) -> bool {
        self.has(self.start as usize, self.len as usize, text)
    }

    #[inline(never)]
    fn has(&self, start: usize, end: usize, text: &[u8]) -> bool {
        self.between(start, end) == text
    }

    /// Makes room for a field, before its first byte is taken.
    pub fn begin(&mut self) {
        if self.byte == b'\n' {
            (self.at, self.start) = (0, 0);
        } else if self.byte != b',' {
            if self.at == 0 {
                self.start = self.len;
            }
            self.at = self.at.wrapping_add(1);
        }
        self.len = self.start;
        self.number = 0;
    }

    /// Takes the next byte: whether it ends the field. Lists, which are in
    /// fields 1 and 3, end at `,`, too, which does not count.
    #[inline(never)]
    pub fn take(&mut self, byte: u8) -> bool {
        self.byte = byte;
        let ends = match byte {
            b'\n' => true,
            b',' if self.at & 1 == 1 => true,
            _ => byte == self.end && self.at != self.last,
        };
        if ends {
            if self.len == self.start {
                self.number = Self::NONE;
            }
            if self.at == 2 {
                self.id = self.number;
            }
            return true;
        }
        if let Some(place) = self.bytes.get_mut(self.len as usize) {
            *place = byte;
        }
        self.len = self.len.wrapping_add(1);
        let digit = byte.wrapping_sub(b'0');
        let more = u64::from(self.number).wrapping_mul(10).wrapping_add(digit.into());
        // Once it is no number it stays none.
        self.number = if digit > 9 { Self::NONE } else { u32::try_from(more).unwrap_or(Self::NONE) };
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, end: u8) -> Vec<(u32, String, String, u32)> {
        told_to(text, end, u32::MAX)
    }

    fn told_to(text: &str, end: u8, last: u32) -> Vec<(u32, String, String, u32)> {
        let mut told = Vec::new();
        let mut line = Line::new(end, last);
        for byte in text.bytes().chain([b'\n']) {
            if line.take(byte) {
                let text = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap();
                assert!(line.is(line.text()) && line.has_name(line.name()));
                told.push((line.at, text(line.name()), text(line.text()), line.number));
                line.begin();
            }
        }
        told
    }

    #[test]
    fn each_field_is_told_with_its_lines_name() {
        let field = |at, name: &str, text: &str, number| (at, name.into(), text.into(), number);
        assert_eq!(
            told("a b:7:x,y:z,,y\n\noom 3:12", b':'),
            [
                field(0, "", "a b", Line::NONE),
                field(1, "a b", "7", 7),
                field(2, "a b", "x,y", Line::NONE),
                field(3, "a b", "z", Line::NONE),
                field(3, "a b", "", Line::NONE),
                field(3, "a b", "y", Line::NONE),
                field(0, "", "", Line::NONE),
                field(0, "", "oom 3", Line::NONE),
                field(1, "oom 3", "12", 12),
            ]
        );
        let cgroup = [field(0, "", "4", 4), field(1, "4", "cpu", u32::MAX), field(1, "4", "memory", u32::MAX)];
        assert_eq!(told_to("4:cpu,memory:/a:b,c", b':', 2)[..3], cgroup);
        assert_eq!(told_to("4:cpu,memory:/a:b,c", b':', 2)[3..], [field(2, "4", "/a:b,c", u32::MAX)]);
        assert_eq!(told("oom 3", b' '), [field(0, "", "oom", Line::NONE), field(1, "oom", "3", 3)]);
    }

    #[test]
    fn a_number_is_all_of_a_field_and_fits() {
        for (text, number) in [
            ("0", 0),
            ("007", 7),
            ("4294967294", 4_294_967_294),
            ("4294967295", Line::NONE),
            ("4294967296", Line::NONE),
            ("42949672950", Line::NONE),
            ("99999999999999999999990", Line::NONE),
            ("1x", Line::NONE),
            ("x1", Line::NONE),
            ("-1", Line::NONE),
            ("1 ", Line::NONE),
            ("/0", Line::NONE),
        ] {
            assert_eq!(told(text, b':').first().map(|field| field.3), Some(number), "{text}");
        }
    }

    #[test]
    fn the_id_is_that_of_the_same_line() {
        let mut ids = Vec::new();
        let mut line = Line::new(b':', u32::MAX);
        for byte in "a:x:1:b,c\nd:x::e\nf:x:2:g\n".bytes() {
            if line.take(byte) {
                if line.at == 3 {
                    ids.push(line.id);
                }
                line.begin();
            }
        }
        assert_eq!(ids, [1, 1, Line::NONE, 2]);
    }

    #[test]
    fn what_is_too_long_is_told_as_no_text() {
        let long = "x".repeat(512);
        assert_eq!(told(&long, b':').first().unwrap().2, long);
        for text in [format!("{long}x"), format!("a:{long}:b"), format!("{long}x:{long}:b")] {
            let told = told(&text, b':');
            assert!(told.iter().all(|field| field.1.len() < 2 && field.2.len() < 2), "{text}");
            assert!(told.iter().all(|field| field.3 == Line::NONE));
        }
    }
}
