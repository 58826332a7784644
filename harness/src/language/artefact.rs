//! What a value is that one step gets and another one sends: a login code is no phone code, though both are texts.

/// A kind of value that is good for something in one place and for nothing in others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artefact {
    /// What `wx.login` gives.
    LoginCode,
    /// What the phone buttons give.
    PhoneCode,
    /// The key of a WeChat session.
    SessionKey,
    /// Who somebody is to one mini program.
    Openid,
    /// Who somebody is to all apps of one owner.
    Unionid,
    /// A back end's token for WeChat.
    WeChatToken,
    /// What a login that is not finished goes on with.
    StateToken,
    /// What says who has logged in.
    IdToken,
    /// What an id_token is renewed with.
    SessionToken,
    /// A back end's token for IDaaS.
    TenantToken,
    /// What OAuth2 gives for a user's data.
    UserToken,
    /// What renews it.
    RefreshToken,
    /// What a browser brings back.
    AuthorizationCode,
    /// What a session_token is exchanged for.
    SsoTicket,
    /// Which slider picture is meant.
    PictureToken,
    /// The proof of a solved slider picture.
    CaptchaToken,
}

impl Artefact {
    /// What people call it, with its article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoginCode => "a login code",
            Self::PhoneCode => "a phone code",
            Self::SessionKey => "a session_key",
            Self::Openid => "an openid",
            Self::Unionid => "a unionid",
            Self::WeChatToken => "an access_token of WeChat",
            Self::StateToken => "a state_token",
            Self::IdToken => "an id_token",
            Self::SessionToken => "a session_token",
            Self::TenantToken => "an access_token of IDaaS's server API",
            Self::UserToken => "an access_token of OAuth2",
            Self::RefreshToken => "a refresh_token",
            Self::AuthorizationCode => "an authorization code",
            Self::SsoTicket => "an sso_ticket",
            Self::PictureToken => "a slider picture's token",
            Self::CaptchaToken => "a captcha_token",
        }
    }

    /// Where one comes from.
    pub const fn source(self) -> &'static str {
        match self {
            Self::LoginCode => "`wx.login` gives one as `code`",
            Self::PhoneCode => "`wx.getPhoneNumber` gives one as `code`",
            Self::SessionKey => "`wechat.jscode2session` gives one as `session_key`",
            Self::Openid => "`wechat.jscode2session` gives one as `openid`",
            Self::Unionid => "`wechat.jscode2session` gives one as `unionid`",
            Self::WeChatToken => "`wechat.stable_token` gives one as `access_token`",
            Self::StateToken => "`idaas.login` gives one as `state_token` where something is left to do",
            Self::IdToken => "`idaas.login` gives one as `id_token`",
            Self::SessionToken => "`idaas.login` gives one as `session_token`",
            Self::TenantToken => "`idaas.tenant_token` gives one as `access_token`",
            Self::UserToken => "`idaas.oauth2_token` gives one as `access_token`",
            Self::RefreshToken => "`idaas.oauth2_token` gives one as `refresh_token`",
            Self::AuthorizationCode => "`idaas.authorize` gives one as `code`",
            Self::SsoTicket => "`idaas.sso_ticket` gives one as `sso_ticket`",
            Self::PictureToken => "`idaas.captcha` gives one as `token`",
            Self::CaptchaToken => "`idaas.captcha_verify` gives one as `captcha_token`",
        }
    }
}
