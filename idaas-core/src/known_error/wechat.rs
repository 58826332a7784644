//! Calls to WeChat that failed. The service tells all of them alike.

use super::error::{KnownError, Source::*, row};
use crate::refusal::Refusal as R;

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::WeChatRefused { errcode: 40029 },
        Documented,
        "WeChat refused the call that the tenant made",
        "look WeChat's errcode up in the journal: a code is good once, for five minutes and for its own app",
    ),
    row(
        R::WeChatUnreachable,
        Inferred,
        "WeChat gave no answer: no connection, a broken one, or no answer in time",
        "call `wx.login` again and send the fresh code: the one that was sent may be used up",
    ),
    row(
        R::WeChatUnreadable,
        Inferred,
        "WeChat's answer was not the JSON that its page shows",
        "call `wx.login` again and send the fresh code, once WeChat answers as usual",
    ),
];
