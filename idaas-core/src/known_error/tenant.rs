//! The server API.

use super::error::{KnownError, Source::*, row};
use crate::config::Permission;
use crate::refusal::{ClientProblem as C, Refusal as R, TokenProblem as T};

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::Client(C::WrongSecret),
        Inferred,
        "the secret is not that of the application",
        "send the application's `client_secret` in HTTP Basic, after its client id and a colon",
    ),
    row(
        R::Client(C::Missing),
        Inferred,
        "the call has no client credentials in HTTP Basic",
        "send Authorization: Basic, and client id and secret neither in the body nor in the query",
    ),
    row(
        R::Client(C::Unknown),
        Inferred,
        "no application of the tenant has the client id",
        "send the client id of an application of this tenant",
    ),
    row(
        R::Client(C::Disabled),
        Inferred,
        "the application was saved but not enabled",
        "enable the application: `enabled: true`",
    ),
    row(
        R::Client(C::NoSecret),
        Made,
        "the application is declared without a secret",
        "give the application a `client_secret` in the world file",
    ),
    row(
        R::BearerToken(T::Expired),
        Inferred,
        "the access_token is past its life",
        "get a new one; `tokens.machine` and `oauth2.access_token` set how long they live",
    ),
    row(
        R::BearerToken(T::Missing),
        Inferred,
        "there is no Bearer access_token",
        "send Authorization: Bearer, with the access_token of the token call",
    ),
    row(
        R::BearerToken(T::Unknown),
        Inferred,
        "the access_token is not one that this tenant issued",
        "send the access_token of the token call: neither an id_token nor one of WeChat's",
    ),
    row(R::BearerToken(T::Revoked), Made, "the access_token was taken back", "get a new one"),
    row(
        R::BearerToken(T::WrongFlow),
        Inferred,
        "the access_token is of the other kind: a back end's where a user's is wanted, or the reverse",
        "the server API takes tokens of /api/v2/tenant/token, userinfo those of /api/v1/oauth2/token",
    ),
    row(
        R::BearerToken(T::UserGone),
        Inferred,
        "the user of the access_token is gone or disabled",
        "enable the user, or have another one authorize",
    ),
    row(
        R::PermissionMissing(Permission::UserRead),
        Inferred,
        "the application has not got the permission code that the call needs",
        "add the code to the application's `permissions`",
    ),
    row(
        R::SsoTicket(T::Used),
        Inferred,
        "the sso_ticket was verified before",
        "exchange the session_token for another ticket: each is good once",
    ),
    row(
        R::SsoTicket(T::Expired),
        Inferred,
        "the sso_ticket is older than five minutes",
        "exchange the session_token for another ticket",
    ),
    row(
        R::SsoTicket(T::Unknown),
        Inferred,
        "the sso_ticket is not one that this tenant issued",
        "send the `sso_ticket` of the exchange, with its prefix",
    ),
    row(R::SsoTicket(T::Revoked), Made, "the sso_ticket was taken back", "exchange the session_token again"),
    row(
        R::TenantUserUnknown("user name"),
        Observed,
        "the tenant has no user of this name or id",
        "ask for a user name as the tenant has it, in the same case, or for an id of the list",
    ),
];
