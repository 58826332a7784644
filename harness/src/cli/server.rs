//! A running server, as the control words talk to it.

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;

use super::args;
use super::error::CliError;
use super::run::no_runtime;
use crate::run::{Remote, Target};

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    remote: Remote,
}

impl Server {
    /// The server that the flags name.
    pub(super) fn new(args: &args::Server) -> Result<Self, CliError> {
        Remote::new(&args.url, args.world.as_deref(), args.admin_token.as_deref())
            .map(|remote| Self { remote })
            .map_err(|error| CliError::configuration(error.to_string()))
    }

    /// Reads.
    pub(super) fn get(&self, path: &str) -> Result<Value, CliError> {
        self.call(Method::GET, path, None)
    }

    /// Calls the control API and gives back what it answers; null for an empty answer.
    pub(super) fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, CliError> {
        let mut request = Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = request
            .body(body)
            .map_err(|error| CliError::configuration(format!("`{path}` cannot be asked for: {error}")))?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| no_runtime(&error))?;
        let response = runtime.block_on(self.remote.send(request)).map_err(|error| {
            CliError::surroundings(error.to_string())
                .hint("start a server with `mockwx serve`, or name another one with --url or MOCKWX_URL")
        })?;
        let answer: Option<Value> = match response.body().as_ref() {
            b"" => Some(Value::Null),
            body => serde_json::from_slice(body).ok(),
        };
        match answer {
            Some(answer) if response.status().is_success() => Ok(answer),
            answer => Err(self.refused(response.status(), answer.as_ref())),
        }
    }

    fn refused(&self, status: StatusCode, answer: Option<&Value>) -> CliError {
        let text = |name: &str| answer?.get("error")?.get(name)?.as_str();
        let Some(message) = text("message") else {
            return CliError::surroundings(format!(
                "{} answers HTTP {} and is no mockwx",
                self.remote.url(),
                status.as_u16()
            ));
        };
        let error = match text("code") {
            Some("invalid_world") => CliError::invalid_world(message),
            _ if status.is_server_error() => CliError::surroundings(message),
            _ => CliError::configuration(message),
        };
        match text("hint") {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}
