//! What a run is doing just now, for a person who asks.

use std::time::Duration;

use crate::run::UnderWay;

/// A case that takes so long is named beside the bar.
const SLOW: Duration = Duration::from_secs(3);

/// What is being done, the longest first, with a line break at the end.
pub(super) fn status(running: &[UnderWay], done: usize, all: usize) -> String {
    let mut text = format!("{done} of {all} done; running now:\n");
    for case in running {
        text.push_str(&format!("  {:>7}  {}\n", seconds(case.since), case.case));
        let doing = match &case.step {
            Some(step) => format!("{} at {}, for {}", step.word, step.place, seconds(step.since)),
            None => "its world is being made".to_owned(),
        };
        text.push_str(&format!("           {doing}\n"));
    }
    text
}

/// The case that takes longest, when it takes long.
pub(super) fn slow(running: &[UnderWay]) -> Option<String> {
    let slowest = running.iter().max_by_key(|case| case.since).filter(|case| case.since >= SLOW)?;
    Some(format!("{} for {} s", slowest.case, slowest.since.as_secs()))
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::StepUnderWay;

    fn running(name: &str, seconds: u64) -> UnderWay {
        let step = StepUnderWay {
            word: "idaas.login",
            place: "a.yaml:7".to_owned(),
            since: Duration::from_millis(seconds * 500),
        };
        UnderWay { case: format!("a.yaml › {name}"), since: Duration::from_secs(seconds), step: Some(step) }
    }

    #[test]
    fn a_status_names_each_case_and_its_step() {
        let begun = UnderWay { step: None, ..running("just begun", 0) };
        insta::assert_snapshot!(status(&[running("a slow one", 12), begun], 3, 40), @r"
        3 of 40 done; running now:
           12.0 s  a.yaml › a slow one
                   idaas.login at a.yaml:7, for 6.0 s
            0.0 s  a.yaml › just begun
                   its world is being made
        ");
    }

    #[test]
    fn only_a_slow_case_is_named_beside_the_bar() {
        assert_eq!(slow(&[running("quick", 1), running("quicker", 0)]), None);
        assert_eq!(slow(&[running("quick", 1), running("slow", 9)]).as_deref(), Some("a.yaml › slow for 9 s"));
        assert_eq!(slow(&[]), None);
    }
}
