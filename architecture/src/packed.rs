//! A tree as bytes: written by the build script, read at run time.
//!
//! A node is its kind (one byte), a length or count (four bytes, little endian) and then its text or its children.

use crate::yaml::{Entry, Kind, Node};

const QUOTED: u8 = 0;
const PLAIN: u8 = 1;
const LIST: u8 = 2;
const MAP: u8 = 3;

impl Node {
    #[allow(dead_code, reason = "the build script's half")]
    pub(crate) fn pack(&self, bytes: &mut Vec<u8>) {
        let mut head = |kind: u8, length: usize| {
            bytes.push(kind);
            bytes.extend(u32::try_from(length).expect("our own files are small").to_le_bytes());
        };
        match &self.kind {
            Kind::Scalar { text, plain } => {
                head(if *plain { PLAIN } else { QUOTED }, text.len());
                bytes.extend(text.as_bytes());
            }
            Kind::List(items) => {
                head(LIST, items.len());
                items.iter().for_each(|item| item.pack(bytes));
            }
            Kind::Map(entries) => {
                head(MAP, entries.len());
                for Entry { key, value } in entries {
                    key.pack(bytes);
                    value.pack(bytes);
                }
            }
        }
    }

    /// The tree, without the places where its nodes stood.
    #[allow(dead_code, reason = "the program's half")]
    pub(crate) fn unpack(mut bytes: &[u8]) -> Option<Self> {
        let node = take(&mut bytes)?;
        bytes.is_empty().then_some(node)
    }
}

fn take(bytes: &mut &[u8]) -> Option<Node> {
    let (kind, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    *bytes = rest;
    let kind = match *kind {
        QUOTED | PLAIN => {
            let (text, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            Kind::Scalar { text: String::from_utf8(text.to_vec()).ok()?, plain: *kind == PLAIN }
        }
        LIST => Kind::List((0..length).map(|_| take(bytes)).collect::<Option<_>>()?),
        MAP => {
            let entry = |_| Some(Entry { key: take(bytes)?, value: take(bytes)? });
            Kind::Map((0..length).map(entry).collect::<Option<_>>()?)
        }
        _ => return None,
    };
    Some(Node { span: 0..0, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(node: &Node) -> String {
        match &node.kind {
            Kind::Scalar { text, plain } => format!("{text:?}{plain}"),
            Kind::List(items) => format!("{:?}", items.iter().map(shape).collect::<Vec<_>>()),
            Kind::Map(entries) => {
                format!("{:?}", entries.iter().map(|e| (shape(&e.key), shape(&e.value))).collect::<Vec<_>>())
            }
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let (tree, _) = crate::yaml::parse("a: [1, \"2\", {b: ~, é: ''}]\nc: >-\n  long\n  text\n");
        let tree = tree.expect("it parses");
        let mut bytes = Vec::new();
        tree.pack(&mut bytes);
        assert_eq!(shape(&Node::unpack(&bytes).expect("it unpacks")), shape(&tree));
        assert!(Node::unpack(&bytes[..bytes.len() - 1]).is_none(), "a torn file is no tree");
    }
}
