//! Graphs of one kind of resource, and a cloud in which every call takes as long: what a scheduler can be measured by.

use std::collections::BTreeMap;
use std::time::Duration;

use provision_engine::clock::Clock;
use provision_engine::driver::{Create, Driver, Failure, Live, Query, Reply, State, Update};
use provision_engine::random::Random;

/// Everything is ready with the answer; lists cost nothing.
pub(crate) struct Even<'a> {
    pub(crate) clock: &'a dyn Clock,
    /// How long a call takes.
    pub(crate) latency: Duration,
}

impl Even<'_> {
    async fn answer<T>(&self, answer: T) -> Result<T, Failure> {
        self.clock.sleep(self.latency).await;
        Ok(answer)
    }
}

impl Driver for Even<'_> {
    fn name(&self) -> &str {
        "even"
    }

    fn inventory<'a>(&'a self, _query: &'a Query) -> Reply<'a, Vec<Live>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn create<'a>(&'a self, order: &'a Create) -> Reply<'a, Live> {
        Box::pin(self.answer(Live {
            kind: order.address.kind().to_owned(),
            id: order.address.to_string(),
            address: Some(order.address.clone()),
            generation: Some(order.generation.clone()),
            ours: true,
            arguments: order.attributes.clone(),
            computed: BTreeMap::new(),
            state: State::Ready,
            reason: None,
        }))
    }

    fn update<'a>(&'a self, order: &'a Update) -> Reply<'a, Live> {
        Box::pin(self.answer(order.live.clone()))
    }

    fn delete<'a>(&'a self, _live: &'a Live) -> Reply<'a, ()> {
        Box::pin(self.answer(()))
    }

    fn look<'a>(&'a self, live: &'a Live) -> Reply<'a, Option<Live>> {
        Box::pin(self.answer(Some(live.clone())))
    }

    fn longest_attempt(&self) -> Duration {
        self.latency
    }

    fn lists_settle_after(&self) -> Duration {
        Duration::ZERO
    }
}

/// Which earlier resources each one needs.
pub(crate) type Needs = Vec<Vec<usize>>;

pub(crate) fn directory(needs: &Needs) -> BTreeMap<String, Vec<u8>> {
    let resource = |(index, needs): (usize, &Vec<usize>)| {
        let needs: Vec<String> = needs.iter().map(|need| format!("aws_vpc.n{need}")).collect();
        format!("resource \"aws_vpc\" \"n{index}\" {{\n  depends_on = [{}]\n}}\n", needs.join(", "))
    };
    BTreeMap::from([(
        "main.tf".to_owned(),
        needs.iter().enumerate().map(resource).collect::<String>().into(),
    )])
}

/// The longest chain.
pub(crate) fn critical_path(needs: &Needs) -> f64 {
    let mut ends: Vec<u32> = Vec::new();
    for needs in needs {
        ends.push(1 + needs.iter().map(|&need| ends[need]).max().unwrap_or(0));
    }
    f64::from(ends.into_iter().max().unwrap_or(0))
}

pub(crate) fn work(needs: &Needs, parallelism: u32) -> f64 {
    f64::from(u32::try_from(needs.len()).unwrap()) / f64::from(parallelism)
}

/// Each needs up to three of those before it, from as far back as is said.
pub(crate) fn random(count: usize, back: usize, seed: u64) -> Needs {
    let random = Random::new(seed);
    let below = |limit: usize| usize::try_from(random.next() % u64::try_from(limit).unwrap()).unwrap();
    (0..count)
        .map(|index| {
            (0..below(4)).filter(|_| index > 0).map(|_| index - 1 - below(index.min(back))).collect()
        })
        .collect()
}

/// Many that need some of the first fifty, which need nothing.
pub(crate) fn wide(seed: u64) -> Needs {
    let of_the_first = |needs: Vec<usize>| needs.into_iter().map(|need| need % 50).collect();
    std::iter::repeat_n(Vec::new(), 50).chain(random(350, 50, seed).into_iter().map(of_the_first)).collect()
}
