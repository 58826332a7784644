//! Many callers, one code: exactly one wins.

use std::sync::Barrier;

use super::*;

const CALLERS: usize = 100;

fn winners(call: impl Fn() -> Seen + Sync) -> (usize, Vec<i64>) {
    let gate = Barrier::new(CALLERS);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    gate.wait();
                    call().json()["errcode"].as_i64().unwrap_or(0)
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|errcode| *errcode == 0);
    (won.len(), lost)
}

#[test]
fn of_a_hundred_callers_with_one_login_code_one_wins() {
    for _ in 0..10 {
        let lab = Lab::new();
        let code = lab.login(APP, "alice");
        let (won, lost) = winners(|| lab.exchange(&code));
        assert_eq!((won, lost), (1, vec![40163; CALLERS - 1]));
    }
}

#[test]
fn of_a_hundred_callers_with_one_phone_code_one_wins() {
    for _ in 0..10 {
        let lab = Lab::new();
        let (token, code) = (lab.token(), lab.tap(APP, "alice"));
        let (won, lost) = winners(|| lab.redeem(&token, &code));
        assert_eq!((won, lost), (1, vec![40029; CALLERS - 1]));
    }
}
