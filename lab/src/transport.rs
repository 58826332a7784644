//! How IDaaS reaches the WeChat of its world: real requests to the real paths, without a socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use idaas_core::{BoxFuture, Patience, Transport, Unreachable};
use mock_wechat::WeChat;
use sim::{ErrorName, Faults, Ground, Life, Note, Party, Refusal};

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
            return Err(Unreachable::Refused);
        }
        let answer = || Answered::from(self.wechat.answer(request, None));
        let history = |text: &str| self.wechat.history(text);
        let Some(plan) = Plan::of(&self.faults, &self.ground, request, PARTIES, history) else {
            let Answered { response, note } = answer();
            self.records.write(PARTIES, request, (response.status().as_u16(), response.body()), note);
            return Ok(response);
        };
        let fail = |error: &ErrorName, story| {
            let known = mock_wechat::known_error(&error.0)?;
            Some(self.wechat.fail(request, &known, story).into())
        };
        let Answered { response, mut note } = plan.carried(fail, async || answer()).await;
        let lost = Lost::of(&response);
        let patience = request.extensions().get().map_or(FOR_EVER, |Patience(patience)| *patience);
        let late = if lost == Some(Lost::Silence) { patience } else { plan.lateness() };
        if late >= patience {
            // Written down before the wait: who has lost patience takes this future away with them.
            note.faults
                .push(format!("nobody waited for the answer any more: IDaaS gives up after {}", Life::from(patience)));
            self.records.write(PARTIES, request, (0, &Bytes::new()), note);
            self.ground.clock.pass(patience).await;
            return Err(Unreachable::TimedOut(patience));
        }
        if late > Duration::ZERO {
            self.ground.clock.pass(late).await;
        }
        let status = if matches!(lost, None | Some(Lost::Middle)) { response.status().as_u16() } else { 0 };
        self.records.write(PARTIES, request, (status, response.body()), note);
        match lost {
            None => Ok(response),
            Some(Lost::Middle) => Err(Unreachable::ClosedEarly),
            Some(Lost::Reset | Lost::Silence) => Err(Unreachable::Reset),
        }
    }
}

/// How long a caller waits who does not say.
const FOR_EVER: Duration = Duration::MAX;

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
