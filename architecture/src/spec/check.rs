//! What a spec's words mean together: checked on the tree, so that a spec with other problems is checked too.

use super::read::Reader;
use crate::yaml::Node;

pub(super) fn check(_tree: &Node, _reader: &mut Reader) {}
