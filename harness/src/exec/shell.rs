//! Variables as shells and files take them.

use std::fmt::Write as _;

use clap::ValueEnum;
use serde_json::{Map, Value};

/// For whom variables are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For POSIX shells, and fish: `eval "$(mockwx env)"`
    #[default]
    Sh,
    /// For PowerShell: `mockwx env --format powershell | Out-String | Invoke-Expression`
    Powershell,
    /// For files that are read at a program's start: `mockwx env --format dotenv > .env`
    Dotenv,
    /// For programs: one object
    Json,
}

impl Format {
    /// The variables, a line each.
    pub(crate) fn write(self, variables: &[(String, String)]) -> String {
        if self == Self::Json {
            let object: Map<String, Value> =
                variables.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
            return format!("{:#}\n", Value::Object(object));
        }
        variables.iter().fold(String::new(), |mut text, (name, value)| {
            let _ = match self {
                Self::Sh => writeln!(text, "export {name}={}", sh(value)),
                Self::Powershell => writeln!(text, "$env:{name} = {}", powershell(value)),
                Self::Dotenv | Self::Json => writeln!(text, "{name}={}", dotenv(value)),
            };
            text
        })
    }
}

/// Nothing means anything between single quotes but a single quote.
fn sh(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Likewise, but a quote is doubled, and a typographic one is as good as a straight one.
fn powershell(value: &str) -> String {
    let mut quoted = String::from("'");
    for character in value.chars() {
        if matches!(character, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(character);
        }
        quoted.push(character);
    }
    quoted.push('\'');
    quoted
}

/// Readers of such files agree on single quotes, in which nothing is replaced, and on double quotes but for what is
/// replaced in them: those stand only where a single quote has to.
fn dotenv(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@,=+".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    if !value.contains(['\'', '\n']) {
        return format!("'{value}'");
    }
    let mut quoted = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' | '$' | '`' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd() -> Vec<(String, String)> {
        let values = ["http://127.0.0.1:1", "a b|c [::1]", "it's $HOME \"x\" `y` \\z", "‘curly’", ""];
        values.into_iter().enumerate().map(|(at, value)| (format!("V{at}"), value.to_owned())).collect()
    }

    #[test]
    fn values_mean_nothing_to_a_shell() {
        insta::assert_snapshot!(Format::Sh.write(&odd()), @r#"
        export V0='http://127.0.0.1:1'
        export V1='a b|c [::1]'
        export V2='it'\''s $HOME "x" `y` \z'
        export V3='‘curly’'
        export V4=''
        "#);
        insta::assert_snapshot!(Format::Powershell.write(&odd()), @r#"
        $env:V0 = 'http://127.0.0.1:1'
        $env:V1 = 'a b|c [::1]'
        $env:V2 = 'it''s $HOME "x" `y` \z'
        $env:V3 = '‘‘curly’’'
        $env:V4 = ''
        "#);
        insta::assert_snapshot!(Format::Dotenv.write(&odd()), @r#"
        V0=http://127.0.0.1:1
        V1='a b|c [::1]'
        V2="it's \$HOME \"x\" \`y\` \\z"
        V3='‘curly’'
        V4=''
        "#);
        assert!(Format::Json.write(&odd()).contains(r#""V2": "it's $HOME \"x\" `y` \\z""#));
    }

    #[test]
    fn a_posix_shell_reads_what_was_meant() {
        let script = format!("{}printf '%s\\n' \"$V0\" \"$V1\" \"$V2\" \"$V3\" \"$V4\"", Format::Sh.write(&odd()));
        let output = std::process::Command::new("sh").arg("-c").arg(script).output().unwrap();
        let expected: String = odd().into_iter().map(|(_, value)| format!("{value}\n")).collect();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    }
}
