//! How IDaaS reaches the WeChat of its world: real requests to the real paths, without a socket.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use idaas_core::{BoxFuture, Transport, Unreachable};
use mock_wechat::WeChat;
use sim::{Note, Party, Refusal};

use crate::world::Records;

/// The wire between a world's IDaaS and its WeChat.
#[derive(Debug)]
pub(crate) struct Wire {
    wechat: Arc<WeChat>,
    records: Arc<Records>,
}

impl Wire {
    pub(crate) fn new(wechat: Arc<WeChat>, records: Arc<Records>) -> Self {
        Self { wechat, records }
    }

    fn carry(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Unreachable> {
        let parties = (Party::Idaas, Party::WeChat);
        if self.wechat.is_down() {
            self.records.write(parties, request, (0, &Bytes::new()), down());
            return Err(Unreachable::Refused);
        }
        let answer = self.wechat.answer(request, None);
        self.records.write(parties, request, (answer.response.status().as_u16(), answer.response.body()), answer.note);
        Ok(answer.response)
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
        Box::pin(std::future::ready(self.carry(&request)))
    }
}
