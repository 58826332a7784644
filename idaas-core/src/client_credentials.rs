//! Who a back end is: client id and secret in HTTP Basic, as the server API and OAuth2 want them (observed).

use data_encoding::BASE64;

use crate::call::Call;
use crate::config::{Application, Permission};
use crate::identifier::UserId;
use crate::refusal::{ClientProblem, Refusal, Refused, TokenProblem};

/// A back end that has shown its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BackEnd {
    pub(crate) client_id: String,
    /// Whether the OAuth2 password grant is authorized for it.
    pub(crate) password_grant: bool,
}

impl Call<'_> {
    /// Client id and secret of the header Authorization.
    fn basic(&self) -> Option<(String, String)> {
        let (scheme, encoded) = self.header("Authorization")?.split_once(' ')?;
        let decoded = BASE64.decode(encoded.trim().as_bytes()).ok().filter(|_| scheme.eq_ignore_ascii_case("Basic"))?;
        let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((id.trim().to_owned(), secret.to_owned())).filter(|(id, secret)| !id.is_empty() && !secret.is_empty())
    }

    /// The application of a client id; none while the tenant declares none at all and any is welcome.
    pub(crate) fn application_of(&self, client_id: &str) -> Result<Option<&Application>, Refused> {
        let refuse = |problem| Refused::from(Refusal::Client(problem));
        let Some((name, application)) = self.setup.application(client_id) else {
            let config = &self.setup.config;
            if config.applications.is_empty() && !config.strict {
                return Ok(None);
            }
            let known: Vec<_> = config.applications.iter().map(|(name, _)| name).collect();
            return Err(refuse(ClientProblem::Unknown).because(format!("its applications are: {}", known.join(", "))));
        };
        if !application.enabled {
            return Err(refuse(ClientProblem::Disabled).because(format!("application `{name}`")));
        }
        Ok(Some(application))
    }

    /// The back end that calls.
    pub(crate) fn back_end(&self) -> Result<BackEnd, Refused> {
        let (client_id, secret) = self.basic().ok_or_else(|| {
            Refused::from(Refusal::Client(ClientProblem::Missing))
                .because("they are expected as Authorization: Basic, base64 of `client_id:client_secret`")
        })?;
        let Some(application) = self.application_of(&client_id)? else {
            return Ok(BackEnd { client_id, password_grant: false });
        };
        match &application.client_secret {
            None => Err(Refusal::Client(ClientProblem::NoSecret).into()),
            Some(right) if right.expose() != secret => Err(Refusal::Client(ClientProblem::WrongSecret).into()),
            Some(_) => Ok(BackEnd { client_id, password_grant: application.password_grant }),
        }
    }

    /// The client id of the back end whose own access_token is the Bearer of this call.
    pub(crate) fn machine(&self) -> Result<String, Refused> {
        let (client_id, user) = self.bearer_token()?;
        if user.is_some() {
            return Err(Refusal::BearerToken(TokenProblem::WrongFlow)
                .because("it is a user's token of OAuth2; the server API takes those of /api/v2/tenant/token"));
        }
        self.application_of(&client_id)?;
        Ok(client_id)
    }

    /// Refuses a back end whose application may not do this.
    pub(crate) fn permitted(&self, permission: Permission) -> Result<(), Refused> {
        let client_id = self.machine()?;
        let permissions = self.application_of(&client_id)?.and_then(|application| application.permissions.as_ref());
        match permissions {
            Some(granted) if !granted.contains(&permission) => {
                let granted: Vec<_> = granted.iter().map(|permission| permission.code()).collect();
                Err(Refusal::PermissionMissing(permission).because(match granted.is_empty() {
                    true => "it has none at all".to_owned(),
                    false => format!("it has {}", granted.join(", ")),
                }))
            }
            _ => Ok(()),
        }
    }

    /// Client id and user of the access_token that is the Bearer of this call.
    pub(crate) fn bearer_token(&self) -> Result<(String, Option<UserId>), Refused> {
        let token = self.bearer_text().ok_or(Refusal::BearerToken(TokenProblem::Missing))?;
        self.idaas.state.bearer_tokens.with(token, None, self.now(), Refusal::BearerToken, |handout| {
            Ok((handout.client_id.clone(), handout.user.clone()))
        })
    }
}
