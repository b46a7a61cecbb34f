//! Terraform as `terraform fmt` would leave it: indents, one column for the `=` of neighbours, one for their comments.
//!
//! What is left to the templates, and checked by `terraform fmt -check` in the tests: spaces inside a line.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// One line, taken apart.
#[derive(Default)]
struct Line {
    indent: usize,
    /// Up to the `=` that is aligned, or all of the code.
    lead: String,
    /// What stands behind it.
    assigned: String,
    comment: String,
    verbatim: Option<Verbatim>,
}

/// Lines that stay as they are.
#[derive(Clone, Copy, PartialEq)]
enum Verbatim {
    BlockComment,
    /// Does not end a run of aligned lines.
    Heredoc,
}

impl Line {
    fn is_blank(&self) -> bool {
        self.verbatim.is_none() && self.lead.is_empty() && self.comment.is_empty()
    }

    fn opens(&self) -> bool {
        self.assigned.is_empty() && self.lead.ends_with(['{', '[', '('])
    }

    fn is_heredoc(&self) -> bool {
        self.verbatim == Some(Verbatim::Heredoc)
    }
}

/// What one line holds, by byte.
#[derive(Default)]
struct Scan {
    equals: Option<usize>,
    comment: Option<usize>,
    /// Brackets opened less brackets closed, on the line and before its `=`.
    net: i32,
    net_before_equals: i32,
    heredoc: Option<String>,
    opens_comment: bool,
}

/// The text in canonical form. It is balanced: every value was put into its place before.
pub(super) fn canonical(text: &str) -> String {
    let mut lines = take_apart(text);
    while lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    let columns = columns(&lines);
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (line, column) in lines.iter().zip(&columns) {
        write(line, column, &mut out);
    }
    out
}

fn take_apart(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(text.len() / 24);
    // The brackets that each indenting line left open.
    let mut open: Vec<i32> = Vec::new();
    let mut heredoc: Option<String> = None;
    let mut in_comment = false;
    for text in text.lines() {
        if let Some(word) = &heredoc {
            let ends = text.trim() == word;
            lines.push(verbatim(text, Verbatim::Heredoc));
            if ends {
                heredoc = None;
            }
            continue;
        }
        if in_comment {
            in_comment = !text.contains("*/");
            lines.push(verbatim(text, Verbatim::BlockComment));
            continue;
        }
        let text = text.trim();
        if text.is_empty() {
            // One blank line at most, and none after an opening bracket.
            if lines.last().is_some_and(|last| !last.is_blank() && !last.opens()) {
                lines.push(Line::default());
            }
            continue;
        }
        let scan = scan(text);
        if scan.net < 0 {
            close(&mut open, -scan.net);
            if lines.last().is_some_and(Line::is_blank) {
                lines.pop();
            }
        }
        lines.push(line(text, &scan, 2 * open.len()));
        if scan.net > 0 {
            open.push(scan.net);
        }
        heredoc = scan.heredoc;
        in_comment = scan.opens_comment;
    }
    lines
}

fn verbatim(text: &str, kind: Verbatim) -> Line {
    Line { lead: text.to_owned(), verbatim: Some(kind), ..Line::default() }
}

fn close(open: &mut Vec<i32>, mut brackets: i32) {
    while brackets > 0 {
        match open.last_mut() {
            Some(left) if *left > brackets => {
                *left -= brackets;
                brackets = 0;
            }
            Some(left) => {
                brackets -= *left;
                open.pop();
            }
            None => return,
        }
    }
}

fn line(text: &str, scan: &Scan, indent: usize) -> Line {
    let (code, comment) = match scan.comment {
        Some(at) => (text[..at].trim_end(), &text[at..]),
        None => (text, ""),
    };
    let mut line = Line { indent, ..Line::default() };
    if code.is_empty() {
        comment.clone_into(&mut line.lead);
        return line;
    }
    comment.clone_into(&mut line.comment);
    match scan.equals {
        Some(at) => {
            let (name, value) = (code[..at].trim_end(), code[at + 1..].trim_start());
            // A value that goes on in the next lines is not aligned with its neighbours.
            if scan.net == scan.net_before_equals {
                name.clone_into(&mut line.lead);
                value.clone_into(&mut line.assigned);
            } else {
                line.lead = format!("{name} = {value}");
            }
        }
        None => code.clone_into(&mut line.lead),
    }
    line
}

/// Looks through one line outside of heredocs and block comments.
fn scan(line: &str) -> Scan {
    let bytes = line.as_bytes();
    let next = |at: usize| bytes.get(at + 1).copied();
    let mut scan = Scan::default();
    // For each quoted string that is open: the braces open in its template, none while outside of one.
    let mut quotes: Vec<Option<u32>> = Vec::new();
    let (mut at, mut previous) = (0, 0u8);
    while at < bytes.len() {
        let c = bytes[at];
        match quotes.last_mut() {
            Some(template @ None) => match c {
                b'\\' => at += 1,
                b'"' => drop(quotes.pop()),
                // Two or more of them take each other's meaning away.
                b'$' | b'%' if next(at) == Some(c) => {
                    at += bytes[at..].iter().take_while(|sign| **sign == c).count() - 1;
                }
                b'$' | b'%' if next(at) == Some(b'{') => {
                    *template = Some(0);
                    at += 1;
                }
                _ => {}
            },
            Some(template @ Some(_)) => match (c, &mut *template) {
                (b'"', _) => quotes.push(None),
                (b'{', Some(open)) => *open += 1,
                (b'}', Some(0)) => *template = None,
                (b'}', Some(open)) => *open -= 1,
                _ => {}
            },
            None => match c {
                b'"' => quotes.push(None),
                b'{' | b'[' | b'(' => scan.net += 1,
                b'}' | b']' | b')' => scan.net -= 1,
                b'#' => {
                    scan.comment = Some(at);
                    break;
                }
                b'/' if next(at) == Some(b'/') => {
                    scan.comment = Some(at);
                    break;
                }
                b'/' if next(at) == Some(b'*') => match line[at..].find("*/") {
                    Some(length) => at += length + 1,
                    None => {
                        scan.opens_comment = true;
                        break;
                    }
                },
                b'<' if next(at) == Some(b'<') => {
                    scan.heredoc = Some(line[at + 2..].trim_start_matches('-').trim().to_owned());
                    break;
                }
                b'=' if scan.equals.is_none() && is_assignment(previous, next(at)) && at > 0 => {
                    scan.equals = Some(at);
                    scan.net_before_equals = scan.net;
                }
                _ => {}
            },
        }
        previous = c;
        at += 1;
    }
    scan
}

/// Not `==`, `=>`, `!=`, `<=`, `>=`.
fn is_assignment(previous: u8, next: Option<u8>) -> bool {
    !matches!(previous, b'=' | b'!' | b'<' | b'>') && !matches!(next, Some(b'=' | b'>'))
}

/// Where `=` and comment of a line stand.
#[derive(Clone, Default)]
struct Column {
    equals: usize,
    comment: usize,
}

fn columns(lines: &[Line]) -> Vec<Column> {
    let mut columns = vec![Column::default(); lines.len()];
    for run in runs(lines, |line| line.is_heredoc() || !line.assigned.is_empty()) {
        let assigned = lines[run.clone()].iter().filter(|line| !line.is_heredoc());
        let widest = assigned.map(|line| line.indent + width(&line.lead)).max().unwrap_or_default();
        columns[run].iter_mut().for_each(|column| column.equals = widest);
    }
    for run in runs(lines, |line| !line.comment.is_empty()) {
        let widest = run.clone().map(|at| code_width(&lines[at], &columns[at])).max().unwrap_or_default();
        columns[run].iter_mut().for_each(|column| column.comment = widest);
    }
    columns
}

fn code_width(line: &Line, column: &Column) -> usize {
    if line.assigned.is_empty() {
        line.indent + width(&line.lead)
    } else {
        column.equals + " = ".len() + width(&line.assigned)
    }
}

/// The longest stretches of lines that belong together.
fn runs(lines: &[Line], belongs: impl Fn(&Line) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, line) in lines.iter().enumerate() {
        match (belongs(line), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                runs.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    runs.extend(start.map(|from| from..lines.len()));
    runs
}

/// In what a person would count as characters.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).count() }
}

fn write(line: &Line, column: &Column, out: &mut String) {
    let spaces = |out: &mut String, count: usize| out.extend(std::iter::repeat_n(' ', count));
    if !line.lead.is_empty() {
        spaces(out, line.indent);
    }
    out.push_str(&line.lead);
    if !line.assigned.is_empty() {
        spaces(out, column.equals - line.indent - width(&line.lead));
        out.push_str(" = ");
        out.push_str(&line.assigned);
    }
    if !line.comment.is_empty() {
        spaces(out, column.comment - code_width(line, column) + 1);
        out.push_str(&line.comment);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn as_terraform_fmt_would() {
        let text = "\n\nresource \"a\" \"b\" {\n\n x = 1 # one\nlonger=\"=${a == b ? \"{\" : \"}\"}\" # two\n\n\n tags = {\n\"k\" = \"v\"\nlonger=1\n }\n list = [\n1,\n]\n\n}\n";
        let expected = "resource \"a\" \"b\" {\n  x      = 1                              # one\n  longer = \"=${a == b ? \"{\" : \"}\"}\" # two\n\n  tags = {\n    \"k\"    = \"v\"\n    longer = 1\n  }\n  list = [\n    1,\n  ]\n\n}\n";
        let formatted = canonical(text);
        let collapsed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(collapsed(&formatted), collapsed(expected));
        assert_eq!(canonical(&formatted), formatted);
    }
}
