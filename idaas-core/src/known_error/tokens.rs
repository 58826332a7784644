//! Tokens that cannot be used.

use super::error::{KnownError, Source, Source::*, row};
use crate::refusal::{Refusal, StateTokenUse, TokenProblem as T};

const fn state(problem: T, source: Source, means: &'static str, remedy: &'static str) -> KnownError {
    row(Refusal::StateToken(problem, StateTokenUse::Social), source, means, remedy)
}

const fn id(problem: T, source: Source, means: &'static str, remedy: &'static str) -> KnownError {
    row(Refusal::IdToken(problem), source, means, remedy)
}

const fn session(problem: T, source: Source, means: &'static str, remedy: &'static str) -> KnownError {
    row(Refusal::SessionToken(problem), source, means, remedy)
}

pub(super) static ROWS: &[KnownError] = &[
    state(
        T::Expired,
        Inferred,
        "the state_token is past its life",
        "log in again for a fresh state_token; `tokens.state` sets how long it lives",
    ),
    state(
        T::Missing,
        Documented,
        "the header X-state-token is missing or blank",
        "send the state_token of the previous answer as X-state-token",
    ),
    state(
        T::Unknown,
        Documented,
        "the state_token is not one that this tenant issued",
        "send the state_token of the previous answer, whole and unchanged",
    ),
    state(
        T::OtherClient,
        Inferred,
        "the state_token was issued to another client id",
        "go on with the X-client-id that the login was made with",
    ),
    state(
        T::OtherDevice,
        Made,
        "the state_token was issued to another device, and the tenant binds it to one",
        "go on with the X-device-fingerprint that the login was made with",
    ),
    state(
        T::Used,
        Inferred,
        "the state_token was used up by a call that succeeded",
        "log in again: a state_token is good for one success",
    ),
    state(
        T::InUse,
        Inferred,
        "another call is using the state_token at this moment",
        "wait for the answer of that call; send each call once",
    ),
    state(
        T::WrongFlow,
        Inferred,
        "the state_token belongs to another step of the flow",
        "go on as its `status` says: SOCIAL_BIND to a bind, USER_REGISTER to a register-bind",
    ),
    state(T::Revoked, Made, "the state_token was taken back from outside", "log in again for a fresh state_token"),
    row(
        Refusal::StateToken(T::Expired, StateTokenUse::Password),
        Documented,
        "the state_token of a password or second factor call is past its life",
        "log in again for a fresh state_token; `tokens.state` sets how long it lives",
    ),
    id(
        T::Expired,
        Documented,
        "the id_token is past its life",
        "refresh it with the session_token; `tokens.id` sets how long it lives",
    ),
    id(
        T::NotYetValid,
        Inferred,
        "the id_token is good later only (`nbf`)",
        "compare the clocks: the token was issued by one that is ahead of the world's",
    ),
    id(
        T::Missing,
        Documented,
        "there is no Bearer id_token",
        "send `Authorization: Bearer {id_token}`: the id_token, and not the session_token",
    ),
    id(
        T::Unknown,
        Documented,
        "the id_token was not signed by this tenant, or is damaged",
        "send the id_token of the login's or the refresh's answer, whole and unchanged",
    ),
    id(
        T::OtherClient,
        Inferred,
        "the id_token was issued to another client id",
        "send the X-client-id that the login was made with",
    ),
    id(T::Revoked, Made, "the id_token was taken back", "log in again"),
    id(
        T::UserGone,
        Inferred,
        "the user of the id_token is gone or disabled",
        "enable the user; an id_token that is still good by its times does not help",
    ),
    session(
        T::Expired,
        Documented,
        "the session_token is past its life",
        "log in again; `tokens.session` sets how long it lives",
    ),
    session(
        T::Missing,
        Documented,
        "the header session-token is missing or blank",
        "send the session_token in the header `session-token`, without X- and with a hyphen",
    ),
    session(
        T::Unknown,
        Documented,
        "the session_token is not one that this tenant issued",
        "send the session_token of the login's or the last refresh's answer",
    ),
    session(
        T::OtherClient,
        Inferred,
        "the session_token was issued to another client id",
        "send the X-client-id that the login was made with",
    ),
    session(
        T::Replaced,
        Documented,
        "a refresh replaced the session_token by a newer one",
        "store the session_token of every refresh: with automatic renewal it is a new one each time",
    ),
    session(T::Revoked, Inferred, "the session was ended, by a log-out or from outside", "log in again"),
    session(T::UserGone, Inferred, "the user of the session is gone or disabled", "enable the user, then log in again"),
];
