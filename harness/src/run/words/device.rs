//! The phone's words: one control call each, which answers what the callback would get.

use ::http::Method;
use serde_json::Value;

use crate::language::{Answer, Word};
use crate::run::call::{Arguments, Call};
use crate::run::session::{Session, Trouble};

pub(super) async fn say(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    let path = word.endpoint.map_or("", |endpoint| endpoint.path);
    let mut call = Call::of(word, Method::POST, path, arguments)?;
    if word.name == "wx.getRealtimePhoneNumber" {
        // Both buttons share a call; only this word knows which of them was tapped.
        let mut body = wire_body(word, arguments);
        body.insert("realtime".to_owned(), Value::Bool(true));
        call = Call::json(Method::POST, path, &Value::Object(body));
    }
    session.ask(call).await
}

fn wire_body(word: &Word, arguments: &Arguments) -> Arguments {
    arguments
        .iter()
        .filter(|(_, value)| !value.is_null())
        .filter_map(|(name, value)| Some((word.argument(name)?.wire.to_owned(), value.clone())))
        .collect()
}
