//! Slider pictures and the codes that are sent to people.

use super::error::{KnownError, Source::*, row};
use crate::refusal::Refusal as R;

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::CaptchaWrong("the piece is in the wrong place"),
        Documented,
        "the slider picture was not solved, or its solution cannot be used",
        "get a fresh picture; the control API tells where its piece belongs",
    ),
    row(
        R::CodeNotSent("the last one was sent a moment ago"),
        Documented,
        "no code was sent",
        "solve a fresh picture for the same address, and keep the time between two codes",
    ),
    row(
        R::CodeWrong("it is not the one that was sent"),
        Documented,
        "the code is not the newest one that was sent to this address for this purpose, or it is too old",
        "take the newest code of the outbox, or have a fresh one sent",
    ),
];
