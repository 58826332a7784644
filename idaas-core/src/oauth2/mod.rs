//! OAuth2: the browser flow of a customer's web application, and what its back end calls afterwards. Errors are those of
//! RFC 6749; what is special about the service (the one scope, the user's members, the refused password grant) was
//! observed.

mod authorize;
#[cfg(test)]
mod tests;
mod token;
mod userinfo;

pub(crate) use authorize::{Authorization, authorize};
pub(crate) use token::token;
pub(crate) use userinfo::{introspect, userinfo};

/// The only scope there is (observed).
pub(crate) const SCOPE: &str = "get_user_info";
