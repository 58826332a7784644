//! What a tenant is configured with, as it stands in a world file.

mod application;
mod check;
mod login;
mod named;
mod oauth2;
mod password;
mod policy_check;
mod rules;
mod source;
mod tenant;
mod tokens;
mod user;
mod verification;
mod wechat_calls;

pub use application::{Application, ApplicationType, Permission};
pub use check::ConfigProblem;
pub use login::{Mfa, Registration, VerifyBy};
pub use named::Named;
pub use oauth2::OAuth2;
pub use password::{CharacterClass, Lock, PasswordPolicy};
pub use rules::{MobileNotFound, MobileToBindNotFound, PendingData, RefreshExpire, Rules, SdkPrefix};
pub use source::{MatchAttribute, Policy, Scenario, Source, TokenCall};
pub use tenant::{Config, Edition};
pub use tokens::{Claims, Tokens};
pub use user::{LinkEntry, LinkedIdentity, UserEntry};
pub use verification::{Captcha, Codes};
pub use wechat_calls::WeChatCalls;
