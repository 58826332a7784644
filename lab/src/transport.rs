//! How IDaaS reaches the WeChat of its world: real requests to the real paths, without a socket.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use idaas_core::{BoxFuture, Transport, Unreachable};
use mock_wechat::WeChat;
use sim::{Faults, Ground, Note, Party, Refusal};

use crate::fault::{Answered, Lost, Plan};
use crate::world::Records;

const PARTIES: (Party, Party) = (Party::Idaas, Party::WeChat);

/// The wire between a world's IDaaS and its WeChat.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) ground: Ground,
    pub(crate) wechat: Arc<WeChat>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) records: Arc<Records>,
}

impl Wire {
    async fn carry(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        if self.wechat.is_down() {
            self.records.write(PARTIES, request, (0, &Bytes::new()), down());
            return Err(Unreachable("connection refused".to_owned()));
        }
        let answer = || Answered::from(self.wechat.answer(request, None));
        let history = |text: &str| self.wechat.history(text);
        let Answered { response, note } = match Plan::of(&self.faults, &self.ground, request, PARTIES, history) {
            None => answer(),
            Some(plan) => {
                let fail = |error: &sim::ErrorName, story| {
                    let known = mock_wechat::known_error(&error.0)?;
                    Some(self.wechat.fail(request, &known, story).into())
                };
                plan.carried(&self.ground, fail, async || answer()).await
            }
        };
        let lost = response.extensions().get::<Lost>().copied();
        let status = if lost.is_some() { 0 } else { response.status().as_u16() };
        self.records.write(PARTIES, request, (status, response.body()), note);
        match lost {
            None => Ok(response),
            Some(lost) => Err(Unreachable(lost.words().to_owned())),
        }
    }
}

/// What is known about a call to a WeChat that is down.
pub(crate) fn down() -> Note {
    let story = vec!["the world's WeChat is down: nobody took the connection".to_owned()];
    let refusal = Refusal { rule: "wechat_down".to_owned(), code: "unreachable".to_owned(), story };
    Note { refusal: Some(refusal), ..Note::default() }
}

impl Transport for Wire {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Unreachable>> {
        Box::pin(async move { self.carry(&request).await })
    }
}
