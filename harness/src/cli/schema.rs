//! `mockwx schema`.

use super::Context;
use super::args::{Schema, SchemaOf};
use super::error::CliError;
use super::exit::Ended;
use super::project::Project;

pub(super) fn schema(args: &Schema, context: &Context) -> Result<Ended, CliError> {
    context.out.data(&text_of(args.of))?;
    Ok(Ended::Well)
}

/// The schema of a kind of file, as it is printed.
pub(super) fn text_of(kind: SchemaOf) -> String {
    let schema = match kind {
        SchemaOf::Scenario => crate::schema::scenario(),
        SchemaOf::Flow => crate::schema::flow(),
        SchemaOf::World => crate::schema::world(),
        SchemaOf::Project => {
            let mut schema = schemars::schema_for!(Project).to_value();
            crate::schema::partial(&mut schema);
            schema
        }
    };
    format!("{schema:#}\n")
}
