//! OAuth2.

use super::error::{KnownError, Source::*, row};
use crate::refusal::{Refusal as R, TokenProblem as T};

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::PasswordGrant,
        Observed,
        "the password grant is refused unless it is authorized for the application",
        "use the authorization code flow, or set `password_grant` of the application",
    ),
    row(
        R::GrantTypeUnsupported,
        Documented,
        "the token endpoint does not serve this grant_type",
        "send authorization_code or refresh_token; client_credentials belongs to /api/v2/tenant/token",
    ),
    row(
        R::AuthorizationCode(T::Used),
        Documented,
        "the authorization code was redeemed before",
        "authorize again: a code is good once",
    ),
    row(
        R::AuthorizationCode(T::Expired),
        Documented,
        "the authorization code is past its life",
        "redeem a code at once; `oauth2.code` sets how long it lives",
    ),
    row(
        R::AuthorizationCode(T::Unknown),
        Documented,
        "the authorization code is not one that this tenant issued",
        "send the `code` of the redirect, decoded",
    ),
    row(
        R::AuthorizationCode(T::OtherClient),
        Documented,
        "the authorization code was issued to another application",
        "redeem it with the credentials of the client_id that authorized",
    ),
    row(R::AuthorizationCode(T::Revoked), Made, "the authorization code was taken back", "authorize again"),
    row(
        R::RedirectDiffers,
        Documented,
        "redirect_uri of the token call is not that of the authorization",
        "send the same redirect_uri in both calls, letter by letter",
    ),
    row(
        R::VerifierWrong,
        Documented,
        "code_verifier is missing or does not fit the code_challenge",
        "send the verifier whose challenge the authorization had",
    ),
    row(
        R::RefreshToken(T::Expired),
        Documented,
        "the refresh_token is past its life",
        "authorize again; `oauth2.refresh_token` sets how long it lives",
    ),
    row(
        R::RefreshToken(T::Unknown),
        Documented,
        "the refresh_token is not one that this tenant issued",
        "send the refresh_token of the token call",
    ),
    row(
        R::RefreshToken(T::OtherClient),
        Documented,
        "the refresh_token was issued to another application",
        "send it with the credentials of the application that it was issued to",
    ),
    row(R::RefreshToken(T::Revoked), Made, "the refresh_token was taken back", "authorize again"),
    row(
        R::ResponseType,
        Documented,
        "the authorization asks for another response_type than `code`",
        "send response_type=code",
    ),
    row(
        R::NobodyAgrees,
        Made,
        "no user who could agree is there, or the user is disabled",
        "name an enabled user in `login_hint` or in `oauth2.agrees`",
    ),
];
