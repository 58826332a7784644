//! From a session that somebody drove by hand to a scenario that replays it.
//!
//! What the journal of a running world holds is read backwards: every call from outside becomes the step whose word makes
//! it, what was handed out and came back gets a name, gaps of the clock become `clock.advance`, and what was answered
//! becomes `expect`. IDaaS's own calls to WeChat are left out: they happen again by themselves.

mod exchange;
mod expect;
mod names;
mod words;
mod world;
mod write;

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Map, Value};
use sim::{Life, Moment};

use self::exchange::Exchange;
use self::names::{Names, Saves};
use self::words::{DEVICE, Said, Surroundings};
use self::write::Line;
use crate::language::Failure;
use crate::run::{Cast, secrets, signature_with};

/// What a running world tells of a session.
#[derive(Debug)]
pub(crate) struct Session {
    /// The journal, unmasked, oldest first.
    pub(crate) journal: Vec<Value>,
    /// The outbox, newest first.
    pub(crate) outbox: Value,
    /// Everything that was handed out.
    pub(crate) artefacts: Value,
    /// The world file that the world began with.
    pub(crate) beginning: Value,
    /// The world as it is now.
    pub(crate) export: Value,
}

/// A scenario made of a session.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The file.
    pub(crate) text: String,
    /// How many steps it has.
    pub(crate) steps: usize,
    /// What could not be kept as it was, each with the number of its step.
    pub(crate) remarks: Vec<String>,
}

/// The scenario of a session; none when nobody called from outside. `like` is written in place of the whole world.
pub(crate) fn scenario(session: &Session, name: &str, like: Option<&str>) -> Option<Recorded> {
    let exchanges: Vec<Exchange> = session.journal.iter().filter_map(Exchange::outside).collect();
    if exchanges.is_empty() {
        return None;
    }
    let cast = Cast::new(&session.export, &session.beginning);
    let found = secrets::all(&session.artefacts, &session.export, &session.journal);
    let mut steps = Steps {
        names: Names::default(),
        saves: Saves::new(),
        secrets: found.iter().map(|(_, text)| text.clone()).collect(),
        stand_ins: world::stand_ins(&session.beginning),
        lines: Vec::new(),
        now: exchanges.first().and_then(|exchange| exchange.at),
    };
    let usual = usual_headers(&exchanges);
    let around = Surroundings { cast: &cast, usual: &usual };
    for exchange in &exchanges {
        let said = words::said(exchange, &around);
        steps.clock(exchange);
        steps.fetched(&said, &session.outbox);
        steps.step(exchange, said);
    }
    let mut lines = steps.lines;
    for (at, save) in steps.saves {
        if let Some(line) = lines.get_mut(at) {
            line.save = save;
        }
    }
    // A scenario that expects nothing is refused: that the last call was answered at all is the least that can be said.
    if lines.iter().all(|line| line.expect.is_empty())
        && let Some((line, exchange)) = lines.last_mut().zip(exchanges.last())
    {
        line.expect.insert("http_status".to_owned(), exchange.status.into());
    }
    let mut text = format!("scenario: {}\n", write::scalar_text(name));
    text.push_str(&world::written(&session.beginning, like));
    text.push_str("steps:\n");
    lines.iter().for_each(|line| text.push_str(&write::step(line)));
    let remarks = lines.iter().zip(1..).flat_map(|(line, number)| {
        line.remarks.iter().map(move |remark| format!("step {number}, {}: {remark}", line.word))
    });
    let remarks = remarks.collect();
    Some(Recorded { text, steps: lines.len(), remarks })
}

/// What the phone of the session says of itself, by the first call that says it.
fn usual_headers(exchanges: &[Exchange]) -> Map<String, Value> {
    let first = |name: &str| exchanges.iter().find_map(|exchange| exchange.headers.get(name)).cloned();
    DEVICE.into_iter().filter_map(|name| Some((name.to_owned(), first(name)?))).collect()
}

struct Steps {
    names: Names,
    saves: Saves,
    /// What must not stand in a file.
    secrets: HashSet<String>,
    /// What stands for the secrets of the world in the file.
    stand_ins: Map<String, Value>,
    lines: Vec<Line>,
    /// The world's time, as far as the scenario has come.
    now: Option<Moment>,
}

impl Steps {
    /// Moves the clock to the second of the exchange.
    fn clock(&mut self, exchange: &Exchange) {
        let (Some(now), Some(at)) = (self.now, exchange.at) else { return };
        let gap = (at.unix_millis() - now.unix_millis()) / 1000;
        if gap >= 1 {
            let by = Duration::from_secs(gap.unsigned_abs());
            self.control("clock.advance", Life::from(by).to_string().into());
            self.now = Some(now + by);
        } else if gap < 0 {
            self.control("clock.set", at.to_string().into());
            self.now = Some(at);
        }
    }

    fn control(&mut self, word: &str, argument: Value) {
        self.lines.push(Line { word: word.to_owned(), argument, ..Line::default() });
    }

    /// What a person looked up before they sent it: the code of a message, the place of a slider's piece.
    fn fetched(&mut self, said: &Said, outbox: &Value) {
        let text = |name: &str| said.arguments.get(name).and_then(Value::as_str);
        if let Some(code) = text("verify_code").filter(|code| self.names.given(code).is_none()) {
            let messages = outbox.get("messages").and_then(Value::as_array).into_iter().flatten();
            let sent =
                messages.clone().find(|message| message.get("verify_code").and_then(Value::as_str) == Some(code));
            if let Some(to) = sent.and_then(|message| message.get("to")) {
                self.names.hand_out(self.lines.len(), code, "verify_code", "verify_code");
                self.control("outbox.read", to.clone());
            }
        }
        if said.word == "idaas.captcha_verify"
            && said.arguments.contains_key("x")
            && let Some(token) = text("token").and_then(|token| self.names.of(token, &mut self.saves))
        {
            let mut save = Map::new();
            save.insert("x".to_owned(), "x".into());
            self.saves.insert(self.lines.len(), save);
            self.control("captcha.answer", token.into());
        }
    }

    fn step(&mut self, exchange: &Exchange, said: Said) {
        let Said { word, mut arguments, mut remarks } = said;
        let failed = Failure::find(Some(exchange.status), &exchange.answer).is_some();
        if word == "idaas.captcha_verify"
            && !failed
            && self.lines.last().is_some_and(|line| line.word == "captcha.answer")
        {
            arguments.insert("x".to_owned(), "$x".into());
        }
        self.derived(&mut arguments);
        for (name, value) in &mut arguments {
            self.name(word, name, value, &mut remarks);
        }
        remarks.extend(exchange.faults.iter().map(|fault| {
            format!("a planned fault hit this call ({fault}): plan it by `fault.inject`, or by `faults:` in the world")
        }));
        let at = self.lines.len();
        if word == "idaas.authorize" {
            // The code went to the browser in a header, which no journal keeps.
            self.names.expect_code(at);
        }
        self.names.learn(at, word, &exchange.answer);
        let expect = expect::expected(exchange.status, &exchange.answer, &self.names, &self.secrets);
        self.lines.push(Line {
            word: word.to_owned(),
            argument: Value::Object(arguments),
            expect,
            remarks,
            ..Line::default()
        });
    }

    /// What a back end works out of a thing that it was given: a scenario names the thing.
    fn derived(&self, arguments: &mut Map<String, Value>) {
        let signature = arguments.get("signature").and_then(Value::as_str);
        let key = signature.and_then(|signature| {
            self.names.all().find(|value| value.len() == SESSION_KEY && signature_with(value) == signature)
        });
        if let Some(key) = key.map(str::to_owned) {
            arguments.shift_remove("signature");
            arguments.insert("session_key".to_owned(), key.into());
        }
    }

    /// Puts names in the place of what was handed out, and stand-ins in the place of secrets.
    fn name(&mut self, word: &str, argument: &str, value: &mut Value, remarks: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| self.name(word, name, value, remarks));
            }
            Value::Array(items) => items.iter_mut().for_each(|value| self.name(word, argument, value, remarks)),
            Value::String(text) => {
                let (scheme, bare) = match text.split_once(' ') {
                    Some((scheme @ ("Bearer" | "Basic"), bare)) => (Some(scheme), bare),
                    _ => (None, text.as_str()),
                };
                let known = self.names.of(bare, &mut self.saves);
                let known = known.or_else(|| self.names.code_of_authorize(word, argument, bare, &mut self.saves));
                if let Some(name) = known {
                    *text = match scheme {
                        Some(scheme) => format!("{scheme} ${{{}}}", name.trim_start_matches('$')),
                        None => name,
                    };
                } else if let Some(stand_in) = self.stand_ins.get(bare).and_then(Value::as_str) {
                    *text = stand_in.to_owned();
                } else if bare.starts_with("mock:") || argument == "app" || argument == "application" {
                    // A magic code is no secret, and neither is who calls.
                } else if scheme.is_some() || self.secrets.contains(bare) && is_hushed(argument) {
                    remarks.push(format!("`{argument}` came from outside this session: say where it comes from"));
                    "from-elsewhere".clone_into(text);
                }
            }
            _ => {}
        }
    }
}

/// How long a session_key is: 16 bytes in base64.
const SESSION_KEY: usize = 24;

/// Whether what an argument holds stands in no file. Numbers and addresses of people do: the world has them.
fn is_hushed(argument: &str) -> bool {
    !["mobile", "email", "phone", "to", "sender", "user_name", "openid", "openId", "as", "user_id", "verify_code"]
        .contains(&argument)
}
