//! The world's own words: clock, artefacts, outbox, journal.

use ::http::Method;
use serde_json::{Value, json};
use sim::{Life, Moment};

use crate::language::{Answer, Failure, NO_FAULT, Word};
use crate::run::call::{Arguments, Call, Unsendable, encoded, text};
use crate::run::session::{Session, Trouble};

const CLOCK: &str = "/__admin/v1/clock";
const FAULTS: &str = "/__admin/v1/faults";

pub(super) async fn say(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    let given = |name: &str| arguments.get(name).filter(|value| !value.is_null());
    let put_clock = |change: Value| Call::json(Method::PUT, CLOCK, &change);
    let alter = |how: Value| Call::json(Method::POST, "/__admin/v1/artefacts/age", &altered(arguments, how));
    let call = match word.name {
        "clock.advance" => put_clock(json!({ "advance": given("by") })),
        "clock.set" => put_clock(json!({ "set": given("to") })),
        "clock.freeze" => put_clock(json!({ "freeze": true })),
        "clock.resume" => put_clock(json!({ "resume": true })),
        "clock.to" => return to_instant(session, word, arguments).await,
        "artefact.age" => alter(json!({ "by": given("by") })),
        "artefact.expire" => alter(json!({ "expire": true })),
        "artefact.revoke" => alter(json!({ "revoke": true })),
        "outbox.read" => return newest_message(session, given("to")).await,
        "captcha.answer" => {
            Call::get(format!("/__admin/v1/captcha/{}", encoded(&given("token").map(text).unwrap_or_default())))
        }
        "fault.inject" if given("preset").and_then(Value::as_str) == Some(NO_FAULT) => {
            return Ok(no_fault(given("name")));
        }
        "fault.inject" => Call::json(Method::POST, FAULTS, &Value::Object(written(arguments))),
        "fault.clear" => match given("name") {
            Some(name) => Call::new(Method::DELETE, format!("{FAULTS}/{}", encoded(&text(name)))),
            None => Call::new(Method::DELETE, FAULTS),
        },
        "fault.list" => Call::get(FAULTS),
        "world.change" => {
            session.forget_cast();
            Call::json(Method::PATCH, "/__admin/v1/world", &Value::Object(arguments.clone()))
        }
        "world.export" => Call::get("/__admin/v1/world"),
        "journal.read" => journal(arguments),
        _ => Call::get(format!("/__admin/v1/explain/{}", encoded(&given("rid").map(text).unwrap_or_default()))),
    };
    session.ask(call).await
}

/// The answer to a fault that is none.
fn no_fault(name: Option<&Value>) -> Answer {
    let name = name.cloned().unwrap_or_else(|| NO_FAULT.into());
    let fields = json!({ "name": name, "matched": 0, "applied": 0, "spent": true, "plan": NO_FAULT });
    Answer { fields, ..Answer::default() }
}

/// The arguments that were given.
fn written(arguments: &Arguments) -> Arguments {
    arguments.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Which artefacts are meant, and what is to happen to them.
fn altered(arguments: &Arguments, how: Value) -> Value {
    let mut body = Arguments::new();
    for name in ["artefact", "kind"] {
        if let Some(value) = arguments.get(name).filter(|value| !value.is_null()) {
            body.insert(name.to_owned(), value.clone());
        }
    }
    if let Value::Object(how) = how {
        body.extend(how);
    }
    Value::Object(body)
}

/// Sets the clock to an instant, or a little before or after it.
async fn to_instant(session: &mut Session<'_>, word: &Word, arguments: &Arguments) -> Result<Answer, Trouble> {
    let (plus, minus) = (duration(arguments, "plus")?, duration(arguments, "minus")?);
    let instant = match arguments.get("time").filter(|time| !time.is_null()) {
        Some(time) => time_of(time)?,
        None => match expiry_of(session, word, arguments).await? {
            Ok(expiry) => expiry,
            Err(failure) => return Ok(Answer { failure: Some(failure), ..Answer::default() }),
        },
    };
    session.ask(Call::json(Method::PUT, CLOCK, &json!({ "set": instant + plus - minus }))).await
}

/// The last good moment of an artefact, or why there is none.
async fn expiry_of(
    session: &mut Session<'_>,
    word: &Word,
    arguments: &Arguments,
) -> Result<Result<Moment, Failure>, Trouble> {
    let wanted = arguments.get("expiry_of").map(text).unwrap_or_default();
    let mut call = Call::get("/__admin/v1/artefacts");
    call.add_query("limit", "1000000");
    let list = session.control(word.name, call).await?;
    let artefacts = list.get("artefacts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter();
    let text_of = |artefact: &Value, name: &str| artefact.get(name).and_then(Value::as_str).map(str::to_owned);
    let newest = artefacts.rev().find(|artefact| text_of(artefact, "value").as_ref() == Some(&wanted));
    let expiry = newest.map(|artefact| text_of(artefact, "expires_at").map(|text| Moment::parse_rfc3339(&text)));
    let refused = |name: &str, message: &str| Err(Failure::new([name.to_owned()], None, message));
    Ok(match expiry {
        None => refused("unknown_artefact", "the world handed out no such artefact"),
        Some(Some(Ok(expiry))) => Ok(expiry),
        Some(_) => refused("never_expires", "this artefact does not expire"),
    })
}

/// A time as answers have it: RFC 3339, or seconds since 1970.
fn time_of(value: &Value) -> Result<Moment, Unsendable> {
    let time = match value {
        Value::Number(seconds) => seconds.as_i64().map(Moment::from_unix_seconds),
        other => Moment::parse_rfc3339(&text(other)).ok(),
    };
    time.ok_or(Unsendable::Argument {
        name: "time",
        wanted: "a time such as 2026-03-01T09:00:00Z, or seconds since 1970",
    })
}

fn duration(arguments: &Arguments, name: &'static str) -> Result<std::time::Duration, Unsendable> {
    match arguments.get(name).filter(|value| !value.is_null()) {
        None => Ok(std::time::Duration::ZERO),
        Some(value) => {
            let life: Result<Life, _> = text(value).parse();
            life.map(Life::get).map_err(|_| Unsendable::Argument { name, wanted: "a duration such as 1s" })
        }
    }
}

/// The newest message, as the fields of the answer.
async fn newest_message(session: &mut Session<'_>, to: Option<&Value>) -> Result<Answer, Trouble> {
    let mut call = Call::get("/__admin/v1/outbox");
    if let Some(to) = to {
        call.add_query("to", text(to));
    }
    let mut answer = session.ask(call).await?;
    if answer.failure.is_none() {
        match answer.fields.pointer_mut("/messages/0").map(Value::take) {
            Some(message) => answer.fields = message,
            None => {
                let message =
                    to.map_or_else(|| "nothing was sent".to_owned(), |to| format!("nothing was sent to {}", text(to)));
                answer.fields = Value::Null;
                answer.failure = Some(Failure::new(["no_message".to_owned()], None, message));
            }
        }
    }
    Ok(answer)
}

fn journal(arguments: &Arguments) -> Call {
    let mut call = Call::get("/__admin/v1/journal");
    for (name, parameter) in [("path", "path"), ("caller", "from"), ("rid", "rid")] {
        if let Some(value) = arguments.get(name).filter(|value| !value.is_null()) {
            call.add_query(parameter, text(value));
        }
    }
    call.add_query("limit", "10000");
    // A scenario compares real values; what it shows of them is masked by the reports.
    call.add_query("reveal", "true");
    call
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alteration_names_what_it_is_for() {
        let arguments = json!({"artefact": "x", "kind": null, "by": "1s"}).as_object().unwrap().clone();
        assert_eq!(altered(&arguments, json!({"by": "1s"})), json!({"artefact": "x", "by": "1s"}));
    }

    #[test]
    fn a_time_is_written_out_or_in_seconds_as_in_a_claim() {
        let noon = Moment::parse_rfc3339("2026-03-01T12:00:00Z").unwrap();
        assert_eq!(time_of(&json!("2026-03-01T12:00:00Z")), Ok(noon));
        assert_eq!(time_of(&json!(1_772_366_400)), Ok(noon));
        assert!(time_of(&json!("noon")).is_err() && time_of(&json!(1.5)).is_err());
    }

    #[test]
    fn a_duration_that_is_none_is_told() {
        let arguments = json!({"plus": "soon"}).as_object().unwrap().clone();
        assert!(duration(&arguments, "plus").is_err());
        assert_eq!(duration(&arguments, "minus"), Ok(std::time::Duration::ZERO));
    }
}
