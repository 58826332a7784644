//! From a call back to the word that makes it: the table of words, read from right to left.

use serde_json::{Map, Value, json};

use super::exchange::{Body, Exchange};
use crate::language::{Kind, Part, WORDS, Word, word};
use crate::run::{Cast, Credentials, completed_by_back_end};

/// A step: its word and its arguments, not named yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) word: &'static str,
    pub(super) arguments: Map<String, Value>,
    /// What could not be kept as it was.
    pub(super) remarks: Vec<String>,
}

/// Who is in the world, and what the phone of the session says of itself in every call.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) cast: &'a Cast,
    /// The headers of the SDK that are the same in all calls: a scenario's own stand for them.
    pub(super) usual: &'a Map<String, Value>,
}

/// The headers by which the SDK describes the phone.
pub(super) const DEVICE: [&str; 3] = ["x-operating-sys-version", "x-device-fingerprint", "x-agent"];

/// The step that makes this call.
pub(super) fn said(exchange: &Exchange, around: &Surroundings<'_>) -> Said {
    let found = if exchange.is_of_device() { of_device(exchange, around) } else { of_vendor(exchange, around) };
    found.unwrap_or_else(|| http(exchange))
}

fn of_device(exchange: &Exchange, around: &Surroundings<'_>) -> Option<Said> {
    let name = exchange.path.strip_prefix("wx.").unwrap_or(&exchange.path);
    let row = word(&format!("wx.{name}"))?;
    let mut left = match &exchange.body {
        Body::Json(fields) => fields.clone(),
        _ => Map::new(),
    };
    // Which button it was is said by the word.
    left.shift_remove("realtime");
    let mut arguments = Map::new();
    for argument in row.all_arguments() {
        if let Some(value) = left.shift_remove(argument.wire) {
            arguments.insert(argument.name.to_owned(), value);
        }
    }
    let own = around.cast.mini_program(None);
    arguments.retain(|name, value| name != "app" || value.as_str() != Some(&own.appid));
    left.is_empty().then(|| Said { word: row.name, arguments, remarks: Vec::new() })
}

fn of_vendor(exchange: &Exchange, around: &Surroundings<'_>) -> Option<Said> {
    let (row, parts) = row_of(exchange)?;
    let mut reading = Reading {
        query: exchange.query.clone(),
        headers: exchange.headers.clone(),
        body: exchange.body.clone(),
        arguments: Map::new(),
        remarks: Vec::new(),
    };
    reading.headers.shift_remove("content-type");
    for argument in row.all_arguments() {
        let value = match argument.part {
            Part::Query => reading.query.shift_remove(argument.wire),
            Part::Body | Part::Form => reading.field(argument.wire),
            Part::Path => parts.get(argument.wire).cloned(),
            Part::Header(name) => reading.headers.shift_remove(&name.to_ascii_lowercase()),
            Part::Bearer => reading.bearer(),
            Part::Own => None,
        };
        let value = value.map(|value| match (argument.kind, value.as_str().map(str::parse::<i64>)) {
            (Kind::Number, Some(Ok(number))) => number.into(),
            _ => value,
        });
        if let Some(value) = value {
            reading.arguments.insert(argument.name.to_owned(), value);
        }
    }
    if exchange.path.starts_with("/api/") {
        reading.of_idaas(row, exchange, around);
    } else {
        reading.of_wechat(row, around);
    }
    reading.finished(row)
}

/// The word whose endpoint this is, and what stands in its path for the names in braces.
fn row_of(exchange: &Exchange) -> Option<(&'static Word, Map<String, Value>)> {
    let special = match exchange.path.as_str() {
        "/api/v2/sdk/login/wechat-miniprogram" | "/api/v2/sdk/login" => Some("idaas.login"),
        "/api/v2/sdk/logout" | "/api/v1/logout" => Some("idaas.logout"),
        _ => None,
    };
    if let Some(row) = special.and_then(word) {
        return Some((row, Map::new()));
    }
    WORDS.iter().copied().flatten().find_map(|row| {
        let endpoint = row.endpoint.filter(|endpoint| endpoint.method == exchange.method)?;
        let (wanted, path) = (endpoint.path.split('/'), exchange.path.split('/'));
        if wanted.clone().count() != path.clone().count() {
            return None;
        }
        let mut parts = Map::new();
        for (wanted, part) in wanted.zip(path) {
            match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => {
                    let decoded = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
                    parts.insert(name.to_owned(), decoded.into_owned().into());
                }
                None if wanted == part => {}
                None => return None,
            }
        }
        Some((row, parts))
    })
}

/// A call of which more and more is understood.
#[derive(Debug)]
struct Reading {
    query: Map<String, Value>,
    headers: Map<String, Value>,
    body: Body,
    arguments: Map<String, Value>,
    remarks: Vec<String>,
}

impl Reading {
    fn field(&mut self, name: &str) -> Option<Value> {
        match &mut self.body {
            Body::Json(fields) | Body::Form(fields) => fields.shift_remove(name),
            Body::Nothing | Body::Other(_) => None,
        }
    }

    fn bearer(&mut self) -> Option<Value> {
        let token = self.headers.get("authorization")?.as_str()?.strip_prefix("Bearer ")?.to_owned();
        self.headers.shift_remove("authorization");
        Some(token.into())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).and_then(Value::as_str)
    }

    /// Leaves out an argument that the word fills in by itself; what was not sent at all is left out on purpose.
    fn usual(&mut self, row: &Word, name: &str, usual: &str) {
        if row.argument(name).is_none() {
            return;
        }
        match self.arguments.get(name) {
            None => {
                self.arguments.insert(name.to_owned(), Value::Null);
            }
            Some(value) if value.as_str() == Some(usual) => {
                self.arguments.shift_remove(name);
            }
            Some(_) => {}
        }
    }

    fn of_wechat(&mut self, row: &Word, around: &Surroundings<'_>) {
        let first = around.cast.mini_program(None);
        let named = around.cast.mini_program(self.text("appid"));
        if named.appid != first.appid && row.argument("app").is_some() {
            self.arguments.insert("app".to_owned(), named.appid.clone().into());
        }
        self.usual(row, "appid", &named.appid);
        for name in ["secret", "appsecret"] {
            self.usual(row, name, &named.secret);
            if self.text(name).is_some() {
                self.arguments.insert(name.to_owned(), "ffffffffffffffffffffffffffffffff".into());
                self.remarks.push(format!("`{name}` was not the mini program's own; another wrong one stands for it"));
            }
        }
        let grant_type = if row.argument("js_code").is_some() { "authorization_code" } else { "client_credential" };
        self.usual(row, "grant_type", grant_type);
        self.usual(row, "sig_method", "hmac_sha256");
    }

    fn of_idaas(&mut self, row: &Word, exchange: &Exchange, around: &Surroundings<'_>) {
        let mut client_id = self.headers.shift_remove("x-client-id").and_then(|id| id.as_str().map(str::to_owned));
        if row.argument("client_secret").is_some() {
            client_id = self.basic(around);
        }
        let own = around.cast.credentials(None);
        if let Some(id) = client_id.as_deref().or(self.text("client_id")).filter(|id| *id != own.client_id) {
            let name = around.cast.application_name(id).unwrap_or(id).to_owned();
            self.arguments.insert("application".to_owned(), name.into());
        }
        let client_id = client_id.unwrap_or(own.client_id);
        let bare = self.bare(row, &client_id);
        for (name, value) in completed_by_back_end(row, &bare, &client_id) {
            if let Some(usual) = value.as_str().filter(|_| !bare.contains_key(&name)) {
                self.usual(row, &name, usual);
            }
        }
        match row.name {
            "idaas.captcha_verify" => self.slider(),
            "idaas.logout" => self.logout(exchange),
            _ => {}
        }
        let mut headers = Map::new();
        if exchange.path.starts_with("/api/v2/sdk/") {
            for name in DEVICE {
                let sent = self.headers.shift_remove(name);
                match (sent, around.usual.get(name)) {
                    (Some(sent), Some(usual)) if sent == *usual => {}
                    (Some(sent), _) => drop(headers.insert(name.to_owned(), sent)),
                    (None, Some(_)) => drop(headers.insert(name.to_owned(), Value::Null)),
                    (None, None) => {}
                }
            }
        }
        headers.append(&mut self.headers);
        if !headers.is_empty() {
            self.arguments.insert("headers".to_owned(), Value::Object(headers));
        }
    }

    /// The arguments without those that the word might have filled in by itself.
    fn bare(&self, row: &Word, client_id: &str) -> Map<String, Value> {
        let mut bare = self.arguments.clone();
        for filled in [&Map::new(), &self.arguments] {
            let possible = completed_by_back_end(row, filled, client_id);
            let own = |name: &String| name == "grant_type" || !filled.contains_key(name);
            possible.keys().filter(|name| own(name)).for_each(|name| drop(bare.shift_remove(name)));
        }
        bare
    }

    /// Client id and secret of a back end; the secret is left out when it is the application's own.
    fn basic(&mut self, around: &Surroundings<'_>) -> Option<String> {
        let header = self.headers.shift_remove("authorization");
        let decoded = header
            .as_ref()
            .and_then(Value::as_str)
            .and_then(|text| text.strip_prefix("Basic "))
            .and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some((id, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
            self.arguments.insert("client_secret".to_owned(), Value::Null);
            return None;
        };
        let Credentials { client_secret, .. } = around.cast.credentials(Some(id));
        if secret != client_secret {
            self.arguments.insert("client_secret".to_owned(), "wrong".into());
            self.remarks
                .push("the client secret was not the application's own; another wrong one stands for it".into());
        }
        Some(id.to_owned())
    }

    /// `point_json` as the place of the piece.
    fn slider(&mut self) {
        let point: Option<Value> = self.text("point_json").and_then(|text| serde_json::from_str(text).ok());
        if let Some(x) = point.as_ref().and_then(|point| point.get("x")).and_then(Value::as_f64) {
            self.arguments.shift_remove("point_json");
            self.arguments.insert("x".to_owned(), json!(x));
        }
    }

    /// Who logs out shows it by a token.
    fn logout(&mut self, exchange: &Exchange) {
        if let Some(token) = self.headers.shift_remove("session-token") {
            self.arguments.insert("session_token".to_owned(), token);
        }
        if let Some(token) = self.bearer() {
            self.arguments.insert("id_token".to_owned(), token);
        }
        if exchange.path == "/api/v2/sdk/logout" {
            self.arguments.shift_remove("client_id");
        }
    }

    /// The step, when everything that was sent has found its place.
    fn finished(mut self, row: &'static Word) -> Option<Said> {
        let empty = match &self.body {
            Body::Nothing => true,
            Body::Json(fields) | Body::Form(fields) => fields.is_empty(),
            Body::Other(_) => false,
        };
        if !self.query.is_empty() || !empty {
            return None;
        }
        for argument in row.all_arguments().filter(|argument| argument.required) {
            // `null` is giving it: the parameter is left out on purpose.
            self.arguments.entry(argument.name.to_owned()).or_insert(Value::Null);
        }
        Some(Said { word: row.name, arguments: self.arguments, remarks: self.remarks })
    }
}

/// A call that no word makes.
fn http(exchange: &Exchange) -> Said {
    let mut arguments = Map::new();
    let has_body = exchange.body != Body::Nothing;
    if exchange.method != if has_body { "POST" } else { "GET" } {
        arguments.insert("method".to_owned(), exchange.method.clone().into());
    }
    arguments.insert("path".to_owned(), exchange.path.clone().into());
    if !exchange.query.is_empty() {
        arguments.insert("query".to_owned(), Value::Object(exchange.query.clone()));
    }
    let mut headers = exchange.headers.clone();
    headers.retain(|name, value| name != "content-type" || value.as_str() != Some("application/json"));
    match &exchange.body {
        Body::Nothing => {}
        Body::Json(fields) => drop(arguments.insert("body".to_owned(), Value::Object(fields.clone()))),
        Body::Form(fields) => {
            headers.shift_remove("content-type");
            arguments.insert("form".to_owned(), Value::Object(fields.clone()));
        }
        Body::Other(value) => drop(arguments.insert("body".to_owned(), value.clone())),
    }
    if !headers.is_empty() {
        arguments.insert("headers".to_owned(), Value::Object(headers));
    }
    Said { word: "http", arguments, remarks: Vec::new() }
}
