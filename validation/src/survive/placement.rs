//! Where the copies of partitions and shards stand, and what a set of dead nodes does to the worst-placed of them.

/// How many of `taken` hit `marked` of `all`, drawn without returning: the probabilities of 0, 1, … of them.
fn hypergeometric(all: u64, marked: u64, taken: u64) -> Vec<f64> {
    let ways = |n: u64, k: u64| -> f64 {
        if k > n { 0.0 } else { (0..k).map(|i| number(n - i) / number(i + 1)).product() }
    };
    (0..=taken).map(|hit| ways(marked, hit) * ways(all - marked, taken - hit) / ways(all, taken)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of machines are far below 2^52")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

/// More copies than this are judged without regard to racks: nobody has so many, and the ways to place them explode.
const MOST_COPIES: u64 = 8;

/// Copies of each partition (or shard) over nodes in zones.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placement {
    nodes: Vec<u64>,
    copies: u64,
    /// The classes of placement: copies by zone, and the share of all partitions placed so. Without racks there is
    /// no class: any node may hold any copy.
    classes: Vec<(Vec<u64>, f64)>,
}

impl Placement {
    /// Copies that know the zones stand in as many zones as possible; otherwise anywhere.
    pub(super) fn new(nodes: &[u64], copies: u64, racks: bool) -> Self {
        let total: u64 = nodes.iter().sum();
        let copies = copies.min(total);
        let mut classes = Vec::new();
        if racks && copies <= MOST_COPIES {
            spread(nodes, copies, &mut Vec::new(), &mut classes);
            let all: f64 = classes.iter().map(|(_, weight)| weight).sum();
            classes.iter_mut().for_each(|(_, weight)| *weight /= all);
        }
        Self { nodes: nodes.to_vec(), copies, classes }
    }

    pub(super) fn copies(&self) -> u64 {
        self.copies
    }

    /// How many copies the worst-placed partition loses when so many nodes of each zone are dead.
    pub(super) fn worst_lost(&self, dead: &[u64]) -> u64 {
        if self.classes.is_empty() {
            return self.copies.min(dead.iter().sum());
        }
        let lost = |class: &[u64]| class.iter().zip(dead).map(|(copies, dead)| copies.min(dead)).sum();
        self.classes.iter().map(|(class, _)| lost(class)).max().unwrap_or(0)
    }

    /// The share of partitions that keep fewer copies than `least`, where they are placed at random within the rules.
    pub(super) fn share_below(&self, dead: &[u64], least: u64) -> f64 {
        let mut below = 0.0;
        if self.classes.is_empty() {
            let lost = hypergeometric(self.nodes.iter().sum(), dead.iter().sum(), self.copies);
            return self.sum_below(&lost, least);
        }
        for (class, weight) in &self.classes {
            let mut lost = vec![1.0];
            for ((copies, nodes), dead) in class.iter().zip(&self.nodes).zip(dead) {
                lost = convolved(&lost, &hypergeometric(*nodes, *dead, *copies));
            }
            below += weight * self.sum_below(&lost, least);
        }
        below
    }

    fn sum_below(&self, lost: &[f64], least: u64) -> f64 {
        let kept = |lost: usize| self.copies.saturating_sub(lost as u64);
        lost.iter().enumerate().filter(|(lost, _)| kept(*lost) < least).map(|(_, share)| share).sum()
    }
}

/// The distribution of a sum of two independent counts.
pub(super) fn convolved(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; one.len() + other.len() - 1];
    for (i, a) in one.iter().enumerate() {
        for (j, b) in other.iter().enumerate() {
            sum[i + j] += a * b;
        }
    }
    sum
}

/// Every way to spread the copies as evenly as the zones allow, with the number of ways to choose the nodes.
fn spread(nodes: &[u64], left: u64, chosen: &mut Vec<u64>, classes: &mut Vec<(Vec<u64>, f64)>) {
    let Some(room) = nodes.get(chosen.len()).copied() else {
        if left == 0 && is_even(chosen, nodes) {
            let weight = chosen.iter().zip(nodes).map(|(copies, nodes)| ways(*nodes, *copies)).product();
            classes.push((chosen.clone(), weight));
        }
        return;
    };
    for copies in 0..=room.min(left) {
        chosen.push(copies);
        spread(nodes, left - copies, chosen, classes);
        chosen.pop();
    }
}

fn ways(n: u64, k: u64) -> f64 {
    (0..k).map(|i| number(n - i) / number(i + 1)).product()
}

/// No copy could move to a zone that has room and at least two copies fewer.
fn is_even(copies: &[u64], nodes: &[u64]) -> bool {
    let most = copies.iter().max().copied().unwrap_or(0);
    copies.iter().zip(nodes).all(|(copies, nodes)| copies == nodes || copies + 1 >= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn racks_put_copies_into_distinct_zones_as_far_as_there_are_zones() {
        let classes = |nodes: &[u64], copies| {
            let placement = Placement::new(nodes, copies, true);
            placement.classes.into_iter().map(|(class, _)| class).collect::<Vec<_>>()
        };
        assert_eq!(classes(&[2, 2, 2], 3), [[1, 1, 1]]);
        assert_eq!(classes(&[2, 2], 3), [[1, 2], [2, 1]]);
        assert_eq!(classes(&[3, 1], 3), [[2, 1]]);
        assert_eq!(classes(&[1, 1, 1, 1], 3).len(), 4);
        assert_eq!(classes(&[5], 3), [[3]]);
    }

    #[test]
    fn half_the_partitions_of_two_zones_lose_two_copies_with_one() {
        let placement = Placement::new(&[2, 2], 3, true);
        assert_eq!(placement.worst_lost(&[2, 0]), 2);
        assert!((placement.share_below(&[2, 0], 2) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn without_racks_any_two_brokers_may_hold_two_copies() {
        let placement = Placement::new(&[2, 2, 2], 3, false);
        assert_eq!(placement.worst_lost(&[2, 0, 0]), 2);
        // 3 copies on 6 brokers: 4 of the 20 placements hold both of two given brokers.
        assert!((placement.share_below(&[2, 0, 0], 2) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn more_copies_than_brokers_are_as_many_as_brokers() {
        assert_eq!(Placement::new(&[1, 1], 3, true).copies(), 2);
    }
}
