//! A phone number as WeChat tells it.

use std::borrow::Cow;

use serde::Serialize;
use sim::Moment;

use crate::Phone;

/// `phone_info` of `getuserphonenumber`, and the plain text of a quick button's legacy data. The country code is a text
/// on the wire (observed), though the documented example shows a number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PhoneInfo<'a> {
    phone_number: Cow<'a, str>,
    pure_phone_number: &'a str,
    country_code: &'a str,
    watermark: Watermark<'a>,
}

/// Which mini program data is meant for, and when the person acted.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Watermark<'a> {
    timestamp: i64,
    appid: &'a str,
}

impl<'a> Watermark<'a> {
    pub(crate) fn new(appid: &'a str, acted_at: Moment) -> Self {
        Self { timestamp: acted_at.unix_seconds(), appid }
    }
}

impl<'a> PhoneInfo<'a> {
    pub(crate) fn new(phone: &'a Phone, watermark: Watermark<'a>) -> Self {
        Self {
            phone_number: phone.as_sent(),
            pure_phone_number: phone.pure(),
            country_code: phone.country_code(),
            watermark,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_bytes_are_made() {
        let phone = "13800000000".parse().unwrap();
        let watermark = Watermark::new("wx0000000000000000", Moment::from_unix_seconds(1_726_847_080));
        assert_eq!(
            serde_json::to_string(&PhoneInfo::new(&phone, watermark)).unwrap(),
            concat!(
                r#"{"phoneNumber":"13800000000","purePhoneNumber":"13800000000","countryCode":"86","#,
                r#""watermark":{"timestamp":1726847080,"appid":"wx0000000000000000"}}"#
            )
        );
    }
}
