//! One world as a running case sees it.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;
use sim::{Moment, Party};

use super::call::{Call, Unsendable};
use super::cast::Cast;
use super::result::Said;
use super::services::Unfit;
use super::snapshot::Book;
use super::step::{Log, Mark};
use super::target::{Target, Unreachable};
use super::watch::Watch;
use super::witness::Witness;
use crate::language::{Answer, Failure, Unmet, Unresolved};
use crate::source::Place;

/// Who asks on behalf of a step that calls a service.
const WORD: &str = "http";
/// After every exchange that there can be.
const NONE: u64 = i64::MAX as u64;

/// Why a step got no answer at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It speaks of a value that is not there.
    #[error(transparent)]
    Unresolved(#[from] Unresolved),
    /// Its arguments make no call.
    #[error(transparent)]
    Unsendable(#[from] Unsendable),
    /// Nobody answers.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// A service under test is of no use.
    #[error(transparent)]
    Service(#[from] Unfit),
    /// An answer that is signed, but not as WeChat signs.
    #[error("the answer is not genuine: {0}")]
    NotGenuine(&'static str),
    /// The file of a snapshot cannot be read or written.
    #[error("the snapshot {path} cannot be read or written: {error}")]
    Snapshot { path: String, error: String },
    /// The control API refused what the word needs to do its work.
    #[error("{word} needs {path}, which answered {status}: {message}")]
    Control { word: &'static str, path: String, status: u16, message: String },
}

/// What a world's clock says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockReading {
    /// The time.
    pub(crate) now: Moment,
    /// Whether it moves only when it is told to.
    pub(crate) stands: bool,
}

/// One world as a running case sees it: a target, and what has to be known about the world to fill in what a step leaves
/// out.
#[derive(Debug)]
pub(crate) struct Session<'t> {
    target: &'t dyn Target,
    /// The world file that the world was made from.
    file: &'t Value,
    cast: Option<Cast>,
    /// What the case did in it so far.
    pub(crate) log: Log,
    /// Who hears each answer first.
    pub(super) witness: Option<&'t dyn Witness>,
    skipped: Vec<Skipped>,
    /// The snapshots of the case.
    pub(super) book: Book,
    watch: Watch,
}

/// A step that `when` skipped.
#[derive(Clone, Debug)]
pub(crate) struct Skipped {
    /// Its word.
    pub(crate) word: &'static str,
    /// Where the word stands.
    pub(crate) place: Place,
    /// How many single expectations were skipped with it.
    pub(crate) expectations: usize,
    /// The condition that did not hold.
    pub(crate) unmet: Unmet,
}

impl<'t> Session<'t> {
    /// The world behind `target`, which was made from `file`.
    pub(crate) fn new(target: &'t dyn Target, file: &'t Value) -> Self {
        Self {
            target,
            file,
            cast: Cast::written(file),
            log: Log::default(),
            witness: None,
            skipped: Vec::new(),
            book: Book::default(),
            watch: Watch::default(),
        }
    }

    /// The same, seen from outside.
    pub(crate) fn watched(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// How it is seen from outside.
    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Sends a request, seen from outside.
    async fn carry(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        self.watch.calls(format!("{} {}", request.method(), request.uri().path()));
        let answered = self.target.send(request).await;
        self.watch.answered();
        answered
    }

    /// The steps that were skipped so far.
    pub(crate) fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Notes that a step was skipped.
    pub(crate) fn skip(&mut self, skipped: Skipped) {
        self.skipped.push(skipped);
    }

    /// Forgets the skipped steps after the first `count`: what skipped them is tried again.
    pub(crate) fn keep_skipped(&mut self, count: usize) {
        self.skipped.truncate(count);
    }

    /// Sends a call.
    pub(crate) async fn send(&mut self, call: Call) -> Result<Response<Bytes>, Trouble> {
        Ok(self.carry(call.build()?).await?)
    }

    /// Sends a call whose answer is the step's answer.
    pub(crate) async fn ask(&mut self, call: Call) -> Result<Answer, Trouble> {
        self.ask_and_read(call, Ok).await
    }

    /// Sends a call whose answer is the step's answer, once `read` has made it legible.
    pub(crate) async fn ask_and_read(
        &mut self,
        call: Call,
        read: impl FnOnce(Response<Bytes>) -> Result<Response<Bytes>, Trouble>,
    ) -> Result<Answer, Trouble> {
        let response = match self.send(call).await {
            // What a planned fault took away is an outcome like any other: a step can expect it.
            Err(Trouble::Unreachable(Unreachable { lost: Some(lost), .. })) => {
                let failure = Failure::new([lost.name().to_owned()], None, lost.words());
                return Ok(Answer { failure: Some(failure), ..Answer::default() });
            }
            answered => read(answered?)?,
        };
        Ok(told(&response))
    }

    /// Calls a service under test. What the service asks the world meanwhile are the calls of this step.
    pub(crate) async fn ask_service(&mut self, name: &str, call: Call) -> Result<Answer, Trouble> {
        let service = self.target.services().iter().find(|service| service.name() == name);
        let service = service.ok_or_else(|| Unfit::Absent(name.to_owned()))?;
        let first = self.exchanges(WORD).await?;
        let response = service.send(call.build()?).await;
        let caused = self.exchanges_since(WORD, first).await?;
        let mut answer = told(&response?);
        answer.calls = Party::ALL.into_iter().map(|party| (party.name().to_owned(), 0)).collect();
        // IDaaS's own calls are not what the service sent.
        let party = |exchange: &Value, key: &str| exchange.get(key).and_then(Value::as_str).map(str::to_owned);
        for exchange in caused.iter().filter(|one| party(one, "from").as_deref() == Some(Party::BackEnd.name())) {
            *answer.calls.entry(party(exchange, "to").unwrap_or_default()).or_default() += 1;
        }
        Ok(answer)
    }

    /// How much every service under test has written so far.
    pub(crate) fn listen(&self) -> Vec<usize> {
        self.target.services().iter().map(|service| service.log().mark()).collect()
    }

    /// What services under test wrote since [`Session::listen`] gave `marks`.
    pub(crate) async fn heard(&self, marks: &[usize]) -> Vec<Said> {
        let mut heard = Vec::new();
        for (at, service) in self.target.services().iter().enumerate() {
            service.log().settle().await;
            let lines = service.log().since(marks.get(at).copied().unwrap_or_default());
            if !lines.is_empty() {
                heard.push(Said { service: service.name().to_owned(), lines });
            }
        }
        heard
    }

    /// Whether services under test run in front of the world.
    pub(crate) fn has_services(&self) -> bool {
        !self.target.services().is_empty()
    }
}

/// What an answer says.
fn told(response: &Response<Bytes>) -> Answer {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut answer = Answer::from_http(response.status().as_u16(), headers, response.body());
    // The control API's own errors are objects, which no vendor's are.
    if let Some(error) = answer.fields.get("error").filter(|error| error.is_object()) {
        let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        answer.failure = Some(Failure::new([text("code")], None, text("message")));
    }
    answer
}

impl Session<'_> {
    /// What a call of the control API answers, on behalf of `word`.
    pub(crate) async fn control(&mut self, word: &'static str, call: Call) -> Result<Value, Trouble> {
        let request = call.build()?;
        let path = request.uri().path().to_owned();
        let response = self.carry(request).await?;
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        if response.status().is_success() {
            return Ok(body);
        }
        let message = body.pointer("/error/message").and_then(Value::as_str).unwrap_or("no reason given").to_owned();
        Err(Trouble::Control { word, path, status: response.status().as_u16(), message })
    }

    /// The world's time.
    pub(crate) async fn now(&mut self, word: &'static str) -> Result<Moment, Trouble> {
        Ok(self.clock(word).await?.now)
    }

    /// The world's clock.
    pub(crate) async fn clock(&mut self, word: &'static str) -> Result<ClockReading, Trouble> {
        let clock = self.control(word, Call::get("/__admin/v1/clock")).await?;
        let text = |name: &str| clock.get(name).and_then(Value::as_str).unwrap_or_default();
        match Moment::parse_rfc3339(text("now")) {
            Ok(now) => Ok(ClockReading { now, stands: text("mode") == "frozen" }),
            Err(_) => Err(Trouble::Control {
                word,
                path: "/__admin/v1/clock".to_owned(),
                status: 200,
                message: format!("no time in {clock}"),
            }),
        }
    }

    /// How many exchanges there were so far.
    pub(crate) async fn exchanges(&mut self, word: &'static str) -> Result<u64, Trouble> {
        Ok(self.journal(word, NONE).await?.get("last").and_then(Value::as_u64).unwrap_or_default())
    }

    /// How far the world has come; `None` where there is nobody to ask.
    pub(crate) async fn mark(&mut self) -> Option<Mark> {
        let page = self.journal("run", NONE).await.ok()?;
        let now = page.get("now").and_then(Value::as_str).and_then(|text| Moment::parse_rfc3339(text).ok());
        Some(Mark { now: now?, last: page.get("last").and_then(Value::as_u64)? })
    }

    /// The exchanges after the one of number `since`, unmasked, oldest first.
    pub(crate) async fn exchanges_since(&mut self, word: &'static str, since: u64) -> Result<Vec<Value>, Trouble> {
        match self.journal(word, since).await?.get_mut("exchanges").map(Value::take) {
            Some(Value::Array(exchanges)) => Ok(exchanges),
            _ => Ok(Vec::new()),
        }
    }

    async fn journal(&mut self, word: &'static str, since: u64) -> Result<Value, Trouble> {
        let mut call = Call::get("/__admin/v1/journal");
        call.add_query("since", since.to_string());
        call.add_query("limit", "10000");
        // Comparing and counting need no mask, and making one costs more than all the rest of a step.
        call.add_query("reveal", "true");
        self.control(word, call).await
    }

    /// The mini programs and applications of the world.
    pub(crate) async fn cast(&mut self, word: &'static str) -> Result<&Cast, Trouble> {
        if self.cast.is_none() {
            let export = self.control(word, Call::get("/__admin/v1/world")).await?;
            self.cast = Some(Cast::new(&export, self.file));
        }
        Ok(self.cast.get_or_insert_default())
    }

    /// The world was changed: what is known about it has to be read again.
    pub(crate) fn forget_cast(&mut self) {
        self.cast = None;
    }
}
