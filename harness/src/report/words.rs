//! Words that several reports use.

use std::time::Duration;

use sim::{Moment, Party};

/// The party as people call it.
pub(super) fn party(party: Party) -> &'static str {
    match party {
        Party::Device => "phone",
        Party::MiniProgram => "mini program",
        Party::BackEnd => "back end",
        Party::Idaas => "IDaaS",
        Party::WeChat => "WeChat",
        Party::Elsewhere => "elsewhere",
    }
}

/// `9:05:01`; a scenario seldom lasts a day, and then the exchanges' own lines show the date.
pub(super) fn time_of_day(at: Moment) -> String {
    let text = at.to_string();
    let time = text.split_once('T').map_or(text.as_str(), |(_, time)| time).trim_end_matches('Z');
    time.strip_prefix('0').unwrap_or(time).to_owned()
}

/// `3 ms`, `1.4 s`.
pub(super) fn seconds(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}
