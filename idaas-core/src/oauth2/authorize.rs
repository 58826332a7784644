//! The authorization: who agrees, and the code that the browser takes back.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use http::HeaderValue;

use crate::address::Address;
use crate::answer::Reply;
use crate::call::Call;
use crate::directory::{Directory, User};
use crate::refusal::{Refusal, Refused};

/// What an authorization code was made for, and has to be redeemed with.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    redirect_uri: String,
    challenge: Option<Challenge>,
}

/// The code_challenge of RFC 7636, if the authorization came with one.
#[derive(Debug, Clone)]
enum Challenge {
    Plain(String),
    Sha256(String),
}

impl Challenge {
    fn of(call: &Call<'_>) -> Result<Option<Self>, Refused> {
        let Some(challenge) = call.query("code_challenge") else { return Ok(None) };
        match call.query("code_challenge_method").as_deref() {
            None | Some("plain") => Ok(Some(Self::Plain(challenge))),
            Some("S256") => Ok(Some(Self::Sha256(challenge))),
            Some(_) => Err(Refusal::FieldUnusable { name: "code_challenge_method", why: "it is plain or S256" }.into()),
        }
    }

    fn fits(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(challenge) => challenge == verifier,
            Self::Sha256(challenge) => {
                *challenge == BASE64URL_NOPAD.encode(digest(&SHA256, verifier.as_bytes()).as_ref())
            }
        }
    }
}

impl Authorization {
    /// Whether the code may be redeemed with these.
    pub(crate) fn check(&self, redirect_uri: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
        if redirect_uri != Some(self.redirect_uri.as_str()) {
            return Err(Refusal::RedirectDiffers);
        }
        match &self.challenge {
            Some(challenge) if !verifier.is_some_and(|verifier| challenge.fits(verifier)) => {
                Err(Refusal::VerifierWrong)
            }
            _ => Ok(()),
        }
    }
}

/// `GET /api/v1/oauth2/authorize`.
///
/// Nobody sits at the browser of a mock: the user of `login_hint` agrees at once, else the one whom the tenant is set
/// to. What is wrong with the application or the address is shown; everything else the browser takes back (RFC 6749,
/// section 4.1.2.1).
pub(crate) fn authorize(call: &Call<'_>) -> Result<Reply, Refused> {
    let client_id = call.query("client_id").ok_or(Refusal::FieldMissing("client_id"))?;
    let allowed = call.application_of(&client_id)?.map_or(&[][..], |application| &application.redirect_uris);
    let redirect_uri = call.query("redirect_uri").ok_or(Refusal::FieldMissing("redirect_uri"))?;
    let refuse = |why| Refused::from(Refusal::FieldUnusable { name: "redirect_uri", why });
    let web = redirect_uri.starts_with("http://") || redirect_uri.starts_with("https://");
    if !web || redirect_uri.contains('#') {
        return Err(refuse("it must be an http or https address without a fragment"));
    }
    if !allowed.contains(&redirect_uri) && (!allowed.is_empty() || call.setup.config.strict) {
        let known = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
        return Err(refuse("it is none of the application's").because(format!("the application's are: {known}")));
    }
    let state = call.query("state");
    let back = |name, value: &str| {
        let mut text = redirect_uri.clone();
        text.push(if redirect_uri.contains('?') { '&' } else { '?' });
        let start = text.len();
        let mut query = form_urlencoded::Serializer::for_suffix(text, start);
        query.append_pair(name, value);
        if let Some(state) = &state {
            query.append_pair("state", state);
        }
        HeaderValue::from_str(&query.finish()).map_err(|_| refuse("it holds characters that no address has"))
    };
    match agreed(call, &client_id, &redirect_uri) {
        Ok(code) => Ok(Reply::Redirect(back("code", &code)?)),
        Err(mut refused) => {
            refused.to = Some(back("error", refused.refusal.answer().0.oauth2_error())?);
            Err(refused)
        }
    }
}

/// The code of an authorization to which somebody agrees.
fn agreed(call: &Call<'_>, client_id: &str, redirect_uri: &str) -> Result<String, Refused> {
    if call.query("response_type").as_deref() != Some("code") {
        return Err(Refusal::ResponseType.into());
    }
    let challenge = Challenge::of(call)?;
    let user = who_agrees(call)?;
    let detail = Authorization { redirect_uri: redirect_uri.to_owned(), challenge };
    let (codes, life) = (&call.idaas.state.authorization_codes, call.setup.config.oauth2.code.get());
    Ok(codes.issue(client_id, Some(&user.id), life, detail, call.now()))
}

fn who_agrees(call: &Call<'_>) -> Result<Arc<User>, Refused> {
    let config = &call.setup.config;
    let users = call.idaas.state.users();
    let (user, who) = match (call.query("login_hint"), &config.oauth2.agrees) {
        (Some(hint), _) => (by_identifier(&users, &hint), format!("login_hint names `{hint}`")),
        (None, Some(key)) => (by_key(&users, key), format!("`oauth2.agrees` names `{key}`")),
        (None, None) if config.strict => (None, "a strict world has no first user who agrees to everything".to_owned()),
        (None, None) => (users.all().next().cloned(), "the tenant has no user at all".to_owned()),
    };
    match user {
        Some(user) if !user.disabled => Ok(user),
        Some(user) => Err(Refusal::NobodyAgrees.because(format!("user `{}` is disabled", user.user_name))),
        None => Err(Refusal::NobodyAgrees.because(who)),
    }
}

/// A user by user name, mobile number, e-mail address or key in the world file.
fn by_identifier(users: &Directory, text: &str) -> Option<Arc<User>> {
    let by_address = || match Address::read(text)? {
        Address::Mobile(mobile) => users.by_mobile(&mobile),
        Address::Email(email) => users.by_email(&email),
    };
    users.by_user_name(text).or_else(by_address).or_else(|| by_key(users, text))
}

fn by_key(users: &Directory, key: &str) -> Option<Arc<User>> {
    users.all().find(|user| user.key == key).cloned()
}
