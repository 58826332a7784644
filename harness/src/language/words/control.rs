//! The world itself, and any other address.

use super::{Argument, Artefact, Choice, Group, Kind, Word};

pub(super) const WORDS: &[Word] = &[
    control("clock.advance", "moves the clock on")
        .takes(&[Argument::own("by", "how far").kind(Kind::Duration).required()])
        .short("by")
        .answers(CLOCK),
    control("clock.set", "sets the clock")
        .takes(&[Argument::own("to", "the time, RFC 3339").kind(Kind::Time).required()])
        .short("to")
        .answers(CLOCK),
    control("clock.freeze", "stops the clock").answers(CLOCK),
    control("clock.resume", "lets the clock run").answers(CLOCK),
    control("clock.to", "moves the clock to where an artefact expires, or to a time from an answer")
        .takes(&[
            Argument::own("expiry_of", "the artefact's value: the last moment at which it is good is meant"),
            Argument::own("time", "RFC 3339, or seconds since 1970 as in a claim").kind(Kind::Any),
            Argument::own("plus", "how long after it").kind(Kind::Duration),
            Argument::own("minus", "how long before it").kind(Kind::Duration),
        ])
        .choice(Choice::OneOf(&[&["expiry_of"], &["time"]]))
        .answers(CLOCK),
    control("artefact.age", "makes artefacts older, the clock left alone")
        .takes(&[ARTEFACT, KIND, Argument::own("by", "by how much").kind(Kind::Duration).required()])
        .choice(WHICH)
        .answers(&["altered"]),
    control("artefact.expire", "makes artefacts expire now")
        .takes(&[ARTEFACT, KIND])
        .choice(WHICH)
        .answers(&["altered"]),
    control("artefact.revoke", "takes artefacts back").takes(&[ARTEFACT, KIND]).choice(WHICH).answers(&["altered"]),
    control("outbox.read", "reads the newest SMS or e-mail; refused when there is none")
        .takes(&[Argument::own("to", "the mobile or e-mail address it went to")])
        .short("to")
        .answers(&["at", "channel", "to", "type", "verify_code", "text"]),
    control("captcha.answer", "reads the answer of a slider picture")
        .takes(&[Argument::own("token", "the picture's token").wants(Artefact::PictureToken).required()])
        .short("token")
        .answers(&["x"]),
    control("fault.inject", "plans a fault: where × when × what, or a preset of the catalogue")
        .takes(&[
            Argument::own("name", "the name by which it is listed and cleared"),
            Argument::own("preset", "a misfortune of the catalogue: `mockwx faults` lists them; `none` plans nothing"),
            Argument::own("where", "which calls: party, caller, endpoint, app, person, artefact").kind(Kind::Mapping),
            Argument::own(
                "when",
                "which of them: next, every, first_calls, first, of, probability, from, until, while",
            )
            .kind(Kind::Mapping),
            Argument::own(
                "what",
                "what goes wrong: error, status, consume, delay, reset, hang, body, drip, content_type, field, is, id_token",
            )
            .kind(Kind::Mapping),
        ])
        .choice(Choice::AtLeastOneOf(&[&["preset"], &["what"]]))
        .short("preset")
        .answers(FAULT),
    control("fault.clear", "takes a fault back, or all of them")
        .takes(&[Argument::own("name", "the fault; all when it is left out")])
        .short("name")
        .answers(&["cleared"]),
    control("fault.list", "lists the planned faults with their counts").answers(&["faults"]),
    control("world.change", "changes the world while it lives: a part of a world file, merged into it"),
    control("world.export", "exports the world as a world file").answers(&["seed", "clock", "wechat", "idaas"]),
    control("journal.read", "reads the exchanges so far, oldest first")
        .takes(&[
            Argument::own("path", "only those of this path"),
            Argument::own("caller", "only those of this caller: `idaas`, `mini_program` …"),
            Argument::own("rid", "only the one of this rid"),
        ])
        .answers(&["exchanges"]),
    control("explain", "tells the story of one answer")
        .takes(&[Argument::own("rid", "the rid of the answer").required()])
        .short("rid")
        .answers(&["story"]),
    Word::new(Group::Http, "http", "makes any call, to the world or to a service under test").takes(&[
        Argument::own("to", "a service of `services:`; the world by default"),
        Argument::own("method", "`GET` by default"),
        Argument::own("path", "the path, from `/`, or a whole address").required(),
        Argument::own("headers", "headers to send").kind(Kind::Headers),
        Argument::own("query", "parameters of the query").kind(Kind::Mapping),
        Argument::own("body", "a text is sent as it is, anything else as JSON").kind(Kind::Any),
        Argument::own("form", "fields of a form").kind(Kind::Mapping),
    ]),
];

const CLOCK: &[&str] = &["now", "mode"];
const FAULT: &[&str] = &["name", "matched", "applied", "spent", "plan"];
const ARTEFACT: Argument = Argument::own("artefact", "the value of one artefact");
const KIND: Argument = Argument::own("kind", "all artefacts of this kind: `access_token`").kind(Kind::ArtefactKind);
const WHICH: Choice = Choice::OneOf(&[&["artefact"], &["kind"]]);

const fn control(name: &'static str, about: &'static str) -> Word {
    Word::new(Group::Control, name, about)
}
