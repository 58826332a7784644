//! A world's clock: real, frozen, or running with an offset.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Moment, real};

/// Tells the time to everything in one world.
pub trait Clock: Send + Sync + fmt::Debug {
    /// What time it is.
    fn now(&self) -> Moment;
}

/// How a world's clock goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockMode {
    /// As the machine's clock goes.
    Real,
    /// Stopped; it moves only when it is told to.
    Frozen,
    /// Running, but ahead of or behind the machine's clock.
    Offset,
}

/// The clock of one world. It starts out real; `freeze`, `advance`, `set` and `resume` steer it.
///
/// Copies share the same clock: whoever holds one sees every change at once.
#[derive(Debug, Clone)]
pub struct WorldClock {
    source: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Frozen(Moment),
    /// Milliseconds to add to the source.
    Running(i64),
}

impl WorldClock {
    /// A clock that goes as `source` goes.
    pub fn real(source: Arc<dyn Clock>) -> Self {
        Self { source, state: Arc::new(Mutex::new(State::Running(0))) }
    }

    /// A clock that stands at `at`.
    pub fn frozen(source: Arc<dyn Clock>, at: Moment) -> Self {
        Self { source, state: Arc::new(Mutex::new(State::Frozen(at))) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is one plain value, whole at any moment: a panic elsewhere cannot have left it half written.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, state: State) -> Moment {
        match state {
            State::Frozen(at) => at,
            State::Running(offset) => Moment::from_unix_millis(self.source.now().unix_millis().saturating_add(offset)),
        }
    }

    /// How the clock goes at present.
    pub fn mode(&self) -> ClockMode {
        match *self.state() {
            State::Frozen(_) => ClockMode::Frozen,
            State::Running(0) => ClockMode::Real,
            State::Running(_) => ClockMode::Offset,
        }
    }

    /// Stops the clock where it is.
    pub fn freeze(&self) {
        let mut state = self.state();
        *state = State::Frozen(self.read(*state));
    }

    /// Moves the clock forward; a running clock goes on running from there.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state();
        let now = self.read(*state);
        self.put(&mut state, now + by);
    }

    /// Puts the clock at `to`, forward or back; a running clock goes on running from there.
    pub fn set(&self, to: Moment) {
        self.put(&mut self.state(), to);
    }

    fn put(&self, state: &mut State, to: Moment) {
        *state = match *state {
            State::Frozen(_) => State::Frozen(to),
            State::Running(_) => State::Running(to.unix_millis() - self.source.now().unix_millis()),
        };
    }

    /// Lets a frozen clock run on from where it stands.
    pub fn resume(&self) {
        let mut state = self.state();
        if let State::Frozen(at) = *state {
            *state = State::Running(at.unix_millis() - self.source.now().unix_millis());
        }
    }

    /// Lets time go by for somebody who waits: a frozen clock is moved, a running one is waited for.
    pub async fn pass(&self, duration: Duration) {
        match self.mode() {
            ClockMode::Frozen => self.advance(duration),
            ClockMode::Real | ClockMode::Offset => real::sleep(duration).await,
        }
    }

    /// What the future gives, or `None` when it takes longer than `limit`. While the clock stands nothing takes long:
    /// what holds a thing up then has to move the clock, by [`pass`](Self::pass), and to give up by itself.
    pub async fn within<F: Future>(&self, limit: Duration, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        // What is there at once needs no timer.
        let mut timer = None;
        poll_fn(|context| {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            if self.mode() == ClockMode::Frozen {
                return Poll::Pending;
            }
            timer.get_or_insert_with(|| Box::pin(real::sleep(limit))).as_mut().poll(context).map(|()| None)
        })
        .await
    }

    /// Goes as the machine's clock goes again.
    pub fn reset(&self) {
        *self.state() = State::Running(0);
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Moment {
        let state = *self.state();
        self.read(state)
    }
}

/// A clock that always tells the same time: the source under a world that never follows the machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Moment);

impl Clock for FixedClock {
    fn now(&self) -> Moment {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(seconds)
    }

    /// A machine whose clock the test moves.
    fn machine(seconds: i64) -> (WorldClock, WorldClock) {
        let machine = WorldClock::frozen(Arc::new(FixedClock(at(0))), at(seconds));
        (machine.clone(), WorldClock::real(Arc::new(machine)))
    }

    #[test]
    fn a_real_clock_follows_the_machine() {
        let (machine, world) = machine(100);
        machine.advance(Duration::from_secs(5));
        assert_eq!((world.now(), world.mode()), (at(105), ClockMode::Real));
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let (machine, world) = machine(100);
        world.freeze();
        machine.advance(Duration::from_secs(50));
        assert_eq!((world.now(), world.mode()), (at(100), ClockMode::Frozen));
        world.advance(Duration::from_secs(300));
        assert_eq!(world.now(), at(400));
    }

    #[test]
    fn an_advanced_running_clock_keeps_running_with_an_offset() {
        let (machine, world) = machine(100);
        world.advance(Duration::from_secs(300));
        machine.advance(Duration::from_secs(1));
        assert_eq!((world.now(), world.mode()), (at(401), ClockMode::Offset));
    }

    #[test]
    fn a_resumed_clock_runs_on_from_where_it_stood() {
        let (machine, world) = machine(100);
        world.freeze();
        world.set(at(1000));
        machine.advance(Duration::from_secs(7));
        world.resume();
        machine.advance(Duration::from_secs(3));
        assert_eq!((world.now(), world.mode()), (at(1003), ClockMode::Offset));
        world.reset();
        assert_eq!((world.now(), world.mode()), (at(110), ClockMode::Real));
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn who_waits_in_a_frozen_world_moves_its_clock() {
        let (_, world) = machine(100);
        world.freeze();
        block_on(world.pass(Duration::from_secs(7)));
        assert_eq!((world.now(), world.mode()), (at(107), ClockMode::Frozen));
    }

    #[test]
    fn who_waits_in_a_running_world_waits_for_the_machine() {
        let (_, world) = machine(100);
        block_on(world.pass(Duration::from_millis(1)));
        assert_eq!((world.now(), world.mode()), (at(100), ClockMode::Real), "the clock itself is not touched");
    }

    #[test]
    fn only_a_running_clock_ends_somebodys_patience() {
        let (_, world) = machine(100);
        let limit = Duration::ZERO;
        assert_eq!(block_on(world.within(limit, async { 7 })), Some(7), "what is there at once is never late");
        assert_eq!(block_on(world.within(limit, std::future::pending::<u8>())), None);
        world.freeze();
        let slow = async {
            tokio::task::yield_now().await;
            8
        };
        assert_eq!(block_on(world.within(limit, slow)), Some(8));
    }

    #[test]
    fn time_can_be_set_back() {
        let (_, world) = machine(100);
        world.set(at(40));
        assert_eq!(world.now(), at(40));
    }
}
