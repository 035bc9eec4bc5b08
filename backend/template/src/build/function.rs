//! `AWS::Lambda::Function`, with its layers, its address and its settings for asynchronous invocations.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{AsyncInvocation, Code, Cors, Function, FunctionUrl, Layer, Note, NoteKind};
use crate::build::code;
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::build::mapping::destination;
use crate::build::named::Named;
use crate::error::Error;
use crate::files::join;
use crate::node::Node;

/// Environment variables that a description cannot set (AWS Lambda Developer Guide, "Defined runtime environment variables").
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];
const RESERVED_MEANING: &str = "Lambda reserves this environment variable and refuses to deploy the function, so it is not set here; remove it";

/// Runtimes whose code is compiled. Other runtimes may need it too, which the metadata of SAM says.
const COMPILED: [&str; 3] = ["dotnet", "go1", "java"];

/// Returns the layers of the description. The keys are their resource names.
pub(super) fn layers(items: &[Item<'_>]) -> Result<BTreeMap<String, Layer>, Error> {
    let layer = |item: &Item<'_>| {
        let name = item.scope.name(item.resource)?;
        let (content, _) = built(item, code::read(item, "Content")?, None);
        Ok((item.scope.arn(item.resource)?, Layer::Own { name, content }))
    };
    items.iter().filter(|item| item.is("AWS::Lambda::LayerVersion")).map(layer).collect()
}

/// Reads a function. The defaults and bounds are those of Lambda (AWS CloudFormation Template Reference,
/// "AWS::Lambda::Function").
pub(super) fn read(item: &Item<'_>, layers: &BTreeMap<String, Layer>) -> Result<Function, Error> {
    let fields = &item.fields;
    let code = code::read(item, "Code")?;
    let is_image = matches!(fields.text("PackageType")?.as_deref(), Some("Image"));
    let (runtime, handler) = match is_image {
        true => (fields.text("Runtime")?, fields.text("Handler")?),
        false => (
            Some(fields.required("Runtime", "nodejs22.x")?),
            Some(fields.required("Handler", "index.handler")?),
        ),
    };
    let environment =
        fields.inner("Environment")?.map_or(Ok(BTreeMap::new()), |fields| variables(&fields))?;
    let (code, build) = built(item, code, runtime.as_deref());
    Ok(Function {
        name: item.scope.name(item.resource)?,
        logical_id: item.resource.id.clone(),
        arn: item.scope.arn(item.resource)?,
        layers: own_layers(fields, layers)?,
        environment,
        timeout_s: fields.number("Timeout", 1, 900)?.unwrap_or(3),
        memory_mb: fields.number("MemorySize", 128, 32_768)?.unwrap_or(128),
        architecture: architecture(fields)?,
        reserved_concurrency: fields.number("ReservedConcurrentExecutions", 0, u32::MAX)?,
        qualifiers: BTreeSet::new(),
        url: None,
        async_invocation: AsyncInvocation::default(),
        build: build.map(str::to_owned),
        place: item.resource.place.clone(),
        runtime,
        handler,
        code,
    })
}

/// Reads the environment variables. Those that Lambda reserves are noted and left out, since they could not be deployed.
fn variables(environment: &Fields<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut variables: BTreeMap<String, String> = environment.map("Variables")?;
    let node = environment.get("Variables");
    for entry in node.map(Node::entries).unwrap_or_default() {
        if RESERVED.contains(&entry.key.as_str()) {
            environment.missing_entry("Variables", entry, RESERVED_MEANING);
            variables.remove(&entry.key);
        }
    }
    Ok(variables)
}

/// Returns the location of the code after it was built: the output of `sam build`, if there is some. Otherwise the
/// command that builds it is returned too, and noted.
fn built(item: &Item<'_>, code: Code, runtime: Option<&str>) -> (Code, Option<&'static str>) {
    let origin = &item.scope.stack.origin;
    let Some(command) = origin.build.filter(|_| needs_build(item, &code, runtime)) else {
        return (code, None);
    };
    match &origin.built {
        Some(folder) => (Code::Path(join(folder, &item.resource.id)), None),
        None => {
            item.scope.all.note(build_note(item, command));
            (code, Some(command))
        }
    }
}

fn needs_build(item: &Item<'_>, code: &Code, runtime: Option<&str>) -> bool {
    let Code::Path(path) = code else { return false };
    let metadata = item.resource.metadata.as_ref();
    let has_method = metadata.is_some_and(|metadata| metadata.get("BuildMethod").is_some());
    let is_archive = [".zip", ".jar"].iter().any(|ending| path.ends_with(ending));
    let is_compiled = COMPILED.iter().any(|name| runtime.is_some_and(|runtime| runtime.starts_with(name)));
    !is_archive && (has_method || is_compiled)
}

fn build_note(item: &Item<'_>, command: &str) -> Note {
    let meaning = format!("the code has to be built before it runs: {command}");
    let (path, place) = (item.resource.path.clone(), item.resource.place.clone());
    Note { kind: NoteKind::Build, path, meaning, place }
}

fn own_layers(fields: &Fields<'_>, layers: &BTreeMap<String, Layer>) -> Result<Vec<Layer>, Error> {
    let layer = |arn: String| {
        layers.get(&arn).cloned().unwrap_or_else(|| {
            let meaning = format!("the published layer {arn} is not downloaded, so its content is absent");
            fields.missing("Layers", &meaning);
            Layer::Published(arn)
        })
    };
    Ok(fields.texts("Layers")?.into_iter().map(layer).collect())
}

fn architecture(fields: &Fields<'_>) -> Result<String, Error> {
    let names = fields.choice_of_each("Architectures", &["arm64", "x86_64"])?;
    Ok(names.into_iter().next().unwrap_or_else(|| "x86_64".to_owned()))
}

/// Adds what is described by resources of its own to the functions: addresses and settings of invocations.
pub(super) fn complete(items: &[Item<'_>], named: &Named, functions: &mut [Function]) -> Result<(), Error> {
    for item in items {
        let property = match item.resource.kind.as_str() {
            "AWS::Lambda::Url" => "TargetFunctionArn",
            "AWS::Lambda::EventInvokeConfig" => "FunctionName",
            _ => continue,
        };
        let target = item.fields.required(property, "!Ref FUNCTION")?;
        let name = named.function(&target).map(|(name, _)| name);
        let Some(function) = functions.iter_mut().find(|function| Some(&function.name) == name.as_ref())
        else {
            item.fields.missing(property, &format!("{target} is not a function of this app"));
            continue;
        };
        match property {
            "TargetFunctionArn" => function.url = Some(url(item)?),
            _ => function.async_invocation = async_invocation(&item.fields, named)?,
        }
    }
    Ok(())
}

fn url(item: &Item<'_>) -> Result<FunctionUrl, Error> {
    let fields = &item.fields;
    fields.required("AuthType", "NONE")?;
    let needs_iam = fields.choice("AuthType", &["AWS_IAM", "NONE"])?.as_deref() == Some("AWS_IAM");
    if needs_iam {
        fields
            .missing("AuthType", "signatures are not checked, so that requests without one are accepted too");
    }
    let mode = fields.choice("InvokeMode", &["BUFFERED", "RESPONSE_STREAM"])?;
    Ok(FunctionUrl {
        url: item.scope.function_url(item.resource),
        needs_iam,
        streams: mode.as_deref() == Some("RESPONSE_STREAM"),
        cors: fields.inner("Cors")?.map(|cors| cors_settings(&cors)).transpose()?,
    })
}

fn cors_settings(fields: &Fields<'_>) -> Result<Cors, Error> {
    Ok(Cors {
        allow_credentials: fields.flag("AllowCredentials", false)?,
        allow_headers: fields.texts("AllowHeaders")?,
        allow_methods: fields.texts("AllowMethods")?,
        allow_origins: fields.texts("AllowOrigins")?,
        expose_headers: fields.texts("ExposeHeaders")?,
        max_age_s: fields.number("MaxAge", 0, 86_400)?,
    })
}

fn async_invocation(fields: &Fields<'_>, named: &Named) -> Result<AsyncInvocation, Error> {
    let default = AsyncInvocation::default();
    Ok(AsyncInvocation {
        retries: fields.number("MaximumRetryAttempts", 0, 2)?.unwrap_or(default.retries),
        max_age_s: fields.number("MaximumEventAgeInSeconds", 60, 21_600)?.unwrap_or(default.max_age_s),
        on_failure: destination(fields, "OnFailure", named)?,
        on_success: destination(fields, "OnSuccess", named)?,
    })
}
