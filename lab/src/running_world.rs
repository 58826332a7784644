//! A world of a running lab in the hands of a test: its address, its clock, its phones.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mock_wechat::{DeviceAnswer, DeviceCall, DeviceProblem, LoginCall, PhoneNumberCall};
use serde::Serialize;
use serde_json::Value;
use sim::{Alter, Clock, ConfigProblem, Moment, Which};

use crate::Lab;
use crate::control::ControlError;
use crate::fault::Fault;
use crate::running::listed;
use crate::world::World;

/// Why a world does not come to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The world file is wrong: everything that is wrong with it.
    #[error("the world is invalid:{}", listed(.0))]
    Invalid(Vec<ConfigProblem>),
    /// The lab does not take it.
    #[error("{message}{}", hint_line(.hint.as_deref()))]
    Refused {
        /// Which rule it was, by the control API's name: `world_exists`, `invalid_name`, `too_many_worlds`.
        code: &'static str,
        /// What happened.
        message: String,
        /// The way out.
        hint: Option<String>,
    },
}

impl From<ControlError> for WorldError {
    fn from(error: ControlError) -> Self {
        let error = error.error;
        Self::Refused { code: error.code, message: error.message, hint: error.hint }
    }
}

/// Everything that is wrong with a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fault is invalid:{}", listed(.0))]
pub struct FaultError(pub Vec<ConfigProblem>);

/// Why a phone gives no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The world has no such person, or no mini program to log in to.
    #[error("{message}{}", hint_line(.hint.as_deref()))]
    Unknown {
        /// What is wrong: "no person is called `alicia`".
        message: String,
        /// The way out: "did you mean `alice`?".
        hint: Option<String>,
    },
    /// The phone was told no.
    #[error("{call} was told `{message}`: {}", .story.join("; "))]
    Failed {
        /// What was called: `wx.login`.
        call: &'static str,
        /// What the callback was handed as `errMsg`.
        message: String,
        /// Why, a sentence a line; the way out is the last.
        story: Vec<String>,
    },
}

impl From<DeviceProblem> for CodeError {
    fn from(problem: DeviceProblem) -> Self {
        Self::Unknown { message: problem.message, hint: problem.hint }
    }
}

fn hint_line(hint: Option<&str>) -> String {
    hint.map_or_else(String::new, |hint| format!("\nhint: {hint}"))
}

/// A world of a [`RunningLab`](crate::RunningLab): what a test does to it without a call over HTTP.
///
/// It stands for the world of its name: when that is reset or replaced over the control API, this one steers the new
/// one.
///
/// ```
/// # use std::time::Duration;
/// let lab = lab::Lab::start()?;
/// let world = lab.fresh_world()?;
/// world.freeze();
/// let before = world.now();
/// world.advance(Duration::from_secs(300));
/// assert_eq!(world.now(), before + Duration::from_secs(300));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RunningWorld {
    lab: Arc<Lab>,
    made: Arc<World>,
    url: String,
}

impl RunningWorld {
    pub(crate) fn new(lab: Arc<Lab>, made: Arc<World>, url: String) -> Self {
        Self { lab, made, url }
    }

    /// The world of this name as it is now; one that was deleted lives on here alone.
    fn world(&self) -> Arc<World> {
        self.lab.worlds.get(self.made.name()).unwrap_or_else(|| Arc::clone(&self.made))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.made.name()
    }

    /// Its base URL, for an application that is to live in this world alone: `http://127.0.0.1:40123/__world/w1`.
    ///
    /// An application that was pointed at the lab finds this world by the codes and tokens that were made in it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What time it is there.
    pub fn now(&self) -> Moment {
        self.world().clock().now()
    }

    /// Stops its clock, which then moves only when it is told to.
    pub fn freeze(&self) {
        self.world().clock().freeze();
    }

    /// Lets its clock run on from where it stands.
    pub fn resume(&self) {
        self.world().clock().resume();
    }

    /// Moves its clock forward. Nothing waits.
    pub fn advance(&self, by: Duration) {
        self.world().clock().advance(by);
    }

    /// Puts its clock at a time, forward or back.
    pub fn set_time(&self, to: Moment) {
        self.world().clock().set(to);
    }

    /// What `wx.login` gives on this person's phone, in the first mini program of the world.
    ///
    /// # Errors
    /// When nobody there has this name, or WeChat gives no code.
    ///
    /// ```
    /// let lab = lab::Lab::start()?;
    /// let nobody = lab.world().login_code("alicia").unwrap_err();
    /// assert_eq!(nobody.to_string(), "no person is called `alicia`\nhint: did you mean `alice`?");
    /// # Ok::<(), lab::StartError>(())
    /// ```
    pub fn login_code(&self, person: &str) -> Result<String, CodeError> {
        let call = LoginCall { person: Some(person.to_owned()), ..LoginCall::default() };
        let arguments = written(&call);
        self.code(&DeviceCall::Login(call), arguments)
    }

    /// What the phone number button hands over when this person agrees.
    ///
    /// # Errors
    /// When nobody there has this name, or the button gives no code.
    pub fn phone_code(&self, person: &str) -> Result<String, CodeError> {
        let call = PhoneNumberCall { person: Some(person.to_owned()), ..PhoneNumberCall::default() };
        let arguments = written(&call);
        self.code(&DeviceCall::PhoneNumber(call), arguments)
    }

    fn code(&self, call: &DeviceCall, arguments: Bytes) -> Result<String, CodeError> {
        let (DeviceAnswer { body, note }, _) = self.world().act(call, arguments)?;
        let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
        text("code").ok_or_else(|| CodeError::Failed {
            call: call.name(),
            message: text("errMsg").unwrap_or_default(),
            story: note.refusal.map(|refusal| refusal.story).unwrap_or_default(),
        })
    }

    /// Lets a code, token or key that was handed out be expired, without moving the clock. Says whether there is such a
    /// thing that could still expire.
    pub fn expire(&self, artefact: &str) -> bool {
        self.world().alter(&Which::Value(artefact.to_owned()), Alter::Expire) > 0
    }

    /// Plans a misfortune of the [catalogue](crate::CATALOGUE), which `mockwx faults` lists, by its name.
    ///
    /// ```
    /// let lab = lab::Lab::start()?;
    /// lab.world().plan_fault("system_error")?; // WeChat is busy from here on: -1
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is none of this name, or it is planned already.
    pub fn plan_fault(&self, misfortune: &str) -> Result<(), FaultError> {
        self.plan(&Fault { preset: Some(misfortune.to_owned()), ..Fault::default() })
    }

    /// Plans a fault of one's own: where, when and what.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn plan(&self, fault: &Fault) -> Result<(), FaultError> {
        self.world().plan(fault).map(drop).map_err(FaultError)
    }

    /// Takes back all faults that were planned.
    pub fn clear_faults(&self) {
        self.world().faults().clear_all();
    }
}

/// A call of the phone as it stands in the journal.
fn written(call: &impl Serialize) -> Bytes {
    // A call is a plain tree of texts and truth values with text keys: there is nothing JSON cannot write.
    serde_json::to_vec(call).unwrap_or_default().into()
}
