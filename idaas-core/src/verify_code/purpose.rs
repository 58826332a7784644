//! What a code is for.

use crate::address::Channel;
use crate::config::Edition;
use crate::language::Language;

/// What a code is for: the `type` of the pages "Send SMS verification code" and "Send e-mail verification code".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Login,
    Register,
    Bind,
    ForgetPassword,
    UpdatePassword,
    /// A new mobile number or e-mail address of one's own.
    UpdateAddress,
    SecondFactor,
    ChangePassword,
}

impl Purpose {
    const ALL: [Self; 8] = [
        Self::Login,
        Self::Register,
        Self::Bind,
        Self::ForgetPassword,
        Self::UpdatePassword,
        Self::UpdateAddress,
        Self::SecondFactor,
        Self::ChangePassword,
    ];

    /// Its name in a channel: `LOGIN_SMS`, `LOGIN_EMS`.
    pub(crate) const fn name(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::Login, Channel::Sms) => "LOGIN_SMS",
            (Self::Login, Channel::Email) => "LOGIN_EMS",
            (Self::Register, Channel::Sms) => "REGISTER_SMS",
            (Self::Register, Channel::Email) => "REGISTER_EMS",
            (Self::Bind, Channel::Sms) => "BIND_MOBILE_SMS",
            (Self::Bind, Channel::Email) => "BIND_EMAIL_EMS",
            (Self::ForgetPassword, Channel::Sms) => "FORGET_PWD_SMS",
            (Self::ForgetPassword, Channel::Email) => "FORGET_PWD_EMS",
            (Self::UpdatePassword, Channel::Sms) => "UPDATE_PWD_SMS",
            (Self::UpdatePassword, Channel::Email) => "UPDATE_PWD_EMS",
            (Self::UpdateAddress, Channel::Sms) => "UPDATE_MOBILE_SMS",
            (Self::UpdateAddress, Channel::Email) => "UPDATE_EMAIL_EMS",
            (Self::SecondFactor, Channel::Sms) => "MFA_AUTH_SMS",
            (Self::SecondFactor, Channel::Email) => "MFA_AUTH_EMS",
            (Self::ChangePassword, Channel::Sms) => "CHANGE_PWD_SMS",
            (Self::ChangePassword, Channel::Email) => "CHANGE_PWD_EMS",
        }
    }

    /// Whether an edition documents it.
    const fn is_in(self, edition: Edition) -> bool {
        match self {
            Self::UpdatePassword => matches!(edition, Edition::Ciam),
            Self::SecondFactor | Self::ChangePassword => matches!(edition, Edition::Eiam),
            Self::Login | Self::Register | Self::Bind | Self::ForgetPassword | Self::UpdateAddress => true,
        }
    }

    /// All names that a channel of an edition knows.
    pub(crate) fn names(channel: Channel, edition: Edition) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |purpose| purpose.is_in(edition)).map(move |purpose| purpose.name(channel))
    }

    /// The purpose of a name in a channel of an edition.
    pub(crate) fn read(name: &str, channel: Channel, edition: Edition) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.name(channel) == name && purpose.is_in(edition))
    }

    /// The purpose in words, for the text of the message.
    pub(crate) const fn words(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => match self {
                Self::Login => "登录",
                Self::Register => "注册",
                Self::Bind => "绑定账号",
                Self::ForgetPassword => "找回密码",
                Self::UpdatePassword | Self::ChangePassword => "修改密码",
                Self::UpdateAddress => "修改联系方式",
                Self::SecondFactor => "二次认证",
            },
            Language::English => match self {
                Self::Login => "log in",
                Self::Register => "register",
                Self::Bind => "bind your account",
                Self::ForgetPassword => "reset your password",
                Self::UpdatePassword | Self::ChangePassword => "change your password",
                Self::UpdateAddress => "change your contact details",
                Self::SecondFactor => "confirm your login",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_belongs_to_its_channel() {
        assert_eq!(Purpose::read("LOGIN_SMS", Channel::Sms, Edition::Ciam), Some(Purpose::Login));
        assert_eq!(Purpose::read("LOGIN_SMS", Channel::Email, Edition::Ciam), None);
        assert_eq!(Purpose::read("BIND_EMAIL_EMS", Channel::Email, Edition::Eiam), Some(Purpose::Bind));
        assert_eq!(Purpose::read("login_sms", Channel::Sms, Edition::Ciam), None);
    }

    #[test]
    fn the_second_factor_is_a_thing_of_the_employee_edition() {
        assert_eq!(Purpose::read("MFA_AUTH_SMS", Channel::Sms, Edition::Ciam), None);
        assert_eq!(Purpose::read("MFA_AUTH_SMS", Channel::Sms, Edition::Eiam), Some(Purpose::SecondFactor));
        assert_eq!(Purpose::names(Channel::Sms, Edition::Ciam).count(), 6);
        assert_eq!(Purpose::names(Channel::Email, Edition::Eiam).count(), 7);
    }
}
