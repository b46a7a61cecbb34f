//! The document as Markdown.

use super::document::{Block, Table};

pub(super) fn written(blocks: &[Block]) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        match block {
            Block::Title(title) => text += &format!("# {}\n", escaped(title)),
            Block::Heading(heading) => text += &format!("## {}\n", escaped(heading)),
            Block::Paragraph(paragraph) => text += &format!("{}\n", escaped(paragraph)),
            Block::Table(content) => table(&mut text, content),
            Block::List(items) => {
                for item in items {
                    text += &format!("- {}\n", escaped(&item.text));
                    item.below.iter().for_each(|below| text += &format!("  - {}\n", escaped(below)));
                }
            }
        }
    }
    text
}

fn table(text: &mut String, table: &Table) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    *text += &row(&table.header);
    *text += &format!("|{}\n", " --- |".repeat(table.header.len()));
    table.rows.iter().for_each(|cells| *text += &row(cells));
}

/// Without what Markdown would take for markup. Backquotes stay: they are ours.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '|' | '*' | '_' | '[' | ']' | '#' => safe.extend(['\\', letter]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            letter => safe.push(letter),
        }
    }
    safe
}
