/// A path to an argument: `a.b[name=x].value#property`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    steps: &'a str,
    pub(super) property: Option<&'a str>,
}

/// One step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    /// Only the block whose argument has this value.
    pub(super) chosen: Option<(&'a str, &'a str)>,
}

impl<'a> Path<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        match text.split_once('#') {
            Some((steps, property)) => Path { steps, property: Some(property) },
            None => Path { steps: text, property: None },
        }
    }

    /// The first step, and what follows it.
    pub(super) fn first(&self) -> (Step<'a>, Option<Path<'a>>) {
        let (first, rest) = match self.steps.split_once('.') {
            Some((first, rest)) => (first, Some(Path { steps: rest, ..*self })),
            None => (self.steps, None),
        };
        let step = match first.trim_end_matches(']').split_once('[') {
            Some((name, choice)) => Step { name, chosen: choice.split_once('=') },
            None => Step { name: first, chosen: None },
        };
        (step, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let (step, rest) = Path::of("flags[name=max].value#a.b").first();
        assert_eq!(step, Step { name: "flags", chosen: Some(("name", "max")) });
        let rest = rest.unwrap();
        assert_eq!(rest.first().0, Step { name: "value", chosen: None });
        assert!(rest.first().1.is_none() && rest.property == Some("a.b"));
    }
}
