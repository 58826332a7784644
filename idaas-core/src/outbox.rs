//! The SMS and e-mails that were "sent".

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{Life, Moment};

use crate::address::{Address, Channel};
use crate::language::Language;
use crate::verify_code::Purpose;

/// An SMS or e-mail that was "sent".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// When it was sent.
    pub at: Moment,
    /// By what it was sent.
    pub channel: Channel,
    /// To which address: `+86-13800138000`, `li@acme.example`.
    pub to: String,
    /// What its code is for: `LOGIN_SMS`, `BIND_EMAIL_EMS` …
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in it.
    pub verify_code: String,
    /// What the person reads.
    pub text: String,
}

impl Message {
    /// A message that carries a code.
    pub(crate) fn of(
        to: &Address,
        purpose: Purpose,
        verify_code: &str,
        life: Life,
        sender: &str,
        language: Language,
        at: Moment,
    ) -> Self {
        let words = purpose.words(language);
        let text = match language {
            Language::Chinese => {
                format!("【{sender}】验证码{verify_code},用于{words},{}内有效,请勿告知他人。", spoken(life, language))
            }
            Language::English => format!(
                "[{sender}] {verify_code} is your code to {words}. It is valid for {}. Do not share it.",
                spoken(life, language)
            ),
        };
        Self {
            at,
            channel: to.channel(),
            to: to.expose().to_owned(),
            kind: purpose.name(to.channel()).to_owned(),
            verify_code: verify_code.to_owned(),
            text,
        }
    }

    /// Whether it was sent to this address, in any of the address's spellings: `13800138000`, `+86 13800138000`.
    pub fn is_to(&self, address: &str) -> bool {
        Address::read(address).is_some_and(|address| address.expose() == self.to)
    }
}

fn spoken(life: Life, language: Language) -> String {
    let seconds = life.as_secs();
    let (count, zh, en) = match seconds % 60 {
        0 => (seconds / 60, "分钟", "minute"),
        _ => (seconds, "秒", "second"),
    };
    match language {
        Language::Chinese => format!("{count}{zh}"),
        Language::English => format!("{count} {en}{}", if count == 1 { "" } else { "s" }),
    }
}

/// Messages that are kept; the oldest go first.
const LIMIT: usize = 1000;

/// The messages of a tenant.
#[derive(Debug, Default)]
pub(crate) struct Outbox(Mutex<VecDeque<Message>>);

impl Outbox {
    /// Puts a message in.
    pub(crate) fn put(&self, message: Message) {
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push_front(message);
        messages.truncate(LIMIT);
    }

    /// All messages, newest first.
    pub(crate) fn messages(&self) -> Vec<Message> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: &str, language: Language) -> Message {
        let to = Address::read(to).unwrap();
        Message::of(&to, Purpose::Login, "042137", Life::seconds(300), "acme.example", language, Moment::default())
    }

    #[test]
    fn a_message_tells_its_code_purpose_and_life() {
        let text = |language| message("13800138000", language).text;
        assert_eq!(text(Language::Chinese), "【acme.example】验证码042137,用于登录,5分钟内有效,请勿告知他人。");
        assert_eq!(
            text(Language::English),
            "[acme.example] 042137 is your code to log in. It is valid for 5 minutes. Do not share it."
        );
    }

    #[test]
    fn a_message_is_found_by_any_spelling_of_its_address() {
        let message = message("13800138000", Language::Chinese);
        assert!(message.is_to("+86 13800138000") && message.is_to("13800138000"));
        assert!(!message.is_to("13900139000") && !message.is_to("") && !message.is_to("li@acme.example"));
    }

    #[test]
    fn the_newest_message_comes_first_and_there_are_a_thousand_at_most() {
        let outbox = Outbox::default();
        for n in 0..1001 {
            outbox.put(message(&format!("u{n}@acme.example"), Language::Chinese));
        }
        let messages = outbox.messages();
        assert_eq!((messages.len(), messages[0].to.as_str()), (1000, "u1000@acme.example"));
    }

    #[test]
    fn a_message_has_the_members_that_clients_read() {
        let json = serde_json::to_string(&message("Li@acme.example", Language::English)).unwrap();
        assert_eq!(
            json,
            r#"{"at":"1970-01-01T00:00:00Z","channel":"email","to":"li@acme.example","type":"LOGIN_EMS","verify_code":"042137","text":"[acme.example] 042137 is your code to log in. It is valid for 5 minutes. Do not share it."}"#
        );
    }
}
