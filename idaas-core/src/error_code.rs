//! What an error answer says: status, code and text, in both editions and both languages.
//!
//! A code's tail (`COMMON.1007`) is what clients can compare: the prefix differs between editions and, in the vendor's
//! own pages, within one edition.

use std::borrow::Cow;

use http::StatusCode;

use crate::config::Edition;
use crate::language::Language;
use crate::refusal::Trouble;

/// The error answers of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    /// A device header is missing or blank.
    DeviceIncomplete,
    /// `X-client-id` is missing or blank.
    ClientIdMissing,
    /// No application has this client id.
    ClientUnknown,
    /// A field is missing, null or blank.
    Missing(Cow<'static, str>),
    /// A field is not of its type or format.
    Format(Cow<'static, str>),
    /// A field has a value that cannot be used.
    Parameter(Cow<'static, str>),
    /// As [`Parameter`](Self::Parameter), with a text of the emulator's own: the vendor's pages do not cover the case.
    Refused { zh: &'static str, en: &'static str },
    /// The state_token of a social call cannot be used.
    SocialStateToken,
    /// The state_token of a password or second factor call cannot be used.
    PasswordStateToken,
    /// The Bearer id_token cannot be used.
    IdToken,
    /// The session_token cannot be used.
    SessionToken,
    /// The application or its authentication source is not set up for the call.
    AuthConfiguration,
    /// There is no such user.
    UserNotFound,
    /// A call to WeChat failed.
    WeChatFailed,
    /// No user is bound.
    NotBound,
    /// The user is locked for so many seconds.
    Locked { seconds: u64 },
    /// The name or the password is wrong; tries left, where failures lock anybody.
    WrongPassword { left: Option<u32> },
    /// The new password is not like the policy wants it.
    PasswordPolicy,
    /// The slider was put in the wrong place.
    CaptchaWrong,
    /// The SMS or e-mail was not sent.
    CodeNotSent,
    /// The SMS or e-mail code is wrong.
    CodeWrong,
    /// A login of a disabled user: not an error object but a status of the flow (not documented for this case).
    AccessDenied,
    /// The credentials of a back end cannot be used.
    ClientCredentials,
    /// The access_token of a back end or of an OAuth2 client cannot be used.
    BearerToken,
    /// The application may not do this.
    PermissionMissing,
    /// The server API knows no such user.
    TenantUserUnknown,
    /// An error of RFC 6749: its name, and what it says.
    OAuth2(&'static str, &'static str),
    /// Trouble of the service's own.
    Trouble(Trouble),
    /// There is nothing at this path (emulator-made).
    NoSuchPath,
    /// The path takes another method (emulator-made).
    WrongMethod,
}

/// One error answer, before it becomes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorText {
    pub(crate) status: StatusCode,
    /// The code without its prefix: `COMMON.1007`.
    pub(crate) tail: &'static str,
    pub(crate) text: Cow<'static, str>,
}

impl ErrorCode {
    /// Status, tail and text in an edition and a language.
    ///
    /// English texts are the vendor's where an example or table has one; Chinese ones where an example shows them,
    /// else translated.
    pub(crate) fn text(&self, edition: Edition, language: Language) -> ErrorText {
        use Edition::{Ciam, Eiam};
        use ErrorCode as E;
        let say = |zh: &'static str, en: &'static str| -> Cow<'static, str> {
            match language {
                Language::Chinese => zh.into(),
                Language::English => en.into(),
            }
        };
        let form = |zh: &dyn Fn() -> String, en: &dyn Fn() -> String| -> Cow<'static, str> {
            match language {
                Language::Chinese => zh().into(),
                Language::English => en().into(),
            }
        };
        let (tail, text) = match (self, edition) {
            (E::DeviceIncomplete, Ciam) => ("PARAM.0001", say("设备信息不完整", "Device information is incomplete")),
            (E::DeviceIncomplete, Eiam) => ("COMMON.1003", say("设备信息不完整", "Device information is incomplete")),
            (E::ClientIdMissing, Ciam) => ("PARAM.0002", say("clientId不能为空", "clientId cannot be empty")),
            (E::ClientIdMissing, Eiam) => {
                ("COMMON.1001", say("参数X-client-id不能为空", "Parameter X-client-id cannot be left blank."))
            }
            (E::ClientUnknown, Ciam) => (
                "PARAM.0003",
                say("应用未注册,请先注册应用", "The app is not registered, please register the app first"),
            ),
            (E::ClientUnknown, Eiam) => (
                "COMMON.1012",
                say(
                    "x-client-id错误,未找到对应的应用",
                    "The x-client-ID is incorrect and the corresponding application cannot be found",
                ),
            ),
            (E::Missing(name), _) => (
                "COMMON.1001",
                form(&|| format!("参数{name}不能为空"), &|| format!("Parameter {name} cannot be left blank")),
            ),
            (E::Format(name), _) => (
                "COMMON.1002",
                form(&|| format!("{name}参数格式不正确"), &|| {
                    format!("The {name} parameter format is incorrect")
                }),
            ),
            (E::Parameter(name), _) => {
                ("COMMON.1006", form(&|| format!("{name}参数错误"), &|| format!("The {name} parameter error")))
            }
            (E::Refused { zh, en }, _) => ("COMMON.1006", say(zh, en)),
            // The table gives this wording to 1006 and another to 1007; every bind page of both editions shows this pair.
            (E::SocialStateToken, _) | (E::PasswordStateToken, Eiam) => {
                ("COMMON.1007", Cow::Borrowed("state_token parameter error"))
            }
            (E::PasswordStateToken, Ciam) => ("PARAM.0014", say("无效的state token", "Invalid state token")),
            (E::IdToken, Ciam) => ("PARAM.0016", say("IdToken无效或已过期", "IdToken is invalid or expired")),
            (E::IdToken, Eiam) => ("COMMON.1006", say("id_token参数错误", "The id_token parameter error")),
            (E::SessionToken, Ciam) => {
                ("PARAM.0023", say("无效或过期的session token", "Invalid or expired session token"))
            }
            (E::SessionToken, Eiam) => ("COMMON.1005", say("session_token已过期", "The session_token has failed")),
            (E::AuthConfiguration, _) => ("COMMON.1009", say("未知的认证配置", "Unknown authentication configuration")),
            (E::UserNotFound, _) => ("COMMON.1013", say("未找到对应的用户", "The corresponding user is not found")),
            (E::WeChatFailed, _) => {
                ("LOGIN.1001", say("调用 wechat miniprogram 接口出错", "Error calling interface wechat miniprogram"))
            }
            (E::NotBound, _) => ("LOGIN.1002", say("用户未绑定", "User not bound")),
            (E::Locked { seconds }, _) => {
                let (minutes, seconds) = (seconds / 60, seconds % 60);
                (
                    "LOGIN.1003",
                    form(
                        &|| format!("登录失败次数过多,用户已被锁定,将在{minutes}分{seconds}秒后解锁"),
                        &|| {
                            format!(
                                "The user has been locked due to too many unsuccessful login attempts. \
                             It will be unlocked in {minutes} minutes and {seconds} seconds"
                            )
                        },
                    ),
                )
            }
            (E::WrongPassword { left: Some(left) }, _) => (
                "LOGIN.1005",
                form(&|| format!("无效的用户名或密码。 剩余登录尝试次数:{left}"), &|| {
                    format!("Invalid username or password. Remaining login attempts: {left}")
                }),
            ),
            (E::WrongPassword { left: None }, _) => {
                ("LOGIN.1005", say("无效的用户名或密码。", "Invalid username or password."))
            }
            // The number is the table's one for the password policy; its text there speaks of failing to obtain it.
            (E::PasswordPolicy, _) => {
                ("LOGIN.1004", say("密码不符合密码策略", "The password does not meet the password policy"))
            }
            (E::CaptchaWrong, _) => {
                ("CAPTCHA.0002", say("图形验证码校验失败", "Graphic verification code verification failed"))
            }
            (E::CodeNotSent, _) => ("CAPTCHA.0006", say("验证码发送失败", "Failed to send verification code")),
            (E::CodeWrong, _) => ("CAPTCHA.0007", say("验证码错误", "Incorrect verification code")),
            (E::AccessDenied, _) => ("ACCESS_DENIED", Cow::Borrowed("")),
            // How the server API words these is not documented; the numbers are the emulator's own.
            (E::ClientCredentials, _) => ("MOCKWX.0401", say("客户端凭证无效", "Invalid client credentials")),
            (E::BearerToken, _) => {
                ("MOCKWX.0402", say("access_token无效或已过期", "The access_token is invalid or expired"))
            }
            (E::PermissionMissing, _) => ("MOCKWX.0403", say("没有权限", "Permission denied")),
            // The code was observed, the text was not.
            (E::TenantUserUnknown, _) => ("USER.0001", say("用户不存在", "The user does not exist")),
            (E::OAuth2(error, description), _) => (*error, Cow::Borrowed(*description)),
            (E::Trouble(trouble), _) => {
                let (tail, zh, en) = trouble_text(*trouble);
                (tail, say(zh, en))
            }
            (E::NoSuchPath, _) => ("MOCKWX.0404", say("路径不存在", "There is nothing at this path")),
            (E::WrongMethod, _) => ("MOCKWX.0405", say("请求方法错误", "This path takes another method")),
        };
        let status = match self {
            E::AccessDenied => StatusCode::OK,
            E::ClientCredentials | E::BearerToken => StatusCode::UNAUTHORIZED,
            E::PermissionMissing => StatusCode::FORBIDDEN,
            E::Trouble(Trouble::SystemBusy) => StatusCode::INTERNAL_SERVER_ERROR,
            E::NoSuchPath => StatusCode::NOT_FOUND,
            E::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            _ => StatusCode::BAD_REQUEST,
        };
        ErrorText { status, tail, text }
    }
}

impl ErrorCode {
    /// What RFC 6749 or RFC 6750 calls it, for the OAuth2 endpoints.
    pub(crate) fn oauth2_error(&self) -> &'static str {
        match self {
            Self::OAuth2(error, _) => error,
            Self::ClientCredentials => "invalid_client",
            Self::BearerToken => "invalid_token",
            Self::PermissionMissing => "insufficient_scope",
            Self::WrongPassword { .. } | Self::Locked { .. } | Self::AccessDenied | Self::UserNotFound => {
                "invalid_grant"
            }
            Self::Trouble(Trouble::SystemBusy) => "server_error",
            _ => "invalid_request",
        }
    }
}

/// Tail and texts, Chinese and English, as the table of the employee edition has them; the Chinese ones are translated.
const fn trouble_text(trouble: Trouble) -> (&'static str, &'static str, &'static str) {
    match trouble {
        Trouble::SystemBusy => ("COMMON.1008", "系统繁忙,请稍后再试", "The system is busy. Try again later"),
        Trouble::SignatureUnreadable => ("COMMON.1004", "签名解密错误", "Signature decryption error"),
        Trouble::EnterpriseSettings => {
            ("COMMON.1010", "获取企业中心全局配置失败", "Failed to obtain the enterprise center global configuration")
        }
        Trouble::AreaCodes => {
            ("COMMON.1011", "获取国际区号配置失败", "Failed to obtain the international area code configuration")
        }
        Trouble::PrivateKey => ("COMMON.1014", "未找到应用私钥", "Application private key not found"),
        Trouble::PasswordPolicy => ("LOGIN.1004", "获取密码策略失败", "Failed to obtain the password policy"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editions_have_their_own_codes_for_one_event() {
        let tails = |code: ErrorCode| {
            (code.text(Edition::Ciam, Language::English).tail, code.text(Edition::Eiam, Language::English).tail)
        };
        assert_eq!(tails(ErrorCode::DeviceIncomplete), ("PARAM.0001", "COMMON.1003"));
        assert_eq!(tails(ErrorCode::ClientIdMissing), ("PARAM.0002", "COMMON.1001"));
        assert_eq!(tails(ErrorCode::ClientUnknown), ("PARAM.0003", "COMMON.1012"));
        assert_eq!(tails(ErrorCode::SocialStateToken), ("COMMON.1007", "COMMON.1007"));
        assert_eq!(tails(ErrorCode::PasswordStateToken), ("PARAM.0014", "COMMON.1007"));
        assert_eq!(tails(ErrorCode::IdToken), ("PARAM.0016", "COMMON.1006"));
        assert_eq!(tails(ErrorCode::SessionToken), ("PARAM.0023", "COMMON.1005"));
        assert_eq!(tails(ErrorCode::AuthConfiguration), ("COMMON.1009", "COMMON.1009"));
        assert_eq!(tails(ErrorCode::WeChatFailed), ("LOGIN.1001", "LOGIN.1001"));
    }

    #[test]
    fn a_refused_login_is_a_400_and_never_a_401_or_403() {
        let status = |code: ErrorCode| code.text(Edition::Ciam, Language::Chinese).status.as_u16();
        assert_eq!(status(ErrorCode::WrongPassword { left: Some(3) }), 400);
        assert_eq!(status(ErrorCode::Locked { seconds: 61 }), 400);
        assert_eq!(status(ErrorCode::IdToken), 400);
    }

    #[test]
    fn the_state_token_text_is_that_of_the_bind_pages_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            assert_eq!(ErrorCode::SocialStateToken.text(Edition::Ciam, language).text, "state_token parameter error");
        }
    }

    #[test]
    fn a_lock_is_told_in_minutes_and_seconds() {
        let text = ErrorCode::Locked { seconds: 1799 }.text(Edition::Ciam, Language::English).text;
        assert!(text.ends_with("unlocked in 29 minutes and 59 seconds"), "{text}");
    }

    #[test]
    fn wrong_passwords_are_counted_down_in_the_text() {
        let text = |language| ErrorCode::WrongPassword { left: Some(8) }.text(Edition::Eiam, language).text;
        assert_eq!(text(Language::Chinese), "无效的用户名或密码。 剩余登录尝试次数:8");
        assert_eq!(text(Language::English), "Invalid username or password. Remaining login attempts: 8");
    }
}
