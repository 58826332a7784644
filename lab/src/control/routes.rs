//! The one table of the control API: what answers which path, and what its OpenAPI document says about it.

use std::fmt;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::call::Call;
use super::error::ControlError;
use super::{
    about, answers, artefacts, authority, clock, device, explain, faults, journal, openapi, outbox, world, worlds,
};
use crate::WorldFile;

type Run = fn(&Call<'_>) -> Result<Response<Bytes>, ControlError>;
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// One path with one method.
pub(crate) struct Route {
    pub(crate) method: Method,
    /// At most one `{…}`, at the end.
    pub(crate) path: &'static str,
    /// The `operationId`.
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) query: &'static [Parameter],
    pub(crate) body: Option<SchemaOf>,
    pub(crate) status: StatusCode,
    pub(crate) answer: Option<SchemaOf>,
    /// The media type of an answer that is text, and not JSON.
    pub(crate) text: Option<&'static str>,
    pub(crate) run: Run,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// A query parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

const fn parameter(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about }
}

impl Route {
    /// What stands in `path` for the route's `{…}`, empty for a route without one; none when the path is another.
    pub(crate) fn parameter_in<'a>(&self, path: &'a str) -> Option<&'a str> {
        match self.path.split_once('{') {
            // A rid may come inside a whole message with slashes: the rest of the path is the parameter.
            Some((start, _)) => path.strip_prefix(start).filter(|rest| !rest.is_empty()),
            None => (path == self.path).then_some(""),
        }
    }

    const fn new(method: Method, path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        let (query, body, status, answer, text) = (&[], None, StatusCode::OK, None, None);
        Self { method, path, name, summary, query, body, status, answer, text, run }
    }

    const fn get(path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        Self::new(Method::GET, path, name, summary, run)
    }

    const fn post(path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        Self::new(Method::POST, path, name, summary, run)
    }

    const fn put(path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        Self::new(Method::PUT, path, name, summary, run)
    }

    const fn patch(path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        Self::new(Method::PATCH, path, name, summary, run)
    }

    const fn delete(path: &'static str, name: &'static str, summary: &'static str, run: Run) -> Self {
        Self::new(Method::DELETE, path, name, summary, run).status(StatusCode::NO_CONTENT)
    }

    const fn takes(mut self, schema: SchemaOf) -> Self {
        self.body = Some(schema);
        self
    }

    const fn gives(mut self, schema: SchemaOf) -> Self {
        self.answer = Some(schema);
        self
    }

    const fn gives_text(mut self, media_type: &'static str) -> Self {
        self.text = Some(media_type);
        self
    }

    const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    const fn filtered(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const REVEAL: Parameter = parameter("reveal", "`true` shows secrets instead of their names");

/// Everything that the control API can do.
pub(crate) static ROUTES: &[Route] = &[
    Route::post(
        "/__admin/v1/device/login",
        "wxLogin",
        "What `wx.login` hands its callback: a login code",
        device::login,
    )
    .takes(of::<mock_wechat::LoginCall>)
    .gives(of::<answers::DeviceAnswer>),
    Route::post(
        "/__admin/v1/device/phone-number",
        "wxGetPhoneNumber",
        "What a phone button hands its event handler as `e.detail`: a phone code",
        device::phone_number,
    )
    .takes(of::<mock_wechat::PhoneNumberCall>)
    .gives(of::<answers::DeviceAnswer>),
    Route::post(
        "/__admin/v1/device/check-session",
        "wxCheckSession",
        "What `wx.checkSession` hands its callback",
        device::check_session,
    )
    .takes(of::<mock_wechat::Whose>)
    .gives(of::<answers::DeviceAnswer>),
    Route::post(
        "/__admin/v1/device/user-info",
        "wxGetUserInfo",
        "What `wx.getUserInfo` hands its callback, signed and encrypted with the session key",
        device::user_info,
    )
    .takes(of::<mock_wechat::UserInfoCall>)
    .gives(of::<answers::DeviceAnswer>),
    Route::post(
        "/__admin/v1/device/user-profile",
        "wxGetUserProfile",
        "What `wx.getUserProfile` hands its callback",
        device::user_profile,
    )
    .takes(of::<mock_wechat::UserProfileCall>)
    .gives(of::<answers::DeviceAnswer>),
    Route::post(
        "/__admin/v1/device/account-info",
        "wxGetAccountInfoSync",
        "What `wx.getAccountInfoSync` returns",
        device::account_info,
    )
    .takes(of::<mock_wechat::AccountInfoCall>)
    .gives(of::<answers::DeviceAnswer>),
    Route::get("/__admin/v1/about", "about", "The server's version, and how it was started", about::show)
        .gives(of::<about::About>),
    Route::get(
        "/__admin/v1/ca.pem",
        "showAuthority",
        "The certificate that signs for the names of WeChat and of tenants here, as PEM",
        authority::show,
    )
    .filtered(&[parameter("chain", "`true`: with more behind it; the last is what Java is to trust in its place")])
    .gives_text(authority::PEM),
    Route::get("/__admin/v1/clock", "readClock", "The world's time, and how its clock goes", clock::read)
        .gives(of::<answers::ClockAnswer>),
    Route::put("/__admin/v1/clock", "steerClock", "Advances, sets, freezes or resumes the world's clock", clock::steer)
        .takes(of::<clock::ClockChange>)
        .gives(of::<answers::ClockAnswer>),
    Route::get("/__admin/v1/worlds", "listWorlds", "All worlds in the order in which they came to be", worlds::list)
        .gives(of::<answers::WorldList>),
    Route::post("/__admin/v1/worlds", "createWorld", "Makes a sealed world", worlds::create)
        .takes(of::<worlds::NewWorld>)
        .gives(of::<answers::WorldAddress>)
        .status(StatusCode::CREATED),
    Route::get("/__admin/v1/worlds/{name}", "showWorld", "One world", worlds::show).gives(of::<answers::WorldSummary>),
    Route::delete(
        "/__admin/v1/worlds/{name}",
        "deleteWorld",
        "Takes a world away with all that is in it",
        worlds::delete,
    ),
    Route::get(
        "/__admin/v1/world",
        "exportWorld",
        "The world file of the world as it is now: whole, unmasked, generated values included",
        world::export,
    )
    .filtered(&[parameter("beginning", "`true`: the world file that it began with, to which a reset puts it back")])
    .gives(of::<WorldFile>),
    Route::put("/__admin/v1/world", "replaceWorld", "Makes the world anew from a world file", world::replace)
        .takes(of::<WorldFile>)
        .gives(of::<answers::WorldAddress>),
    Route::patch(
        "/__admin/v1/world",
        "changeWorld",
        "Changes parts of the world; codes, tokens and sessions stay as they are",
        world::change,
    )
    .takes(of::<answers::PartOfAWorld>)
    .gives(of::<answers::WorldAddress>),
    Route::post("/__admin/v1/world/reset", "resetWorld", "Puts the world back to its seed", world::reset)
        .gives(of::<answers::WorldAddress>),
    Route::get(
        "/__admin/v1/artefacts",
        "listArtefacts",
        "Codes, tokens and keys that were handed out",
        artefacts::list,
    )
    .filtered(&[
        parameter("kind", "only this kind: `login_code`, `access_token` …"),
        parameter("state", "only those that are `live`, `used`, `expired`, `replaced` or `revoked`"),
        parameter("limit", "at most so many, the newest; 1000 when absent"),
    ])
    .gives(of::<answers::ArtefactList>),
    Route::post(
        "/__admin/v1/artefacts/age",
        "ageArtefacts",
        "Ages, expires or revokes artefacts without moving the clock",
        artefacts::age,
    )
    .takes(of::<artefacts::Ageing>)
    .gives(of::<answers::Altered>),
    Route::get(
        "/__admin/v1/faults",
        "listFaults",
        "Planned faults, with how many calls each was meant for and hit",
        faults::list,
    )
    .gives(of::<answers::FaultList>),
    Route::post("/__admin/v1/faults", "planFault", "Plans a fault: where, when and what", faults::plan)
        .takes(of::<crate::Fault>)
        .gives(of::<sim::FaultRecord>)
        .status(StatusCode::CREATED),
    Route::delete("/__admin/v1/faults", "clearFaults", "Takes all faults back", faults::clear_all)
        .gives(of::<answers::Cleared>)
        .status(StatusCode::OK),
    Route::delete("/__admin/v1/faults/{name}", "clearFault", "Takes one fault back", faults::clear)
        .gives(of::<answers::Cleared>)
        .status(StatusCode::OK),
    Route::get("/__admin/v1/journal", "readJournal", "Exchanges of the world, oldest first", journal::read)
        .filtered(&[
            parameter("since", "only those after this number"),
            parameter("path", "only those whose path begins so"),
            parameter("from", "only those that this party asked: `device`, `mini_program`, `back_end`, `idaas`"),
            parameter("to", "only those that this party answered: `wechat`, `idaas`"),
            parameter("rid", "only the one that carried this request id"),
            parameter("limit", "at most so many, the newest; 200 when absent"),
            REVEAL,
        ])
        .gives(of::<answers::JournalPage>),
    Route::delete("/__admin/v1/journal", "clearJournal", "Forgets all exchanges; the numbers go on", journal::clear),
    Route::get(
        "/__admin/v1/explain/{rid}",
        "explain",
        "The story of one answer, by its request id or by a whole `errmsg`; looks in all worlds unless one is named",
        explain::explain,
    )
    .filtered(&[REVEAL])
    .gives(of::<answers::Explanation>),
    Route::get("/__admin/v1/outbox", "readOutbox", "SMS and e-mails that IDaaS sent, newest first", outbox::read)
        .filtered(&[parameter("to", "only those to this number or address")])
        .gives(of::<answers::Outbox>),
    Route::get("/__admin/v1/captcha/{token}", "solveCaptcha", "The answer of a slider picture", outbox::captcha)
        .gives(of::<answers::CaptchaAnswer>),
    Route::get("/__admin/v1/openapi.json", "openApi", "This document", openapi::show)
        .gives(of::<serde_json::Map<String, serde_json::Value>>),
];
