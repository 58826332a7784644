//! `mockwx schema`.

use super::Context;
use super::args::{Schema, SchemaOf};
use super::error::CliError;
use super::exit::Ended;
use super::project::Project;

pub(super) fn schema(args: &Schema, context: &Context) -> Result<Ended, CliError> {
    let schema = match args.of {
        SchemaOf::Scenario => crate::schema::scenario(),
        SchemaOf::Flow => crate::schema::flow(),
        SchemaOf::World => crate::schema::world(),
        SchemaOf::Project => schemars::schema_for!(Project).to_value(),
    };
    context.out.data(&format!("{schema:#}\n"))?;
    Ok(Ended::Well)
}
