//! What each word of the language does: arguments become calls, answers become what `expect` and `save` speak of.

mod back_end;
mod claims;
mod control;
mod decrypt;
mod device;
mod http;
mod idaas;
mod signed;
mod wechat;

pub(crate) use self::back_end::completed as completed_by_back_end;
pub(crate) use self::wechat::signature as signature_with;
use super::call::Arguments;
use super::session::{Session, Trouble};
use crate::language::{Answer, Group, Word};

/// Says a word to a world.
///
/// # Errors
/// When there is no answer at all: a refusal is an answer.
pub(crate) async fn say(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    match word.group {
        Group::Device => device::say(session, word, arguments).await,
        Group::WeChat => wechat::say(session, word, arguments).await,
        Group::Idaas => idaas::say(session, word, arguments).await,
        Group::Control => control::say(session, word, arguments).await,
        Group::Local => Ok(decrypt::say(arguments)),
        Group::Http => http::say(session, arguments).await,
    }
}
