//! Everything that is handed out and later presented: each its own type, none of which shows itself.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kinds of artefact, by the names that the control API and reports use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArtefactKind {
    /// What `wx.login` gives.
    LoginCode,
    /// What a phone button gives.
    PhoneCode,
    /// A person's identifier in one mini program.
    Openid,
    /// A person's identifier across one open platform account.
    Unionid,
    /// The key under which the phone encrypts data for the back end.
    SessionKey,
    /// What a back end calls WeChat with.
    AccessToken,
    /// The secret of a mini program.
    AppSecret,
    /// A key of signed and encrypted server calls: a symmetric one, or the private half of a pair.
    ApiKey,
    /// The temporary token between two calls of an IDaaS flow.
    StateToken,
    /// The long-lived handle of a user's session.
    SessionToken,
    /// The signed statement of who the user is.
    IdToken,
    /// The token of a slider picture, before and after it was solved.
    CaptchaToken,
    /// The code in an SMS or e-mail.
    VerifyCode,
    /// A user's password.
    Password,
    /// A person's phone number.
    PhoneNumber,
    /// The secret of an application at the identity service.
    ClientSecret,
    /// An access_token that the identity service issued, to a back end or for a user.
    BearerToken,
    /// What an authorization redirects a browser with.
    AuthorizationCode,
    /// What gets an application further access_tokens of a user.
    RefreshToken,
    /// What tells another back end once who a session's user is.
    SsoTicket,
}

impl ArtefactKind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::LoginCode,
        Self::PhoneCode,
        Self::Openid,
        Self::Unionid,
        Self::SessionKey,
        Self::AccessToken,
        Self::AppSecret,
        Self::ApiKey,
        Self::StateToken,
        Self::SessionToken,
        Self::IdToken,
        Self::CaptchaToken,
        Self::VerifyCode,
        Self::Password,
        Self::PhoneNumber,
        Self::ClientSecret,
        Self::BearerToken,
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::SsoTicket,
    ];

    /// The name in snake case: `login_code`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginCode => "login_code",
            Self::PhoneCode => "phone_code",
            Self::Openid => "openid",
            Self::Unionid => "unionid",
            Self::SessionKey => "session_key",
            Self::AccessToken => "access_token",
            Self::AppSecret => "app_secret",
            Self::ApiKey => "api_key",
            Self::StateToken => "state_token",
            Self::SessionToken => "session_token",
            Self::IdToken => "id_token",
            Self::CaptchaToken => "captcha_token",
            Self::VerifyCode => "verify_code",
            Self::Password => "password",
            Self::PhoneNumber => "phone_number",
            Self::ClientSecret => "client_secret",
            Self::BearerToken => "bearer_token",
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::SsoTicket => "sso_ticket",
        }
    }

    /// The name in words: `login code`. Reports show `‹login code 1›` in place of a value.
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }
}

impl fmt::Display for ArtefactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! artefact {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// It has no `Display`, and its `Debug` prints its name: only [`expose`](Self::expose) shows the value.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// What kind of artefact it is.
            pub const KIND: ArtefactKind = ArtefactKind::$kind;

            /// Takes a text as one.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The value itself, to be sent to whom it is meant for.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("‹", stringify!($name), "›"))
            }
        }
    )*};
}

artefact! {
    /// A code from `wx.login`.
    LoginCode => LoginCode;
    /// A code from a phone button.
    PhoneCode => PhoneCode;
    /// A person's identifier in one mini program.
    OpenId => Openid;
    /// A person's identifier across the apps of one open platform account.
    UnionId => Unionid;
    /// The key under which a phone encrypts and signs data for the back end: base64 of sixteen bytes.
    SessionKey => SessionKey;
    /// What a back end calls WeChat with.
    AccessToken => AccessToken;
    /// The AppSecret of a mini program.
    AppSecret => AppSecret;
    /// The temporary token between two calls of an IDaaS flow.
    StateToken => StateToken;
    /// The long-lived handle of a user's IDaaS session.
    SessionToken => SessionToken;
    /// The signed statement of who a user is.
    IdToken => IdToken;
    /// The token of a slider picture.
    CaptchaToken => CaptchaToken;
    /// The code in an SMS or e-mail.
    VerifyCode => VerifyCode;
    /// A password in clear, on its way in.
    Password => Password;
    /// A phone number.
    PhoneNumber => PhoneNumber;
    /// The secret of an application at the identity service.
    ClientSecret => ClientSecret;
    /// An access_token that the identity service issued.
    BearerToken => BearerToken;
    /// What an authorization redirects a browser with.
    AuthorizationCode => AuthorizationCode;
    /// What gets an application further access_tokens of a user.
    RefreshToken => RefreshToken;
    /// What tells another back end once who a session's user is.
    SsoTicket => SsoTicket;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_artefact_shows_itself() {
        let code = LoginCode::new("0a1B2c");
        assert_eq!(format!("{code:?} {:?}", Some(SessionKey::new("c2VjcmV0"))), "‹LoginCode› Some(‹SessionKey›)");
        assert_eq!(code.expose(), "0a1B2c");
    }

    #[test]
    fn every_kind_has_the_name_that_its_json_has() {
        for kind in ArtefactKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(ArtefactKind::LoginCode.words(), "login code");
    }
}
