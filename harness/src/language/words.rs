//! The table of step words: what a scenario can say.
//!
//! One row per word, and everything that is known about it: its arguments, where each of them travels, which fields its
//! answer has. The checker, the runner, the JSON Schema and the documentation all read this table.

mod back_end;
mod control;
mod device;
mod idaas;
mod wechat;

use super::Artefact;

/// A word that a step can say.
#[derive(Debug)]
pub struct Word {
    /// The name: `idaas.login`.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// Whom it talks to.
    pub group: Group,
    /// What it does, in one line.
    pub about: &'static str,
    /// Its own arguments; those that all words of its group take are in [`Group::arguments`].
    pub arguments: &'static [Argument],
    /// Which of the arguments exclude each other, or are needed one for the other.
    pub choice: Choice,
    /// The argument that is meant when a single value stands in place of the arguments: `clock.advance: 29m`.
    pub short: Option<&'static str>,
    /// The call that it makes, where it is exactly one.
    pub endpoint: Option<Endpoint>,
    /// The fields that its answer can have.
    pub answers: &'static [&'static str],
    /// Those of them of which it is known what they are.
    pub gives: &'static [(&'static str, Artefact)],
}

/// Method and path of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// The path, without a query; `{name}` stands for the argument of that name.
    pub path: &'static str,
}

/// Whom a word talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The phone: what the Mini Program's own `wx.*` calls give.
    Device,
    /// WeChat's server API.
    WeChat,
    /// The identity service.
    Idaas,
    /// The world: its clock, artefacts, outbox, journal.
    Control,
    /// Nobody: what a back end works out by itself.
    Local,
    /// Any address.
    Http,
}

/// One argument of a word.
#[derive(Debug)]
pub struct Argument {
    /// Its name in a scenario.
    pub name: &'static str,
    /// Its name on the wire.
    pub wire: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it has to be for the call to be accepted, where that is one thing.
    pub wants: Option<Artefact>,
    /// Where it travels.
    pub part: Part,
    /// Whether it has to be given. `null` is giving it: the parameter is left out on purpose.
    pub required: bool,
    /// What it is.
    pub about: &'static str,
}

/// What an argument takes. Any of them also takes a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text; what looks like a number stays the text it was written as.
    Text,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// `4m59s`.
    Duration,
    /// RFC 3339.
    Time,
    /// A person of the world.
    Person,
    /// The appid of a mini program of the world.
    App,
    /// An application of the world by its name, or a client id.
    Application,
    /// A kind of artefact: `access_token`.
    ArtefactKind,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Names with texts, or with `null` to leave one out.
    Headers,
    /// A mapping.
    Mapping,
    /// Anything.
    Any,
}

/// Where an argument travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A field of the JSON body.
    Body,
    /// A field of a form body.
    Form,
    /// A parameter of the query.
    Query,
    /// A part of the path.
    Path,
    /// A header of that name.
    Header(&'static str),
    /// `Authorization: Bearer`.
    Bearer,
    /// The word itself knows what to do with it.
    Own,
}

/// Which arguments go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// All are free.
    Free,
    /// All of exactly one of these groups.
    OneOf(&'static [&'static [&'static str]]),
    /// All of at least one of these groups.
    AtLeastOneOf(&'static [&'static [&'static str]]),
}

/// The preset of `fault.inject` that plans nothing: one of the values that a matrix of faults goes through.
pub const NO_FAULT: &str = "none";

/// All words but `use`, which runs a flow.
pub const WORDS: &[&[Word]] = &[device::WORDS, wechat::WORDS, idaas::WORDS, back_end::WORDS, control::WORDS];

/// The word of that name, or with that alias.
pub fn word(name: &str) -> Option<&'static Word> {
    WORDS.iter().copied().flatten().find(|word| word.name == name || word.aliases.contains(&name))
}

impl Word {
    /// All arguments it takes: its own, then those of its group.
    pub fn all_arguments(&self) -> impl Iterator<Item = &'static Argument> + use<> {
        self.arguments.iter().chain(self.group.arguments())
    }

    /// The argument of that name.
    pub fn argument(&self, name: &str) -> Option<&'static Argument> {
        self.all_arguments().find(|argument| argument.name == name)
    }

    /// Whether its argument is a part of a world file and not a fixed set of fields.
    pub fn takes_world(&self) -> bool {
        self.name == "world.change"
    }
}

impl Group {
    /// The arguments that all words of the group take.
    pub const fn arguments(self) -> &'static [Argument] {
        match self {
            Self::Device => device::COMMON,
            Self::WeChat => wechat::COMMON,
            Self::Idaas => idaas::COMMON,
            Self::Control | Self::Local | Self::Http => &[],
        }
    }

    /// What a step of this group without `expect` wants of its answer.
    pub const fn success(self) -> &'static str {
        match self {
            Self::Device => "an `errMsg` that ends in `:ok`",
            Self::WeChat => "no `errcode`, or `errcode` 0",
            Self::Idaas => "an HTTP status below 400 and no `error_code` or `error`",
            Self::Local => "no error",
            Self::Control | Self::Http => "an HTTP status below 400 and no error object",
        }
    }
}

impl Word {
    const fn new(group: Group, name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            group,
            about,
            arguments: &[],
            choice: Choice::Free,
            short: None,
            endpoint: None,
            answers: &[],
            gives: &[],
        }
    }

    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn takes(mut self, arguments: &'static [Argument]) -> Self {
        self.arguments = arguments;
        self
    }

    const fn choice(mut self, choice: Choice) -> Self {
        self.choice = choice;
        self
    }

    const fn short(mut self, argument: &'static str) -> Self {
        self.short = Some(argument);
        self
    }

    const fn get(mut self, path: &'static str) -> Self {
        self.endpoint = Some(Endpoint { method: "GET", path });
        self
    }

    const fn post(mut self, path: &'static str) -> Self {
        self.endpoint = Some(Endpoint { method: "POST", path });
        self
    }

    const fn put(mut self, path: &'static str) -> Self {
        self.endpoint = Some(Endpoint { method: "PUT", path });
        self
    }

    const fn answers(mut self, fields: &'static [&'static str]) -> Self {
        self.answers = fields;
        self
    }

    const fn gives(mut self, artefacts: &'static [(&'static str, Artefact)]) -> Self {
        self.gives = artefacts;
        self
    }
}

impl Argument {
    const fn new(part: Part, name: &'static str, about: &'static str) -> Self {
        Self { name, wire: name, kind: Kind::Text, wants: None, part, required: false, about }
    }

    /// A field of the JSON body.
    const fn body(name: &'static str, about: &'static str) -> Self {
        Self::new(Part::Body, name, about)
    }

    /// A parameter of the query.
    const fn query(name: &'static str, about: &'static str) -> Self {
        Self::new(Part::Query, name, about)
    }

    /// A header.
    const fn header(name: &'static str, header: &'static str, about: &'static str) -> Self {
        Self::new(Part::Header(header), name, about)
    }

    /// Something for the word itself.
    const fn own(name: &'static str, about: &'static str) -> Self {
        Self::new(Part::Own, name, about)
    }

    const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    const fn wire(mut self, name: &'static str) -> Self {
        self.wire = name;
        self
    }

    const fn wants(mut self, artefact: Artefact) -> Self {
        self.wants = Some(artefact);
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static Word> {
        WORDS.iter().copied().flatten()
    }

    #[test]
    fn no_two_words_and_no_two_arguments_of_a_word_have_one_name() {
        let mut names = HashSet::new();
        for word in all() {
            assert!(names.insert(word.name), "{}", word.name);
            for alias in word.aliases {
                assert!(names.insert(alias), "{alias}");
            }
            let mut arguments = HashSet::new();
            for argument in word.all_arguments() {
                assert!(arguments.insert(argument.name), "{}: {}", word.name, argument.name);
            }
        }
    }

    #[test]
    fn what_a_word_gives_is_a_field_of_its_answer() {
        for word in all() {
            for (field, _) in word.gives {
                assert!(word.answers.contains(field), "{}: {field}", word.name);
            }
        }
    }

    #[test]
    fn choices_and_short_forms_name_arguments_of_their_word() {
        for word in all() {
            let groups = match word.choice {
                Choice::Free => &[][..],
                Choice::OneOf(groups) | Choice::AtLeastOneOf(groups) => groups,
            };
            for name in groups.iter().copied().flatten().chain(&word.short) {
                assert!(word.argument(name).is_some(), "{}: {name}", word.name);
            }
        }
    }
}
