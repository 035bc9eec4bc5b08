//! `AWS::SQS::Queue`.

use crate::app::{Queue, Redrive};
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::error::Error;

/// Reads a queue. The defaults and bounds are those of SQS (AWS CloudFormation Template Reference, "AWS::SQS::Queue").
pub(super) fn read(item: &Item<'_>) -> Result<Queue, Error> {
    let fields = &item.fields;
    Ok(Queue {
        name: item.scope.name(item.resource)?,
        logical_id: item.resource.id.clone(),
        arn: item.scope.arn(item.resource)?,
        url: item.scope.queue_url(item.resource)?,
        is_fifo: fields.flag("FifoQueue", false)?,
        deduplicates_content: fields.flag("ContentBasedDeduplication", false)?,
        visibility_timeout_s: fields.number("VisibilityTimeout", 0, 43_200)?.unwrap_or(30),
        delay_s: fields.number("DelaySeconds", 0, 900)?.unwrap_or(0),
        retention_s: fields.number("MessageRetentionPeriod", 60, 1_209_600)?.unwrap_or(345_600),
        wait_s: fields.number("ReceiveMessageWaitTimeSeconds", 0, 20)?.unwrap_or(0),
        redrive: redrive(fields)?,
        place: item.resource.place.clone(),
    })
}

fn redrive(fields: &Fields<'_>) -> Result<Option<Redrive>, Error> {
    let Some(policy) = fields.inner("RedrivePolicy")? else { return Ok(None) };
    policy.required("maxReceiveCount", "5")?;
    Ok(Some(Redrive {
        target_arn: policy.required("deadLetterTargetArn", "!GetAtt FailedJobs.Arn")?,
        max_receive_count: policy.number("maxReceiveCount", 1, 1_000)?.unwrap_or(1),
    }))
}
