//! The document for a terminal: lines as wide as it is, tables as wide as they need to be.

use super::document::{Block, Item, Table};

pub(super) fn written(blocks: &[Block], width: usize) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        match block {
            Block::Title(title) => line(&mut text, title),
            Block::Heading(heading) => {
                line(&mut text, heading);
                line(&mut text, &"-".repeat(heading.chars().count()));
            }
            Block::Paragraph(paragraph) => wrapped(&mut text, paragraph, ["", ""], width),
            Block::Table(content) => table(&mut text, content),
            Block::List(items) => items.iter().for_each(|item| list_item(&mut text, item, width)),
        }
    }
    text
}

fn line(text: &mut String, content: &str) {
    text.push_str(content.trim_end());
    text.push('\n');
}

fn list_item(text: &mut String, item: &Item, width: usize) {
    wrapped(text, &item.text, ["- ", "  "], width);
    for below in &item.below {
        wrapped(text, below, ["    ", "      "], width);
    }
}

/// Words into lines that are not too long; the first line and the others each with their indent.
fn wrapped(text: &mut String, content: &str, [first, others]: [&str; 2], width: usize) {
    let mut current = first.to_owned();
    let mut is_empty = true;
    for word in content.split_whitespace() {
        if !is_empty && current.chars().count() + 1 + word.chars().count() > width {
            line(text, &current);
            current = others.to_owned();
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    line(text, &current);
}

fn table(text: &mut String, table: &Table) {
    let columns = table.header.len();
    let width = |column: usize| {
        let rows = std::iter::once(&table.header).chain(&table.rows);
        rows.map(|row| row[column].chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in std::iter::once(&table.header).chain(&table.rows) {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        line(text, &cells.join("  "));
    }
}
