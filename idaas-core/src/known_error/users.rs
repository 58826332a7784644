//! Users, their links and their passwords.

use super::error::{KnownError, Source::*, row};
use crate::refusal::Refusal as R;

pub(super) static ROWS: &[KnownError] = &[
    row(
        R::UserNotFound("this mobile number"),
        Inferred,
        "no user has what the call looks for",
        "declare the user under `idaas.users`, or register the person",
    ),
    row(
        R::NotBound,
        Inferred,
        "no user is linked to the WeChat identity, and the source's policy is to refuse then",
        "link the user beforehand, or give the source another `when_not_associated`",
    ),
    row(
        R::MobileNotBound,
        Made,
        "no user has the mobile number, and the tenant answers that as not bound",
        "declare a user with this number, or set `rules.mobile_not_found`",
    ),
    row(
        R::IdentityTaken,
        Made,
        "the WeChat identity is linked to another user already",
        "unbind it there first, or bind another person",
    ),
    row(
        R::UserAlreadyLinked,
        Made,
        "the user is linked to another WeChat identity, and the tenant allows one each",
        "unbind that one first, or take `rules.one_link_per_user` out",
    ),
    row(
        R::Taken("mobile"),
        Inferred,
        "another user has this user name, mobile number or e-mail address",
        "use another one, or bind the person to the user who has it",
    ),
    row(
        R::RegistrationClosed,
        Made,
        "people may not register themselves with the tenant",
        "set `registration.allowed`, or declare the user",
    ),
    row(
        R::VerifyMeansOff("email"),
        Inferred,
        "the tenant does not verify people by this means",
        "use the other means: `data` of the login's answer lists those that are on",
    ),
    row(
        R::RecordUnknown,
        Inferred,
        "the user has no social account of this id",
        "send the `id` of a record of the social list",
    ),
    row(
        R::UserDisabled,
        Inferred,
        "the user is disabled: the flow ends with the status ACCESS_DENIED",
        "enable the user",
    ),
    row(
        R::PasswordWrong { left: Some(4) },
        Observed,
        "the password is wrong; the text counts the tries that are left",
        "send the user's password; a success puts the count back",
    ),
    row(
        R::UserNameUnknown { left: None },
        Inferred,
        "there is no user of this name; the answer does not tell it apart from a wrong password",
        "send a user name here; `login/auth` takes a mobile number or an e-mail address too",
    ),
    row(
        R::UserLocked { seconds: 1800 },
        Documented,
        "too many failed logins have locked the user",
        "wait until the lock ends: moving the world's clock is enough",
    ),
    row(
        R::PasswordNotAllowed { why: "it is too short" },
        Inferred,
        "the new password is not as the policy wants it",
        "choose one that fits the policy in `data` of the login's answer",
    ),
];
