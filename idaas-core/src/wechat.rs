//! WeChat as the tenant knows it: two questions.

use std::fmt;
use std::pin::Pin;

use sim::{AppSecret, OpenId, UnionId};

use crate::config::{TokenCall, WeChatCalls};
use crate::events::Events;
use crate::http_wechat::Unreachable;

/// A future on the heap: what lets a trait have asynchronous functions and be used as `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The mini program in whose name WeChat is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct App {
    /// Its AppID.
    pub appid: String,
    /// Its AppSecret.
    pub secret: AppSecret,
    /// How its access_token is fetched.
    pub token_call: TokenCall,
}

/// In whose name WeChat is asked, how patiently, and where to write what happened on the way.
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// The mini program.
    pub app: &'a App,
    /// How patient the tenant is.
    pub calls: &'a WeChatCalls,
    /// What happened on the way.
    pub events: &'a Events,
}

/// Who a login code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeChatIdentity {
    /// The person in this mini program.
    pub openid: OpenId,
    /// The person across an open platform account, if the app belongs to one.
    pub unionid: Option<UnionId>,
}

/// The number that a phone code stands for.
#[derive(Clone, PartialEq, Eq)]
pub struct WeChatPhone {
    /// `86`.
    pub country_code: String,
    /// The number without the country code (`purePhoneNumber`).
    pub number: String,
}

impl fmt::Debug for WeChatPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹WeChatPhone›")
    }
}

/// Why a question to WeChat has no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeChatFailure {
    /// WeChat said no.
    #[error("WeChat refused {call} with {errcode} {errmsg}")]
    Refused {
        /// The path that was called.
        call: &'static str,
        /// WeChat's number.
        errcode: i64,
        /// WeChat's text, rid included.
        errmsg: String,
    },
    /// WeChat could not be reached.
    #[error("{call} did not reach WeChat: {why}")]
    Unreachable {
        /// The path that was called.
        call: &'static str,
        /// What stood in the way.
        why: Unreachable,
    },
    /// WeChat's answer makes no sense.
    #[error("the answer of {call} makes no sense: {why}")]
    Unreadable {
        /// The path that was called.
        call: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// WeChat as the tenant knows it. The real one is [`HttpWeChat`](crate::HttpWeChat).
pub trait WeChat: Send + Sync + fmt::Debug {
    /// Exchanges a login code for who it stands for.
    fn code_to_session<'a>(
        &'a self,
        errand: Errand<'a>,
        code: &'a str,
    ) -> BoxFuture<'a, Result<WeChatIdentity, WeChatFailure>>;

    /// Exchanges a phone code, of either button, for the number.
    fn phone_number<'a>(
        &'a self,
        errand: Errand<'a>,
        code: &'a str,
    ) -> BoxFuture<'a, Result<WeChatPhone, WeChatFailure>>;
}
