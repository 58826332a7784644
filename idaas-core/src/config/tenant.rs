//! The tenant as a whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Application, Captcha, Claims, Codes, Lock, Mfa, Named, OAuth2, PasswordPolicy, Registration, Rules, Source, Tokens,
    UserEntry, WeChatCalls,
};

/// The two editions of the product. They serve the same endpoints and differ in error codes and in the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// For customers: error codes begin with `IDAAS.SDK.`.
    #[default]
    Ciam,
    /// For employees: error codes begin with `SDK.`; it has a second factor.
    Eiam,
}

/// One tenant of the identity service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The tenant's domain.
    pub domain: String,
    /// The edition, which decides between the two dialects of error codes.
    pub edition: Edition,
    /// The issuer of tokens. Absent: the address that the caller used, with `/api/v1/oauth2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// No leniency: an unknown client id is refused even while no application is declared, and an application that
    /// does not list its sources has none. Not a key of its own in a world file: it follows the world's `strict`.
    #[serde(skip)]
    #[schemars(skip)]
    pub strict: bool,
    /// Whether the interval between messages and the number of tries of a code are enforced. The lock after wrong
    /// passwords has a switch of its own: `lock: { failures: 0 }`.
    #[serde(skip, default = "enforced")]
    #[schemars(skip)]
    pub limits: bool,
    /// WeChat authentication sources, by display name.
    pub sources: Named<Source>,
    /// How patient the tenant is with WeChat.
    pub wechat_calls: WeChatCalls,
    /// Applications, by name. None at all: any client id is welcome, unless `strict`.
    pub applications: Named<Application>,
    /// The tenant's users, by a key of your own.
    pub users: Named<UserEntry>,
    /// How long tokens live.
    pub tokens: Tokens,
    /// What an id_token says.
    pub claims: Claims,
    /// What a password must be like, and how long it is good.
    pub password: PasswordPolicy,
    /// When failed logins lock a user out.
    pub lock: Lock,
    /// SMS and e-mail codes.
    pub codes: Codes,
    /// The slider picture.
    pub captcha: Captcha,
    /// The second factor after a password (employee edition).
    pub mfa: Mfa,
    /// The browser flow of OAuth2.
    pub oauth2: OAuth2,
    /// Who may register, and by what.
    pub registration: Registration,
    /// Behaviour that the vendor's pages leave open.
    pub rules: Rules,
}

const fn enforced() -> bool {
    true
}

impl Default for Config {
    fn default() -> Self {
        Self {
            domain: "idaas.example".to_owned(),
            edition: Edition::default(),
            issuer: None,
            strict: false,
            limits: true,
            sources: Named::default(),
            wechat_calls: WeChatCalls::default(),
            applications: Named::default(),
            users: Named::default(),
            tokens: Tokens::default(),
            claims: Claims::default(),
            password: PasswordPolicy::default(),
            lock: Lock::default(),
            codes: Codes::default(),
            captcha: Captcha::default(),
            mfa: Mfa::default(),
            oauth2: OAuth2::default(),
            registration: Registration::default(),
            rules: Rules::default(),
        }
    }
}
