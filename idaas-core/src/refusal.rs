//! Every reason for which a call is refused, with the answer it gets and the name of its rule.

mod problem;

use std::borrow::Cow;

use http::HeaderValue;

use crate::config::{ApplicationType, Permission, Scenario};
use crate::error_code::ErrorCode;

pub(crate) use problem::{ClientProblem, StateTokenUse, TokenProblem, Trouble};

/// Every reason for which a call is refused. Its `Display` is the first sentence of the story.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    // The call itself.
    #[error("there is nothing at this path")]
    NoSuchPath,
    #[error("this path takes {0}")]
    WrongMethod(&'static str),
    #[error("the header {0} is missing or blank")]
    DeviceHeaderMissing(&'static str),
    #[error("the header X-client-id is missing or blank")]
    ClientIdMissing,
    #[error("no application of this tenant has the client id that was sent")]
    ClientUnknown,
    #[error("the application is not enabled")]
    ApplicationDisabled,
    #[error("the application's authentication integration is {}, not SDK/API", .0.words())]
    ApplicationNotSdk(ApplicationType),
    #[error("the body is not a JSON object")]
    BodyNotJson,
    #[error("the field `{0}` is missing, null or blank")]
    FieldMissing(&'static str),
    #[error("the field `{0}` is not of its type or format")]
    FieldFormat(&'static str),
    #[error("the field `{name}` cannot be used: {why}")]
    FieldUnusable { name: &'static str, why: &'static str },

    // Tokens.
    #[error("the state_token {}", .0.words())]
    StateToken(TokenProblem, StateTokenUse),
    #[error("the id_token {}", .0.words())]
    IdToken(TokenProblem),
    #[error("the session_token {}", .0.words())]
    SessionToken(TokenProblem),

    // Preparation.
    #[error("the tenant has no WeChat source")]
    NoSource,
    #[error("no WeChat source is enabled in the login configuration of the application")]
    SourceNotEnabled,
    #[error("the source's login scenario is {}, not Mini Program authorization login", .0.words())]
    SourceOfOtherScenario(Scenario),
    #[error("the source has no AppID or no AppSecret")]
    SourceIncomplete,

    // WeChat.
    #[error("WeChat refused the call with {errcode}")]
    WeChatRefused { errcode: i64 },
    #[error("WeChat did not answer")]
    WeChatUnreachable,
    #[error("WeChat's answer could not be understood")]
    WeChatUnreadable,

    // Users and links.
    #[error("no user has {0}")]
    UserNotFound(&'static str),
    #[error("no user is linked to this WeChat identity, and the source's policy is to refuse then")]
    NotBound,
    #[error("no user has this mobile number, and the tenant answers that as not bound")]
    MobileNotBound,
    #[error("this WeChat identity is already linked to another user")]
    IdentityTaken,
    #[error("the user is already linked to another WeChat identity")]
    UserAlreadyLinked,
    #[error("another user has this {0}")]
    Taken(&'static str),
    #[error("people may not register themselves with this tenant")]
    RegistrationClosed,
    #[error("this tenant does not verify people by {0}")]
    VerifyMeansOff(&'static str),
    #[error("the user has no social account of this id")]
    RecordUnknown,
    #[error("the user is disabled")]
    UserDisabled,

    // Passwords.
    #[error("there is no user of this name")]
    UserNameUnknown { left: Option<u32> },
    #[error("the password is wrong")]
    PasswordWrong { left: Option<u32> },
    #[error("the user is locked by too many failed logins")]
    UserLocked { seconds: u64 },
    #[error("the new password is not allowed: {why}")]
    PasswordNotAllowed { why: &'static str },

    // Captcha and codes.
    #[error("the slider picture was not solved: {0}")]
    CaptchaWrong(&'static str),
    #[error("no code was sent: {0}")]
    CodeNotSent(&'static str),
    #[error("the code is not good: {0}")]
    CodeWrong(&'static str),

    // The server API and OAuth2.
    #[error("the client credentials {}", .0.words())]
    Client(ClientProblem),
    #[error("the access_token {}", .0.words())]
    BearerToken(TokenProblem),
    #[error("the application has not got the permission `{}`", .0.code())]
    PermissionMissing(Permission),
    #[error("no user has this {0}")]
    TenantUserUnknown(&'static str),
    #[error("the sso_ticket {}", .0.words())]
    SsoTicket(TokenProblem),
    #[error("this grant_type is not served")]
    GrantTypeUnsupported,
    #[error("the password grant is not authorized for this application")]
    PasswordGrant,
    #[error("the authorization code {}", .0.words())]
    AuthorizationCode(TokenProblem),
    #[error("redirect_uri is not the one that the authorization code was made for")]
    RedirectDiffers,
    #[error("code_verifier does not fit the code_challenge")]
    VerifierWrong,
    #[error("the refresh_token {}", .0.words())]
    RefreshToken(TokenProblem),
    #[error("response_type is not `code`")]
    ResponseType,
    #[error("nobody agrees to the authorization")]
    NobodyAgrees,

    // Only when a fault plan asks for it.
    #[error("the service has trouble of its own")]
    Trouble(Trouble),
}

impl Refusal {
    /// The answer it gets, and the stable name of its rule.
    pub(crate) fn answer(&self) -> (ErrorCode, &'static str) {
        use TokenProblem as T;
        match self {
            Self::NoSuchPath => (ErrorCode::NoSuchPath, "path_unknown"),
            Self::WrongMethod(_) => (ErrorCode::WrongMethod, "method_wrong"),
            Self::DeviceHeaderMissing(_) => (ErrorCode::DeviceIncomplete, "device_header_missing"),
            Self::ClientIdMissing => (ErrorCode::ClientIdMissing, "client_id_missing"),
            Self::ClientUnknown => (ErrorCode::ClientUnknown, "client_id_unknown"),
            Self::ApplicationDisabled => (ErrorCode::ClientUnknown, "application_disabled"),
            Self::ApplicationNotSdk(_) => (ErrorCode::AuthConfiguration, "application_not_sdk_api"),
            Self::BodyNotJson => (ErrorCode::Format(Cow::Borrowed("body")), "body_not_json"),
            Self::FieldMissing(name) => (ErrorCode::Missing(Cow::Borrowed(name)), "field_missing"),
            Self::FieldFormat(name) => (ErrorCode::Format(Cow::Borrowed(name)), "field_format"),
            Self::FieldUnusable { name, .. } => (ErrorCode::Parameter(Cow::Borrowed(name)), "field_unusable"),

            Self::StateToken(problem, on) => (
                match on {
                    StateTokenUse::Social => ErrorCode::SocialStateToken,
                    StateTokenUse::Password => ErrorCode::PasswordStateToken,
                },
                match problem {
                    T::Missing => "state_token_missing",
                    T::Expired => "state_token_expired",
                    T::OtherClient => "state_token_of_other_client",
                    T::OtherDevice => "state_token_of_other_device",
                    T::Used => "state_token_used",
                    T::InUse => "state_token_in_use",
                    T::WrongFlow => "state_token_of_other_flow",
                    T::Revoked => "state_token_revoked",
                    T::Unknown | T::NotYetValid | T::Replaced | T::UserGone => "state_token_unknown",
                },
            ),
            Self::IdToken(problem) => (
                ErrorCode::IdToken,
                match problem {
                    T::Missing => "id_token_missing",
                    T::Expired => "id_token_expired",
                    T::NotYetValid => "id_token_not_yet_valid",
                    T::OtherClient => "id_token_of_other_client",
                    T::Revoked => "id_token_revoked",
                    T::UserGone => "id_token_user_gone",
                    _ => "id_token_unknown",
                },
            ),
            Self::SessionToken(problem) => (
                ErrorCode::SessionToken,
                match problem {
                    T::Missing => "session_token_missing",
                    T::Expired => "session_token_expired",
                    T::OtherClient => "session_token_of_other_client",
                    T::Replaced => "session_token_replaced",
                    T::Revoked => "session_token_revoked",
                    T::UserGone => "session_token_user_gone",
                    _ => "session_token_unknown",
                },
            ),

            Self::NoSource => (ErrorCode::AuthConfiguration, "source_missing"),
            Self::SourceNotEnabled => (ErrorCode::AuthConfiguration, "source_not_enabled"),
            Self::SourceOfOtherScenario(_) => (ErrorCode::AuthConfiguration, "source_of_other_scenario"),
            Self::SourceIncomplete => (ErrorCode::AuthConfiguration, "source_incomplete"),

            Self::WeChatRefused { .. } => (ErrorCode::WeChatFailed, "wechat_refused"),
            Self::WeChatUnreachable => (ErrorCode::WeChatFailed, "wechat_unreachable"),
            Self::WeChatUnreadable => (ErrorCode::WeChatFailed, "wechat_unreadable"),

            Self::UserNotFound(_) => (ErrorCode::UserNotFound, "user_not_found"),
            Self::NotBound => (ErrorCode::NotBound, "user_not_bound"),
            Self::MobileNotBound => (ErrorCode::NotBound, "mobile_not_bound"),
            Self::IdentityTaken => (
                ErrorCode::Refused {
                    zh: "该微信账号已绑定其他用户",
                    en: "This WeChat account is already bound to another user",
                },
                "identity_taken",
            ),
            Self::UserAlreadyLinked => (
                ErrorCode::Refused {
                    zh: "该用户已绑定其他微信账号",
                    en: "This user is already bound to another WeChat account",
                },
                "user_already_linked",
            ),
            Self::Taken(name) => (ErrorCode::Parameter(Cow::Borrowed(name)), "attribute_taken"),
            Self::RegistrationClosed => {
                (ErrorCode::Refused { zh: "不允许注册", en: "Registration is not allowed" }, "registration_closed")
            }
            Self::VerifyMeansOff(name) => (ErrorCode::Parameter(Cow::Borrowed(name)), "verify_means_off"),
            Self::RecordUnknown => (ErrorCode::Parameter(Cow::Borrowed("id")), "social_record_unknown"),
            Self::UserDisabled => (ErrorCode::AccessDenied, "user_disabled"),

            Self::UserNameUnknown { left } => (ErrorCode::WrongPassword { left: *left }, "user_name_unknown"),
            Self::PasswordWrong { left } => (ErrorCode::WrongPassword { left: *left }, "password_wrong"),
            Self::UserLocked { seconds } => (ErrorCode::Locked { seconds: *seconds }, "user_locked"),
            Self::PasswordNotAllowed { .. } => (ErrorCode::PasswordPolicy, "password_not_allowed"),

            Self::CaptchaWrong(_) => (ErrorCode::CaptchaWrong, "captcha_wrong"),
            Self::CodeNotSent(_) => (ErrorCode::CodeNotSent, "code_not_sent"),
            Self::CodeWrong(_) => (ErrorCode::CodeWrong, "code_wrong"),

            Self::Client(problem) => (ErrorCode::ClientCredentials, problem.rule()),
            Self::BearerToken(problem) => (
                ErrorCode::BearerToken,
                match problem {
                    T::Missing => "bearer_token_missing",
                    T::Expired => "bearer_token_expired",
                    T::Revoked => "bearer_token_revoked",
                    T::WrongFlow => "bearer_token_of_other_kind",
                    T::UserGone => "bearer_token_user_gone",
                    _ => "bearer_token_unknown",
                },
            ),
            Self::PermissionMissing(_) => (ErrorCode::PermissionMissing, "permission_missing"),
            Self::TenantUserUnknown(_) => (ErrorCode::TenantUserUnknown, "tenant_user_unknown"),
            Self::SsoTicket(problem) => (
                ErrorCode::Parameter(Cow::Borrowed("sso_ticket")),
                match problem {
                    T::Used => "sso_ticket_used",
                    T::Expired => "sso_ticket_expired",
                    T::Revoked => "sso_ticket_revoked",
                    _ => "sso_ticket_unknown",
                },
            ),
            Self::GrantTypeUnsupported => {
                (ErrorCode::OAuth2("unsupported_grant_type", "Unsupported grant type"), "grant_type_unsupported")
            }
            Self::PasswordGrant => (
                ErrorCode::OAuth2("unsupported_grant_type", "Unauthorized grant type: password"),
                "password_grant_unauthorized",
            ),
            Self::AuthorizationCode(problem) => (
                ErrorCode::OAuth2("invalid_grant", "Invalid authorization code"),
                match problem {
                    T::Expired => "authorization_code_expired",
                    T::Used => "authorization_code_used",
                    T::OtherClient => "authorization_code_of_other_client",
                    T::Revoked => "authorization_code_revoked",
                    _ => "authorization_code_unknown",
                },
            ),
            Self::RedirectDiffers => {
                (ErrorCode::OAuth2("invalid_grant", "Redirect URI mismatch"), "redirect_uri_differs")
            }
            Self::VerifierWrong => (ErrorCode::OAuth2("invalid_grant", "Invalid code verifier"), "code_verifier_wrong"),
            Self::RefreshToken(problem) => (
                ErrorCode::OAuth2("invalid_grant", "Invalid refresh token"),
                match problem {
                    T::Expired => "refresh_token_expired",
                    T::OtherClient => "refresh_token_of_other_client",
                    T::Revoked => "refresh_token_revoked",
                    _ => "refresh_token_unknown",
                },
            ),
            Self::ResponseType => (
                ErrorCode::OAuth2("unsupported_response_type", "Unsupported response type"),
                "response_type_unsupported",
            ),
            Self::NobodyAgrees => (ErrorCode::OAuth2("access_denied", "Access is denied"), "nobody_agrees"),

            Self::Trouble(trouble) => (ErrorCode::Trouble(*trouble), trouble.rule()),
        }
    }

    /// The refusal with more of its story.
    pub(crate) fn because(self, sentence: impl Into<String>) -> Refused {
        Refused::from(self).because(sentence)
    }
}

/// A refusal and the story behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) refusal: Refusal,
    /// What happened, a sentence a line; the refusal's own sentence comes before these.
    pub(crate) story: Vec<String>,
    /// Where a browser takes the refusal to, instead of showing it.
    pub(crate) to: Option<HeaderValue>,
}

impl Refused {
    /// Adds a sentence to the story.
    #[must_use]
    pub(crate) fn because(mut self, sentence: impl Into<String>) -> Self {
        self.story.push(sentence.into());
        self
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, story: Vec::new(), to: None }
    }
}
