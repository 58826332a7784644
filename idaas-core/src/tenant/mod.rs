//! The server API: what a customer's back end calls with an access_token of its own. Its pages could not be read; paths
//! and fields are those that integrations were seen to use, and the rest follows the OneAccess documentation.

mod answers;
mod change_users;
mod read_users;
mod sessions;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use change_users::{create_user, disable_user, enable_user, update_user};
pub(crate) use read_users::{user, user_by_username, users};
pub(crate) use sessions::{refresh_session, sso_ticket, verify_ticket};
pub(crate) use token::token;
