//! What can be wrong with the things that calls present, and with the service itself.

/// What is wrong with a token that was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    /// The header is missing or blank.
    Missing,
    /// It is not a token of this tenant.
    Unknown,
    /// It is past its life.
    Expired,
    /// It is good later only.
    NotYetValid,
    /// It was issued to another client id.
    OtherClient,
    /// It was issued to another device.
    OtherDevice,
    /// It was used up.
    Used,
    /// Another call is using it at this moment.
    InUse,
    /// It belongs to another step of the flow.
    WrongFlow,
    /// It was replaced by a newer one.
    Replaced,
    /// It was taken back, by a log-out or from outside.
    Revoked,
    /// Its user is gone or disabled.
    UserGone,
}

impl TokenProblem {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 12] = [
        Self::Missing,
        Self::Unknown,
        Self::Expired,
        Self::NotYetValid,
        Self::OtherClient,
        Self::OtherDevice,
        Self::Used,
        Self::InUse,
        Self::WrongFlow,
        Self::Replaced,
        Self::Revoked,
        Self::UserGone,
    ];

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Unknown => "is not one that this tenant issued",
            Self::Expired => "has expired",
            Self::NotYetValid => "is not good yet",
            Self::OtherClient => "was issued to another client id",
            Self::OtherDevice => "was issued to another device",
            Self::Used => "was already used",
            Self::InUse => "is being used by another call at this moment",
            Self::WrongFlow => "belongs to another step of the flow",
            Self::Replaced => "was replaced by a newer one",
            Self::Revoked => "was taken back",
            Self::UserGone => "belongs to a user who is gone or disabled",
        }
    }
}

/// Which family of calls a state_token was presented to; they answer with different codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateTokenUse {
    /// Binding and registering.
    Social,
    /// Changing a password, second factor.
    Password,
}

/// An error of the vendor's table for which nothing in a mock is a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The service is too busy.
    SystemBusy,
    /// `X-signature` could not be decrypted.
    SignatureUnreadable,
    /// The settings of the enterprise center could not be read.
    EnterpriseSettings,
    /// The area codes could not be read.
    AreaCodes,
    /// The application has no private key.
    PrivateKey,
    /// The password policy could not be read.
    PasswordPolicy,
}

impl Trouble {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 6] = [
        Self::SystemBusy,
        Self::SignatureUnreadable,
        Self::EnterpriseSettings,
        Self::AreaCodes,
        Self::PrivateKey,
        Self::PasswordPolicy,
    ];

    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::SystemBusy => "system_busy",
            Self::SignatureUnreadable => "signature_unreadable",
            Self::EnterpriseSettings => "enterprise_settings_unavailable",
            Self::AreaCodes => "area_codes_unavailable",
            Self::PrivateKey => "private_key_missing",
            Self::PasswordPolicy => "password_policy_unavailable",
        }
    }
}

/// What is wrong with the credentials of a back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientProblem {
    /// There are none, or not in HTTP Basic.
    Missing,
    /// No application has the client id.
    Unknown,
    /// The application is not enabled.
    Disabled,
    /// The application has no secret.
    NoSecret,
    /// The secret is another.
    WrongSecret,
}

impl ClientProblem {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Missing => "are missing",
            Self::Unknown => "name a client id that no application of this tenant has",
            Self::Disabled => "are those of an application that is not enabled",
            Self::NoSecret => "are those of an application that has no secret",
            Self::WrongSecret => "hold a wrong secret",
        }
    }

    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Missing => "client_credentials_missing",
            Self::Unknown => "client_credentials_unknown",
            Self::Disabled => "client_disabled",
            Self::NoSecret => "client_secret_not_set",
            Self::WrongSecret => "client_secret_wrong",
        }
    }
}
