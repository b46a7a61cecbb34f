use super::{Machine, Reason, comment};

/// Values stand in single quotes, or in comments.
pub(super) struct Shell {
    stack: Vec<Frame>,
    previous: char,
    before_previous: char,
    backslash: bool,
    /// The words that end the heredocs begun on this line.
    heredocs: Vec<Heredoc>,
}

enum Frame {
    /// Commands; how many parentheses are open here.
    Code(usize),
    Single,
    Double,
    Comment,
    /// `<<` was read: the word so far.
    Word(String),
    Heredoc(String),
}

struct Heredoc {
    word: String,
    tabs_stripped: bool,
}

impl Default for Shell {
    fn default() -> Self {
        Self {
            stack: vec![Frame::Code(0)],
            previous: '\n',
            before_previous: '\n',
            backslash: false,
            heredocs: Vec::new(),
        }
    }
}

const BACKTICK: Reason = "backticks can't be followed through quotes: use `$(…)`";
const DOLLAR_QUOTE: Reason = "`$'…'` is no POSIX shell";

impl Machine for Shell {
    fn literal(&mut self, text: &str) -> Result<(), Reason> {
        text.chars().try_for_each(|c| self.step(c))
    }

    fn value(&mut self, value: &str, out: &mut String) -> Result<(), Reason> {
        match self.stack.last() {
            Some(Frame::Single) if value.contains('\0') => {
                return Err("a value holds a NUL, which no shell can keep");
            }
            Some(Frame::Single) => out.push_str(&value.replace('\'', r"'\''")),
            Some(Frame::Comment) => comment(value, out),
            Some(Frame::Double) => return Err("a value stands in double quotes: use single quotes"),
            Some(Frame::Word(_) | Frame::Heredoc(_)) => {
                return Err("a value stands in a heredoc: use single quotes");
            }
            Some(Frame::Code(_)) | None => {
                return Err("a plain value stands outside of quotes: use single quotes");
            }
        }
        self.before_previous = 'v';
        self.previous = 'v';
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Reason> {
        match self.stack.as_slice() {
            [Frame::Code(_)] | [Frame::Code(_), Frame::Comment] => Ok(()),
            _ => Err("the text ends within quotes, a substitution or a heredoc"),
        }
    }
}

impl Shell {
    fn step(&mut self, c: char) -> Result<(), Reason> {
        let (previous, before) = (self.previous, self.before_previous);
        self.before_previous = previous;
        self.previous = c;
        let bottom = self.stack.len() == 1;
        let escaped = std::mem::take(&mut self.backslash);
        match self.stack.last_mut() {
            Some(Frame::Single) => {
                if c == '\'' {
                    self.stack.pop();
                }
            }
            Some(Frame::Comment) => {
                if c == '\n' {
                    self.stack.pop();
                    self.end_line();
                }
            }
            Some(Frame::Heredoc(line)) => match c {
                '\n' => self.end_heredoc_line(),
                _ => line.push(c),
            },
            Some(Frame::Word(word)) => {
                let ends = c.is_whitespace() || ";|&()<>".contains(c);
                if !ends {
                    word.push(c);
                    return Ok(());
                }
                self.end_word();
                return self.step_in_code(c, previous, before, false, bottom);
            }
            Some(Frame::Double) => match c {
                _ if escaped => {}
                '\\' => self.backslash = true,
                '"' => drop(self.stack.pop()),
                '`' => return Err(BACKTICK),
                '(' if previous == '$' => self.stack.push(Frame::Code(0)),
                _ => {}
            },
            Some(Frame::Code(_)) | None => return self.step_in_code(c, previous, before, escaped, bottom),
        }
        Ok(())
    }

    fn step_in_code(
        &mut self,
        c: char,
        previous: char,
        before: char,
        escaped: bool,
        bottom: bool,
    ) -> Result<(), Reason> {
        let Some(Frame::Code(open)) = self.stack.last_mut() else { return Ok(()) };
        match c {
            _ if escaped => {}
            '\\' => self.backslash = true,
            '\'' if previous == '$' => return Err(DOLLAR_QUOTE),
            '\'' => self.stack.push(Frame::Single),
            '"' => self.stack.push(Frame::Double),
            '`' => return Err(BACKTICK),
            '(' => *open += 1,
            ')' if *open > 0 => *open -= 1,
            // At the bottom it ends a pattern of `case`.
            ')' if !bottom => drop(self.stack.pop()),
            '#' if previous.is_whitespace() || ";&|(".contains(previous) => self.stack.push(Frame::Comment),
            '\n' => self.end_line(),
            // `$((1 << 2))` is no heredoc, and `<<<` no POSIX shell.
            c if previous == '<' && before == '<' && (c.is_ascii_alphabetic() || "_'\"\\-".contains(c)) => {
                self.stack.push(Frame::Word(c.to_string()));
            }
            _ => {}
        }
        Ok(())
    }

    fn end_word(&mut self) {
        let Some(Frame::Word(word)) = self.stack.pop() else { return };
        let (word, tabs_stripped) = match word.strip_prefix('-') {
            Some(word) => (word, true),
            None => (word.as_str(), false),
        };
        self.heredocs.push(Heredoc { word: word.replace(['\'', '"', '\\'], ""), tabs_stripped });
    }

    fn end_line(&mut self) {
        if !self.heredocs.is_empty() {
            self.stack.push(Frame::Heredoc(String::new()));
        }
    }

    fn end_heredoc_line(&mut self) {
        let Some(Frame::Heredoc(line)) = self.stack.last_mut() else { return };
        let line = std::mem::take(line);
        let ends = self.heredocs.first().is_some_and(|heredoc| {
            let line = if heredoc.tabs_stripped { line.trim_start_matches('\t') } else { &line };
            line == heredoc.word
        });
        if ends {
            self.heredocs.remove(0);
        }
        if self.heredocs.is_empty() {
            self.stack.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::text::FileType;
    use crate::text::place::{Misplaced, place};

    fn shell(text: &str) -> Result<String, Misplaced> {
        place(FileType::Shell, "x.sh", &text.replace('«', "\u{1}").replace('»', "\u{2}"))
    }

    #[test]
    fn in_single_quotes_and_comments() {
        assert_eq!(shell("a='«it's»' # «x\ny»\n").expect("safe"), "a='it'\\''s' # x y\n");
        let around = "cat <<-'EOF'\n\tit's \" $( `\n\tEOF\nb=\"$(f \"it's\" '«v»')\"\ncase x in a) n=${#n} ;; esac\nc='«v»'\n";
        assert_eq!(shell(around).expect("safe"), around.replace(['«', '»'], ""));
    }

    #[test]
    fn everywhere_else_it_is_refused() {
        for bad in [
            "a=«x»",
            "a=\"«x»\"",
            "cat <<EOF\n'«x»'\nEOF\n",
            "a=\"$(f \"it's «x»\")\"",
            "a=\"'«x»'\"",
            "a=$'«x»'",
            "a=`'«x»'`",
            "a='«\0»'",
            "a='«x»",
            "echo \\'«x»\\'",
        ] {
            assert!(shell(bad).is_err(), "{bad}");
        }
    }
}
