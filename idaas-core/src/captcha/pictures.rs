//! The pictures that are out, and the rules by which one is solved and its solution used.

use std::collections::BTreeMap;
use std::time::Duration;

use sim::{Alter, ArtefactKind, ArtefactRecord, CaptchaToken, Expiring, Ground, Moment, Sequence, Stamped, Tag, Which};

use super::picture;
use crate::address::Address;
use crate::config::Captcha;
use crate::refusal::{Refusal, Refused};

/// What stands between the token and the point in a captcha_token.
const SEAM: &str = "---";
/// The height that every point names: pieces move sideways only.
pub(crate) const Y: f64 = 5.0;
/// How long an ended picture is remembered, so that its refusal can be explained.
const KEEP: Duration = Duration::from_secs(86_400);
const LIMIT: usize = 20_000;

/// A picture as it is handed out.
#[derive(Debug)]
pub(crate) struct Handed {
    pub(crate) token: CaptchaToken,
    pub(crate) secret_key: String,
    /// PNG: the background with the hole.
    pub(crate) background: Vec<u8>,
    /// PNG: the piece.
    pub(crate) piece: Vec<u8>,
}

/// Where a caller put the piece.
#[derive(Debug, Clone, Copy, PartialEq, serde::Deserialize)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

#[derive(Debug, Clone, PartialEq)]
enum Phase {
    Open,
    Failed(Moment),
    Solved { at: Moment, sender: Address, point: String },
    Used { at: Moment, solved: Moment },
    Revoked(Moment),
}

#[derive(Debug)]
struct Entry {
    x: f64,
    issued_at: Moment,
    life: Duration,
    phase: Phase,
}

impl Stamped for Entry {
    fn issued_at(&self) -> Moment {
        self.issued_at
    }
}

impl Entry {
    /// The picture's last good moment; once it is solved, that of the solution.
    fn expires_at(&self) -> Moment {
        match self.phase {
            Phase::Solved { at, .. } => at + self.life,
            _ => self.issued_at + self.life,
        }
    }

    fn refuse(&self, why: &'static str) -> Refused {
        let refused = Refusal::CaptchaWrong(why).because(format!("the picture was handed out at {}", self.issued_at));
        match self.phase {
            Phase::Open => refused,
            Phase::Failed(at) => {
                refused.because(format!("it was put in the wrong place at {at}; one try uses a picture up"))
            }
            Phase::Solved { at, .. } => refused.because(format!("it was solved at {at}")),
            Phase::Used { at, solved } => {
                refused.because(format!("it was solved at {solved} and its solution used at {at}"))
            }
            Phase::Revoked(at) => refused.because(format!("it was taken back at {at}")),
        }
    }

    fn record(&self, token: &str, now: Moment) -> ArtefactRecord {
        let (state, ended_at) = match self.phase {
            Phase::Failed(at) | Phase::Used { at, .. } => ("used", Some(at)),
            Phase::Revoked(at) => ("revoked", Some(at)),
            _ if now > self.expires_at() => ("expired", None),
            Phase::Open | Phase::Solved { .. } => ("live", None),
        };
        let mut of = BTreeMap::new();
        if let Phase::Solved { sender, .. } = &self.phase {
            of.insert("sender".to_owned(), sender.expose().to_owned());
        }
        ArtefactRecord {
            kind: ArtefactKind::CaptchaToken,
            value: token.to_owned(),
            issued_at: self.issued_at,
            expires_at: Some(self.expires_at()),
            state: state.to_owned(),
            ended_at,
            ended_by: None,
            of,
        }
    }

    fn alter(&mut self, how: Alter, now: Moment) {
        match how {
            Alter::Age(by) => {
                self.issued_at = self.issued_at - by;
                if let Phase::Solved { at, .. } = &mut self.phase {
                    *at = *at - by;
                }
            }
            Alter::Expire => {
                let late = now.since(self.expires_at());
                let short = self.expires_at().since(now);
                if late.is_zero() {
                    self.alter(Alter::Age(short + Duration::from_millis(1)), now);
                }
            }
            Alter::Revoke if matches!(self.phase, Phase::Open | Phase::Solved { .. }) => {
                self.phase = Phase::Revoked(now);
            }
            Alter::Revoke => {}
        }
    }
}

/// The slider pictures of a tenant.
///
/// A picture takes one try, as in the open source slider whose field names the vendor's page shows (inferred), and its
/// solution lets one code be sent to the address that it was solved for.
#[derive(Debug)]
pub(crate) struct Captchas {
    entries: Expiring<String, Entry>,
    draws: Sequence,
    tag: Tag,
}

impl Captchas {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self { entries: Expiring::new(KEEP, LIMIT), draws: ground.seed.sequence("captcha"), tag: ground.tag }
    }

    /// Draws a picture.
    pub(crate) fn hand_out(&self, policy: &Captcha, now: Moment) -> Handed {
        let mut draw = self.draws.draw();
        let token = draw.tagged_hex(32, self.tag);
        let secret_key = draw.base62(16);
        let drawn = picture::draw(&mut draw);
        let entry = Entry { x: f64::from(drawn.x), issued_at: now, life: policy.life.get(), phase: Phase::Open };
        self.entries.insert(token.clone(), entry, now);
        Handed { token: CaptchaToken::new(token), secret_key, background: drawn.background, piece: drawn.piece }
    }

    /// Takes a solution: `point`, which was written as `text`, for a code that will go to `sender`.
    ///
    /// Gives the captcha_token. A wrong place uses the picture up.
    pub(crate) fn solve(
        &self,
        token: &str,
        point: Point,
        text: &str,
        sender: Address,
        policy: &Captcha,
        now: Moment,
    ) -> Result<CaptchaToken, Refused> {
        self.entries.with(token, |entry| {
            let Some(entry) = entry else { return Err(unknown()) };
            match entry.phase {
                Phase::Open => {}
                Phase::Failed(_) => return Err(entry.refuse("the picture is used up")),
                Phase::Solved { .. } | Phase::Used { .. } => return Err(entry.refuse("it was solved before")),
                Phase::Revoked(_) => return Err(entry.refuse("it was taken back")),
            }
            if now > entry.expires_at() {
                return Err(entry.refuse("the picture has expired"));
            }
            let near = (point.x - entry.x).abs() <= policy.tolerance && point.y == Y;
            if !near && !policy.accept_any {
                entry.phase = Phase::Failed(now);
                let truth = format!("x is {} (± {}) and y is always {Y:?}", entry.x, policy.tolerance);
                return Err(entry.refuse("the piece is in the wrong place").because(truth));
            }
            entry.phase = Phase::Solved { at: now, sender, point: text.to_owned() };
            Ok(CaptchaToken::new(format!("{token}{SEAM}{text}")))
        })
    }

    /// Uses a captcha_token up. Of many calls at once with one token, one succeeds.
    pub(crate) fn redeem(
        &self,
        captcha_token: &str,
        sender: &Address,
        policy: &Captcha,
        now: Moment,
    ) -> Result<(), Refused> {
        if policy.fixed_token.as_deref() == Some(captcha_token) {
            return Ok(());
        }
        let Some((token, text)) = captcha_token.split_once(SEAM) else {
            return Err(Refusal::CaptchaWrong("it is no captcha_token")
                .because("a captcha_token is what captcha/verify answers: token, three hyphens, point"));
        };
        self.entries.with(token, |entry| {
            let Some(entry) = entry else { return Err(unknown()) };
            let Phase::Solved { at, sender: solved_for, point } = &entry.phase else {
                return Err(entry.refuse(match entry.phase {
                    Phase::Used { .. } => "its solution was already used",
                    Phase::Revoked(_) => "it was taken back",
                    _ => "it was not solved yet",
                }));
            };
            if point != text {
                return Err(entry.refuse("the point is not the one that was verified"));
            }
            if solved_for != sender {
                return Err(entry.refuse("it was solved for another address"));
            }
            if now > entry.expires_at() {
                return Err(entry.refuse("its solution has expired"));
            }
            entry.phase = Phase::Used { at: now, solved: *at };
            Ok(())
        })
    }

    /// Where the piece of a picture belongs: the x of its left edge, in pixels.
    pub(crate) fn answer(&self, token: &str) -> Option<f64> {
        self.entries.with(bare(token), |entry| entry.map(|entry| entry.x))
    }

    /// All of them.
    pub(crate) fn artefacts(&self, now: Moment) -> Vec<ArtefactRecord> {
        let mut records = Vec::new();
        self.entries.each(|token, entry| records.push(entry.record(token, now)));
        records
    }

    /// What is known of one, by its token or captcha_token.
    pub(crate) fn history(&self, value: &str, now: Moment) -> Option<ArtefactRecord> {
        let token = bare(value);
        self.entries.with(token, |entry| entry.map(|entry| entry.record(token, now)))
    }

    /// Ages, ends or takes back; the number of pictures hit.
    pub(crate) fn alter(&self, which: &Which, how: Alter, now: Moment) -> usize {
        match which {
            Which::Kind(ArtefactKind::CaptchaToken) => {
                let mut hit = 0;
                self.entries.each(|_, entry| {
                    entry.alter(how, now);
                    hit += 1;
                });
                hit
            }
            Which::Kind(_) => 0,
            Which::Value(value) => self.entries.with(bare(value), |entry| {
                entry.map_or(0, |entry| {
                    entry.alter(how, now);
                    1
                })
            }),
        }
    }
}

fn unknown() -> Refused {
    Refusal::CaptchaWrong("no picture has this token").because("this world did not hand it out, or was reset since")
}

/// The tag of the world that a picture's token, or a captcha_token, carries.
pub fn captcha_token_tag(value: &str) -> Option<Tag> {
    Tag::read_hex(bare(value))
}

/// The token within a captcha_token, or the token itself.
fn bare(value: &str) -> &str {
    let value = value.trim();
    value.split_once(SEAM).map_or(value, |(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Captcha =
        Captcha { required: true, life: sim::Life::seconds(300), tolerance: 5.0, accept_any: false, fixed_token: None };

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(1_000_000 + seconds)
    }

    fn captchas() -> Captchas {
        Captchas::new(&Ground::frozen("default", 7, at(0)))
    }

    fn li() -> Address {
        Address::read("13800138000").unwrap()
    }

    fn solve(
        captchas: &Captchas,
        token: &str,
        off: f64,
        policy: &Captcha,
        seconds: i64,
    ) -> Result<CaptchaToken, Refusal> {
        let x = captchas.answer(token).unwrap_or(200.0) + off;
        let text = format!(r#"{{"x":{x:?},"y":5.0}}"#);
        let solved = captchas.solve(token, Point { x, y: 5.0 }, &text, li(), policy, at(seconds));
        solved.map_err(|refused| refused.refusal)
    }

    fn redeem(captchas: &Captchas, captcha_token: &str, seconds: i64) -> Result<(), Refusal> {
        captchas.redeem(captcha_token, &li(), &GOOD, at(seconds)).map_err(|refused| refused.refusal)
    }

    fn fresh(captchas: &Captchas) -> String {
        captchas.hand_out(&GOOD, at(0)).token.expose().to_owned()
    }

    #[test]
    fn a_token_carries_the_tag_of_its_world() {
        let handed = captchas().hand_out(&GOOD, at(0));
        assert_eq!(Tag::read_hex(handed.token.expose()), Some(Tag::of("default")));
        assert_eq!(captcha_token_tag(&format!("{}---{{}}", handed.token.expose())), Some(Tag::of("default")));
        assert_eq!(captcha_token_tag("é---"), None);
        assert_eq!((handed.token.expose().len(), handed.secret_key.len()), (32, 16));
    }

    #[test]
    fn the_tolerance_counts_on_both_sides() {
        let captchas = captchas();
        for (off, good) in [(0.0, true), (5.0, true), (-5.0, true), (5.5, false), (-6.0, false)] {
            let token = fresh(&captchas);
            assert_eq!(solve(&captchas, &token, off, &GOOD, 1).is_ok(), good, "{off}");
        }
    }

    #[test]
    fn the_height_of_the_point_must_be_the_one_that_every_point_has() {
        let captchas = captchas();
        let token = fresh(&captchas);
        let point = Point { x: captchas.answer(&token).unwrap(), y: 6.0 };
        assert!(captchas.solve(&token, point, "", li(), &GOOD, at(1)).is_err());
    }

    #[test]
    fn a_wrong_place_uses_the_picture_up() {
        let captchas = captchas();
        let token = fresh(&captchas);
        assert_eq!(
            solve(&captchas, &token, 9.0, &GOOD, 1),
            Err(Refusal::CaptchaWrong("the piece is in the wrong place"))
        );
        assert_eq!(solve(&captchas, &token, 0.0, &GOOD, 2), Err(Refusal::CaptchaWrong("the picture is used up")));
    }

    #[test]
    fn a_tenant_can_take_any_place_as_right() {
        let captchas = captchas();
        let token = fresh(&captchas);
        assert!(solve(&captchas, &token, 99.0, &Captcha { accept_any: true, ..GOOD }, 1).is_ok());
    }

    #[test]
    fn a_picture_can_be_solved_for_five_minutes_and_its_solution_used_for_five_more() {
        let captchas = captchas();
        let (in_time, late) = (fresh(&captchas), fresh(&captchas));
        assert_eq!(solve(&captchas, &late, 0.0, &GOOD, 301), Err(Refusal::CaptchaWrong("the picture has expired")));
        let solution = solve(&captchas, &in_time, 0.0, &GOOD, 300).unwrap();
        assert_eq!(redeem(&captchas, solution.expose(), 601), Err(Refusal::CaptchaWrong("its solution has expired")));
        assert_eq!(redeem(&captchas, solution.expose(), 600), Ok(()));
    }

    #[test]
    fn a_solution_is_good_once_for_its_address_and_point() {
        let captchas = captchas();
        let token = fresh(&captchas);
        assert_eq!(redeem(&captchas, &format!("{token}---x"), 1), Err(Refusal::CaptchaWrong("it was not solved yet")));
        let solution = solve(&captchas, &token, 1.0, &GOOD, 1).unwrap();
        let wu = Address::read("13900139000").unwrap();
        let refused = captchas.redeem(solution.expose(), &wu, &GOOD, at(2)).unwrap_err();
        assert_eq!(refused.refusal, Refusal::CaptchaWrong("it was solved for another address"));
        assert!(redeem(&captchas, &format!("{token}---{{}}"), 2).is_err());
        assert_eq!(redeem(&captchas, solution.expose(), 2), Ok(()));
        assert_eq!(
            redeem(&captchas, solution.expose(), 2),
            Err(Refusal::CaptchaWrong("its solution was already used"))
        );
        assert_eq!(solve(&captchas, &token, 0.0, &GOOD, 2), Err(Refusal::CaptchaWrong("it was solved before")));
    }

    #[test]
    fn what_is_no_captcha_token_is_refused_and_a_fixed_one_is_always_taken() {
        let captchas = captchas();
        for text in ["", "---", "fixed", "0---{}", "é---é"] {
            assert!(redeem(&captchas, text, 1).is_err(), "{text}");
        }
        let fixed = Captcha { fixed_token: Some("fixed".to_owned()), ..GOOD };
        for _ in 0..2 {
            assert!(captchas.redeem("fixed", &li(), &fixed, at(1)).is_ok());
        }
    }

    #[test]
    fn one_of_a_hundred_callers_uses_a_solution() {
        let captchas = captchas();
        let solution = solve(&captchas, &fresh(&captchas), 0.0, &GOOD, 1).unwrap();
        let won: usize = std::thread::scope(|scope| {
            let call = || redeem(&captchas, solution.expose(), 1).is_ok();
            let calls: Vec<_> = (0..100).map(|_| scope.spawn(call)).collect();
            calls.into_iter().map(|call| usize::from(call.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
    }

    #[test]
    fn a_picture_and_its_solution_can_be_aged_ended_and_taken_back_from_outside() {
        let captchas = captchas();
        let state = |token: &str, seconds| captchas.history(token, at(seconds)).unwrap().state;
        let which = |token: &str| Which::Value(token.to_owned());
        let aged = fresh(&captchas);
        assert_eq!(captchas.alter(&which(&aged), Alter::Age(Duration::from_secs(300)), at(0)), 1);
        assert_eq!((state(&aged, 0), state(&aged, 1)), ("live".to_owned(), "expired".to_owned()));
        let solution = solve(&captchas, &fresh(&captchas), 0.0, &GOOD, 200).unwrap();
        assert_eq!(state(solution.expose(), 500), "live");
        captchas.alter(&which(solution.expose()), Alter::Expire, at(300));
        assert_eq!(redeem(&captchas, solution.expose(), 300), Err(Refusal::CaptchaWrong("its solution has expired")));
        captchas.alter(&Which::Kind(ArtefactKind::CaptchaToken), Alter::Revoke, at(300));
        assert_eq!(state(&aged, 300), "revoked");
        assert_eq!(captchas.artefacts(at(300)).len(), 2);
    }
}
