//! One sealed world: a WeChat, a tenant, a clock, a seed and a journal.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use idaas_core::{HttpWeChat, Idaas, SigningKey};
use mock_wechat::{DeviceAnswer, DeviceCall, DeviceProblem, WeChat};
use serde_json::Value;
use sim::{
    Alter, ArtefactKind, ArtefactRecord, ConfigProblem, Exchange, FaultRecord, Faults, Ground, Journal, Moment, Note,
    Party, Refusal, Tag, Which, WorldClock,
};

use crate::control::json;
use crate::fault::{Fault, Lost, Plan};
use crate::headers::{KEPT, REQUEST_ID, WORLD};
use crate::lab::put_date;
use crate::request_id::RequestIds;
use crate::settings::Settings;
use crate::transport::Wire;
use crate::world_file::{Parts, Switches, WorldFile};

/// One sealed world. Nothing in it knows of another.
#[derive(Debug)]
pub(crate) struct World {
    name: String,
    name_header: HeaderValue,
    /// What it was made from, for a reset.
    file: WorldFile,
    ground: Ground,
    wechat: Arc<WeChat>,
    idaas: Idaas,
    faults: Arc<Faults>,
    records: Arc<Records>,
    switches: Mutex<Switches>,
}

/// What both sides of a world write down.
#[derive(Debug)]
pub(crate) struct Records {
    clock: WorldClock,
    journal: Journal,
    ids: RequestIds,
}

impl Records {
    /// Writes an exchange down; gives back its request id and its time.
    pub(crate) fn write(
        &self,
        (from, to): (Party, Party),
        request: &Request<Bytes>,
        (status, answer): (u16, &Bytes),
        mut note: Note,
    ) -> (String, Moment) {
        let at = sim::Clock::now(&self.clock);
        let rid = note.rid.get_or_insert_with(|| self.ids.next(at)).clone();
        let kept = |name: &HeaderName| {
            let value = request.headers().get(name)?;
            Some((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        };
        self.journal.record(Exchange {
            seq: 0,
            at,
            from,
            to,
            method: request.method().as_str().to_owned(),
            target: request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned(),
            headers: KEPT.iter().filter_map(kept).collect(),
            request: request.body().clone(),
            status,
            answer: answer.clone(),
            note,
        });
        (rid, at)
    }
}

impl World {
    /// A world of this name.
    pub(crate) fn new(
        name: &str,
        file: WorldFile,
        settings: &Settings,
        key: &Arc<SigningKey>,
    ) -> Result<Self, Vec<ConfigProblem>> {
        let clock = file.clock.started(Arc::clone(&settings.clock));
        let ground = Ground::new(name, file.seed, clock);
        let Parts { made, idaas, switches, .. } = file.clone().parts(&ground, settings.strict)?;
        let wechat = Arc::new(made);
        let records = Arc::new(Records {
            clock: ground.clock.clone(),
            journal: Journal::new(settings.journal),
            ids: RequestIds::new(name, &ground),
        });
        let faults = Arc::new(Faults::new(ground.seed));
        plan_all(&faults, &file.faults)?;
        let wire = Wire {
            ground: ground.clone(),
            wechat: Arc::clone(&wechat),
            faults: Arc::clone(&faults),
            records: Arc::clone(&records),
        };
        let client = Arc::new(HttpWeChat::new(Arc::new(wire), ground.clock.clone()));
        let idaas =
            Idaas::new(idaas, ground.clone(), Arc::clone(key), client).map_err(|problems| under("idaas", problems))?;
        Ok(Self {
            name: name.to_owned(),
            name_header: HeaderValue::try_from(name).unwrap_or_else(|_| HeaderValue::from_static("")),
            file,
            ground,
            wechat,
            idaas,
            faults,
            records,
            switches: Mutex::new(switches),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What it was made from.
    pub(crate) fn file(&self) -> &WorldFile {
        &self.file
    }

    pub(crate) fn tag(&self) -> Tag {
        self.ground.tag
    }

    pub(crate) fn clock(&self) -> &WorldClock {
        &self.ground.clock
    }

    pub(crate) fn wechat(&self) -> &WeChat {
        &self.wechat
    }

    pub(crate) fn idaas(&self) -> &Idaas {
        &self.idaas
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Whether its tenant signs with the next key by now.
    pub(crate) fn rotates_its_key(&self) -> bool {
        let rotates = |fault: &sim::FaultRecord| fault.plan.what.id_token == Some(sim::IdTokenFault::KeyRotated);
        !self.faults.is_idle() && self.faults.list().iter().any(|fault| !fault.spent && rotates(fault))
    }

    /// What the faults of this world do to a call; none when they do nothing.
    pub(crate) fn plan_for(&self, request: &Request<Bytes>, parties: (Party, Party)) -> Option<Plan> {
        Plan::of(&self.faults, &self.ground, request, parties, |text| self.history(text))
    }

    /// What is known about the artefact of this value.
    fn history(&self, value: &str) -> Option<ArtefactRecord> {
        self.wechat.history(value).or_else(|| self.idaas.history(value))
    }

    /// Holds an answer back for as long as a fault says.
    pub(crate) async fn late_by(&self, lateness: Duration) {
        if lateness > Duration::ZERO {
            self.ground.clock.pass(lateness).await;
        }
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.records.journal
    }

    /// Whether it declares a mini program of this appid or an application of this client id.
    pub(crate) fn declares(&self, app: &str) -> bool {
        self.wechat.declares(app) || self.idaas.declares(app)
    }

    /// Writes an exchange down and gives its answer the headers that every answer has.
    pub(crate) fn finish(
        &self,
        request: &Request<Bytes>,
        from: Party,
        to: Party,
        mut response: Response<Bytes>,
        note: Note,
    ) -> Response<Bytes> {
        let is_lost = matches!(Lost::of(&response), Some(Lost::Reset | Lost::Silence));
        let status = if is_lost { 0 } else { response.status().as_u16() };
        let (rid, at) = self.records.write((from, to), request, (status, response.body()), note);
        self.stamp(&mut response, &rid, at);
        response
    }

    /// Writes down what was asked of this address and not answered: a host that is none of ours. Gives back the request
    /// id that tells the story.
    pub(crate) fn unanswered(&self, method: &str, target: &str, status: u16, refusal: Refusal) -> String {
        let at = self.ground.now();
        let rid = self.records.ids.next(at);
        let note = Note { rid: Some(rid.clone()), refusal: Some(refusal), ..Note::default() };
        self.records.journal.record(Exchange {
            seq: 0,
            at,
            from: Party::BackEnd,
            to: Party::Elsewhere,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: vec![],
            request: Bytes::new(),
            status,
            answer: Bytes::new(),
            note,
        });
        rid
    }

    fn stamp(&self, response: &mut Response<Bytes>, rid: &str, at: Moment) {
        if let Ok(rid) = HeaderValue::from_str(rid) {
            response.headers_mut().insert(REQUEST_ID, rid);
        }
        self.mark_at(response, at);
    }

    /// Gives an answer its world's name and date.
    pub(crate) fn mark(&self, response: &mut Response<Bytes>) {
        self.mark_at(response, self.ground.now());
    }

    fn mark_at(&self, response: &mut Response<Bytes>, at: Moment) {
        response.headers_mut().insert(WORLD, self.name_header.clone());
        if !response.headers().contains_key(header::DATE) {
            put_date(response, at);
        }
    }

    /// Lets a phone act, and writes it down with the arguments that it was called with.
    pub(crate) fn act(
        &self,
        call: &DeviceCall,
        arguments: Bytes,
    ) -> Result<(DeviceAnswer, Response<Bytes>), DeviceProblem> {
        let answer = self.wechat.device(call)?;
        let response = json(StatusCode::OK, &answer.body);
        let response = self.finish_device(call.name(), arguments, response, answer.note.clone());
        Ok((answer, response))
    }

    /// Plans a fault beside those that there are.
    pub(crate) fn plan(&self, fault: &Fault) -> Result<FaultRecord, Vec<ConfigProblem>> {
        let (plan, base) = fault.plan()?;
        self.faults.plan(plan, base).map_err(|taken| {
            let problem = ConfigProblem::new(["name"], taken.to_string());
            vec![problem.hint("give this one another name, or clear the other first")]
        })
    }

    fn finish_device(
        &self,
        name: &str,
        arguments: Bytes,
        mut response: Response<Bytes>,
        mut note: Note,
    ) -> Response<Bytes> {
        let at = self.ground.now();
        let rid = note.rid.get_or_insert_with(|| self.records.ids.next(at)).clone();
        self.records.journal.record(Exchange {
            seq: 0,
            at,
            from: Party::Device,
            to: Party::WeChat,
            method: "CALL".to_owned(),
            target: name.to_owned(),
            headers: vec![],
            request: arguments,
            status: response.status().as_u16(),
            answer: response.body().clone(),
            note,
        });
        self.stamp(&mut response, &rid, at);
        response
    }

    /// Everything that was handed out, oldest first.
    pub(crate) fn artefacts(&self) -> Vec<ArtefactRecord> {
        let mut artefacts = self.wechat.artefacts();
        artefacts.extend(self.idaas.artefacts());
        artefacts.sort_by(|a, b| (a.issued_at, a.kind, &a.value).cmp(&(b.issued_at, b.kind, &b.value)));
        artefacts
    }

    /// Ages, expires or revokes artefacts; says how many.
    pub(crate) fn alter(&self, which: &Which, how: Alter) -> usize {
        self.wechat.alter(which, how) + self.idaas.alter(which, how)
    }

    /// Every secret of the world with its kind, in an order that is the same in every run.
    pub(crate) fn secrets(&self) -> Vec<(ArtefactKind, String)> {
        let mut secrets = Vec::new();
        collect_secrets(&self.export_json(), &mut secrets);
        secrets.extend(self.artefacts().into_iter().map(|record| (record.kind, record.value)));
        secrets
    }

    /// The world file of the world as it is now.
    pub(crate) fn export(&self) -> WorldFile {
        let switches = *self.switches.lock().unwrap_or_else(PoisonError::into_inner);
        let faults = self.faults.list().into_iter().map(Fault::planned).collect();
        WorldFile { faults, ..WorldFile::exported(&self.ground, self.wechat.config(), self.idaas.config(), switches) }
    }

    fn export_json(&self) -> Value {
        // A world file is a plain tree of texts and numbers with text keys: there is nothing JSON cannot write.
        serde_json::to_value(self.export()).unwrap_or_default()
    }

    /// Changes parts of the world; what was handed out stays as it is.
    pub(crate) fn change(&self, part: Value, strict: bool) -> Result<(), Vec<ConfigProblem>> {
        let clock_is_meant = part.get("clock").is_some();
        let faults_are_meant = part.get("faults").is_some();
        if part.get("like").is_some() {
            let problem = ConfigProblem::new(["like"], "a change starts from the world as it is");
            return Err(vec![problem.hint("replace the world with PUT to start from another one")]);
        }
        // One change at a time: two of them must not each start from the same export and undo one another.
        let mut switches = self.switches.lock().unwrap_or_else(PoisonError::into_inner);
        let now = WorldFile::exported(&self.ground, self.wechat.config(), self.idaas.config(), *switches);
        let now = serde_json::to_value(now).unwrap_or_default();
        let file = WorldFile::from_json(crate::overridden(now, part)).map_err(|problem| vec![problem])?;
        if file.seed != self.ground.seed.number() {
            let problem = ConfigProblem::new(["seed"], "the seed of a living world cannot change");
            return Err(vec![problem.hint("replace the world with PUT")]);
        }
        // Planned aside first: what cannot be planned must leave everything as it is.
        let faults = file.faults.clone();
        plan_all(&Faults::new(self.ground.seed), &faults)?;
        let clock = file.clock.clone();
        let Parts { wechat, idaas, switches: changed, .. } = file.parts(&self.ground, strict)?;
        let old = self.wechat.config();
        self.wechat.change(wechat).map_err(|problems| under("wechat", problems))?;
        if let Err(problems) = self.idaas.change(idaas) {
            // All or nothing: what was valid a moment ago is valid still.
            let _ = self.wechat.change(old);
            return Err(under("idaas", problems));
        }
        *switches = changed;
        if faults_are_meant {
            self.faults.clear_all();
            plan_all(&self.faults, &faults)?;
        }
        if clock_is_meant {
            clock.apply(&self.ground.clock);
        }
        Ok(())
    }
}

/// Plans the faults of a world file.
fn plan_all(faults: &Faults, planned: &[Fault]) -> Result<(), Vec<ConfigProblem>> {
    let mut problems = Vec::new();
    for (at, fault) in planned.iter().enumerate() {
        let place = at.to_string();
        match fault.plan() {
            Ok((plan, base)) => {
                if let Err(taken) = faults.plan(plan, base) {
                    problems.push(ConfigProblem::new(["faults", &place, "name"], taken.to_string()));
                }
            }
            Err(told) => problems.extend(told.into_iter().map(|problem| problem.under(&place).under("faults"))),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn under(key: &str, problems: Vec<ConfigProblem>) -> Vec<ConfigProblem> {
    problems.into_iter().map(|problem| problem.under(key)).collect()
}

/// The secrets that stand in a world file, by the keys that hold them.
fn collect_secrets(value: &Value, secrets: &mut Vec<(ArtefactKind, String)>) {
    let Some(map) = value.as_object() else {
        value.as_array().into_iter().flatten().for_each(|item| collect_secrets(item, secrets));
        return;
    };
    if let (Some(Value::String(id)), Some(Value::String(secret))) = (map.get("client_id"), map.get("client_secret")) {
        // As HTTP Basic carries them, no form of the secret alone stands in the header.
        secrets.push((ArtefactKind::ClientSecret, BASE64.encode(format!("{id}:{secret}").as_bytes())));
    }
    if let Some(key) = map.get("symmetric_key").and_then(|key| key.get("key")).and_then(Value::as_str) {
        secrets.push((ArtefactKind::ApiKey, key.to_owned()));
    }
    for (key, value) in map {
        let kind = match key.as_str() {
            "secret" => ArtefactKind::AppSecret,
            "private_key" => ArtefactKind::ApiKey,
            "client_secret" => ArtefactKind::ClientSecret,
            "password" => ArtefactKind::Password,
            "component_access_token" => ArtefactKind::AccessToken,
            "mobile" | "phone" | "phones" | "quick_phone" => ArtefactKind::PhoneNumber,
            _ => {
                collect_secrets(value, secrets);
                continue;
            }
        };
        match value {
            Value::String(text) => secrets.push((kind, text.clone())),
            Value::Array(items) => {
                secrets.extend(items.iter().filter_map(Value::as_str).map(|text| (kind, text.to_owned())));
            }
            other => collect_secrets(other, secrets),
        }
    }
}
