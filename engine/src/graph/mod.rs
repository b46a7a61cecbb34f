//! What has to happen before what.

mod resources;

pub use resources::ResourceGraph;

/// An order of nodes in which each comes after those it needs, or the nodes of one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    Sorted(Vec<usize>),
    Cycle(Vec<usize>),
}

/// Sorts nodes by their needs (`needs[n]` are the nodes that come before `n`), otherwise keeping their order.
///
/// Iterative: a chain of a million nodes must not overflow the stack.
pub fn order(needs: &[Vec<usize>]) -> Order {
    let mut state = vec![State::New; needs.len()];
    let mut sorted = Vec::with_capacity(needs.len());
    // The path from a start node down to where we are, with how many needs of each have been followed.
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..needs.len() {
        if state[start] != State::New {
            continue;
        }
        path.push((start, 0));
        state[start] = State::OnPath;
        while let Some((node, followed)) = path.last_mut() {
            let Some(&next) = needs[*node].get(*followed) else {
                state[*node] = State::Done;
                sorted.push(*node);
                path.pop();
                continue;
            };
            *followed += 1;
            match state[next] {
                State::New => {
                    state[next] = State::OnPath;
                    path.push((next, 0));
                }
                State::OnPath => {
                    let from = path.iter().position(|(node, _)| *node == next).unwrap_or_default();
                    return Order::Cycle(path[from..].iter().map(|(node, _)| *node).collect());
                }
                State::Done => {}
            }
        }
    }
    Order::Sorted(sorted)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnPath,
    Done,
}

/// One sentence that names the members of a cycle, each needing the next.
pub fn describe_cycle(names: &[String]) -> String {
    match names {
        [only] => format!("`{only}` needs itself"),
        _ => {
            // A cycle of thousands is not told to its end.
            let mut chain: Vec<String> = names.iter().take(12).map(|name| format!("`{name}`")).collect();
            if names.len() > 12 {
                chain.push(format!("… ({} more)", names.len() - 12));
            }
            chain.extend(names.first().map(|name| format!("`{name}`")));
            format!("these need each other in a circle: {}", chain.join(" → "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_by_need_and_keeps_order_otherwise() {
        assert_eq!(order(&[vec![2], vec![], vec![1]]), Order::Sorted(vec![1, 2, 0]));
        assert_eq!(order(&[vec![], vec![], vec![]]), Order::Sorted(vec![0, 1, 2]));
    }

    #[test]
    fn names_exactly_the_members_of_a_cycle() {
        assert_eq!(order(&[vec![1], vec![2], vec![3], vec![1]]), Order::Cycle(vec![1, 2, 3]));
        assert_eq!(
            describe_cycle(&["a".into(), "b".into()]),
            "these need each other in a circle: `a` → `b` → `a`"
        );
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> =
            (0..1_000_000).map(|n| if n > 0 { vec![n - 1] } else { vec![] }).rev().collect();
        let needs: Vec<Vec<usize>> =
            needs.into_iter().map(|n| n.into_iter().map(|m| 999_999 - m).collect()).collect();
        assert!(matches!(order(&needs), Order::Sorted(_)));
    }
}
