//! What only looks is begun anew while its failure may pass.

use std::time::Duration;

use provision_engine::driver::Failure;

/// How often what a whole run depends on is begun: where many calls are refused, forty lists that must all succeed at
/// once never would.
pub(crate) const OFTEN: u32 = 8;
/// How often, where somebody waits for the first word, or does without.
pub(crate) const A_FEW_TIMES: u32 = 5;

/// Before the second time; twice as long each time after that.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

pub(crate) async fn again<T, F>(times: u32, ask: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut pause = FIRST_PAUSE;
    for _ in 1..times {
        match ask().await {
            Err(failure) if failure.class.may_pass() => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            outcome => return outcome,
        }
    }
    ask().await
}
