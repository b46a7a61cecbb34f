//! The document as one HTML page that needs nothing else.

use super::document::{Block, Table};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #888;padding:.25rem .5rem;text-align:left;vertical-align:top}";

pub(super) fn written(blocks: &[Block]) -> String {
    let mut body = String::new();
    let mut title = String::new();
    for block in blocks {
        match block {
            Block::Title(text) => {
                title = escaped(text);
                body += &format!("<h1>{title}</h1>\n");
            }
            Block::Heading(text) => body += &format!("<h2>{}</h2>\n", escaped(text)),
            Block::Paragraph(text) => body += &format!("<p>{}</p>\n", escaped(text)),
            Block::Table(content) => table(&mut body, content),
            Block::List(items) => {
                body += "<ul>\n";
                for item in items {
                    let below: String =
                        item.below.iter().map(|below| format!("<li>{}</li>", escaped(below))).collect();
                    let below = if below.is_empty() { below } else { format!("<ul>{below}</ul>") };
                    body += &format!("<li>{}{below}</li>\n", escaped(&item.text));
                }
                body += "</ul>\n";
            }
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn table(body: &mut String, table: &Table) {
    let row = |cells: &[String], tag: &str| {
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    *body += "<table>\n<thead>\n";
    *body += &row(&table.header, "th");
    *body += "</thead>\n<tbody>\n";
    table.rows.iter().for_each(|cells| *body += &row(cells, "td"));
    *body += "</tbody>\n</table>\n";
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}
