//! `AWS::Lambda::EventSourceMapping`.

use crate::app::{Destination, EventSource, EventSourceMapping, StartingPosition};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::named::Named;
use crate::error::Error;

/// Reads a mapping. It is `None` if its source or its function is not part of the app, which is then noted.
pub(super) fn read(item: &Item<'_>, named: &Named) -> Result<Option<EventSourceMapping>, Error> {
    let fields = &item.fields;
    let Some(arn) = fields.text("EventSourceArn")? else {
        fields.missing("", "this event source is not read, so its records do not invoke the function");
        return Ok(None);
    };
    let Some(source) = named.source(&arn) else {
        let meaning = format!(
            "{arn} is neither a stream nor a queue of this app, so its records do not invoke the function"
        );
        fields.missing("EventSourceArn", &meaning);
        return Ok(None);
    };
    let function = fields.required("FunctionName", "!Ref FUNCTION")?;
    let Some((function, _)) = named.function(&function) else {
        let meaning = format!("{function} is not a function of this app, so the records invoke nothing");
        fields.missing("FunctionName", &meaning);
        return Ok(None);
    };
    Ok(Some(mapping(item, named, function, source)?))
}

/// The defaults are those of Lambda (AWS Lambda API Reference, "CreateEventSourceMapping").
fn mapping(
    item: &Item<'_>,
    named: &Named,
    function: String,
    source: EventSource,
) -> Result<EventSourceMapping, Error> {
    let fields = &item.fields;
    let batch = if matches!(source, EventSource::Queue(_)) { 10 } else { 100 };
    Ok(EventSourceMapping {
        logical_id: item.resource.id.clone(),
        function,
        source,
        is_enabled: fields.flag("Enabled", true)?,
        batch_size: fields.number("BatchSize", 1, 10_000)?.unwrap_or(batch),
        batch_window_s: fields.number("MaximumBatchingWindowInSeconds", 0, 300)?.unwrap_or(0),
        max_retries: unlimited(fields, "MaximumRetryAttempts", 10_000)?,
        max_record_age_s: unlimited(fields, "MaximumRecordAgeInSeconds", 604_800)?,
        bisects: fields.flag("BisectBatchOnFunctionError", false)?,
        parallelization: fields.number("ParallelizationFactor", 1, 10)?.unwrap_or(1),
        reports_partial_failures: reports_partial_failures(fields)?,
        starting_position: starting_position(fields)?,
        max_concurrency: max_concurrency(fields)?,
        filters: filters(fields)?,
        on_failure: destination(fields, "OnFailure", named)?,
        place: item.resource.place.clone(),
    })
}

/// Returns a number. -1 and an absent property mean that there is no limit.
fn unlimited(fields: &Fields<'_>, name: &str, most: u32) -> Result<Option<u32>, Error> {
    if fields.text(name)?.as_deref() == Some("-1") {
        return Ok(None);
    }
    fields.number(name, 0, most)
}

fn reports_partial_failures(fields: &Fields<'_>) -> Result<bool, Error> {
    fields
        .choice_of_each("FunctionResponseTypes", &["ReportBatchItemFailures"])
        .map(|types| !types.is_empty())
}

fn starting_position(fields: &Fields<'_>) -> Result<StartingPosition, Error> {
    let position = fields.choice("StartingPosition", &["AT_TIMESTAMP", "LATEST", "TRIM_HORIZON"])?;
    Ok(match position.as_deref() {
        Some("LATEST") => StartingPosition::Latest,
        _ => StartingPosition::TrimHorizon,
    })
}

fn max_concurrency(fields: &Fields<'_>) -> Result<Option<u32>, Error> {
    let scaling = fields.inner("ScalingConfig")?;
    scaling.map_or(Ok(None), |scaling| scaling.number("MaximumConcurrency", 2, 1_000))
}

fn filters(fields: &Fields<'_>) -> Result<Vec<String>, Error> {
    let Some(criteria) = fields.inner("FilterCriteria")? else { return Ok(Vec::new()) };
    criteria.list("Filters")?.iter().map(|filter| filter.required("Pattern", "'{\"body\": …}'")).collect()
}

/// Returns a destination in the property `DestinationConfig`. A destination that is not part of the app is noted.
pub(super) fn destination(
    fields: &Fields<'_>,
    name: &str,
    named: &Named,
) -> Result<Option<Destination>, Error> {
    let Some(config) = fields.inner("DestinationConfig")? else { return Ok(None) };
    let Some(destination) = config.inner(name)? else { return Ok(None) };
    let Some(arn) = destination.text("Destination")? else { return Ok(None) };
    let found = named.destination(&arn);
    if matches!(found, Destination::Unsupported(_)) {
        destination.missing(
            "Destination",
            "only queues and functions of the app are destinations, so nothing is sent",
        );
    }
    Ok(Some(found))
}
