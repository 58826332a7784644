//! Errors of the vendor's table for which a mock has no cause of its own: they come when a fault plan asks for them.

use super::error::{KnownError, Source::*, row};
use crate::refusal::{Refusal as R, Trouble as T};

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::Trouble(T::SystemBusy),
        Documented,
        "the service is overloaded or broken; the only listed error with status 500",
        "try again later, with growing pauses",
    ),
    row(
        R::Trouble(T::SignatureUnreadable),
        Documented,
        "the service could not decrypt X-signature",
        "encrypt it with the key of `GET /api/v2/sdk/public-key`, or send the id_token as Bearer",
    ),
    row(
        R::Trouble(T::EnterpriseSettings),
        Documented,
        "the service could not read the settings of its enterprise center",
        "try again later; the operator of the service has to mend it",
    ),
    row(
        R::Trouble(T::AreaCodes),
        Documented,
        "the service could not read its table of international area codes",
        "try again later; the operator of the service has to mend it",
    ),
    row(
        R::Trouble(T::PrivateKey),
        Documented,
        "the application has no private key",
        "have a key pair made for the application",
    ),
    row(
        R::Trouble(T::PasswordPolicy),
        Documented,
        "the service could not read the password policy",
        "try again later; the operator of the service has to mend it",
    ),
];
