//! The phone of a person in a world: what `wx.…` hands its callbacks.

use bytes::Bytes;
use http::Response;
use mock_wechat::{DeviceCall, DeviceProblem};

use super::call::Call;
use super::error::ControlError;

/// Lets the phone of the world act, and writes it down.
fn act(call: &Call<'_>, device: &DeviceCall) -> Result<Response<Bytes>, ControlError> {
    let world = call.world()?;
    let (_, response) =
        world.act(device, call.request.body().clone()).map_err(|DeviceProblem { field, message, hint }| {
            let code = match field {
                "person" => "unknown_person",
                "appid" => "unknown_appid",
                "phone" => "unknown_phone",
                _ => "invalid_body",
            };
            ControlError::not_found(code, message).maybe_hint(hint)
        })?;
    Ok(response)
}

pub(crate) fn login(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::Login(call.body()?))
}

pub(crate) fn phone_number(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::PhoneNumber(call.body()?))
}

pub(crate) fn check_session(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::CheckSession(call.body()?))
}

pub(crate) fn user_info(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::UserInfo(call.body()?))
}

pub(crate) fn user_profile(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::UserProfile(call.body()?))
}

pub(crate) fn account_info(call: &Call<'_>) -> Result<Response<Bytes>, ControlError> {
    act(call, &DeviceCall::AccountInfo(call.body()?))
}
