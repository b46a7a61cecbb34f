//! The moments at which a process may die: tests kill it there.

/// Told before and after every step that leaves something behind.
pub trait Boundary {
    fn reach(&self, point: &str);
}

/// Outside tests nothing happens.
pub struct Unwatched;

impl Boundary for Unwatched {
    fn reach(&self, _point: &str) {}
}
