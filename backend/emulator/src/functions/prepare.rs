//! Makes functions of a description runnable by the host.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lambda_host::Retries;
use serverless_app::{App, Function, Integration, Route, ServiceTarget};

use crate::functions::code::FoundCode;
use crate::functions::debugger_ports::DebuggerPorts;
use crate::functions::environment::EnvironmentSource;
use crate::functions::handler_file;
use crate::functions::interpreter::Interpreter;
use crate::functions::live_code::LiveCode;
use crate::functions::program;
use crate::functions::runtime::Family;

/// Concurrency of a function that reserves none: that of an account ("Lambda quotas").
const CONCURRENCY: usize = 1_000;
/// Time-out of functions under a debugger.
const WITHOUT_END: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// First port of debuggers of Node.js, which is that of `node --inspect`.
const NODE_DEBUGGER: u16 = 9229;
/// First port of debuggers of Python, which is that of debugpy's examples.
const PYTHON_DEBUGGER: u16 = 5678;

/// A function that can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runnable {
    /// The function, for the host.
    pub function: lambda_host::Function,
    /// Code of the function, which is looked at for changes.
    pub code: LiveCode,
    /// Remarks for the person who runs the app.
    pub remarks: Vec<String>,
    /// Port of the debugger.
    pub debugger: Option<u16>,
}

/// Makes functions of an app runnable.
pub struct Preparation<'a> {
    pub app: &'a App,
    pub account: &'a str,
    pub environment: EnvironmentSource<'a>,
    pub node: Option<Interpreter>,
    /// Interpreters of Python, by the runtimes for which they were found.
    pub pythons: BTreeMap<String, Interpreter>,
    pub inspect: bool,
    pub debuggers: DebuggerPorts,
}

impl Preparation<'_> {
    /// Makes a function runnable, by its position in the app, with its code.
    ///
    /// # Errors
    ///
    /// A sentence that says why the function cannot run and what to do.
    pub fn prepare(
        &mut self,
        index: usize,
        function: &Function,
        code: Result<FoundCode, String>,
    ) -> Result<Runnable, String> {
        let code = code.map_err(|reason| with_build(function, reason))?;
        let runtime = function.runtime.as_deref().unwrap_or_default();
        let family = Family::of(runtime);
        let start = match family {
            Family::Node => self.node(runtime)?,
            Family::Python => self.python(runtime)?,
            _ => {
                let start =
                    bootstrap(&code).ok_or_else(|| with_build(function, family.needs().to_owned()))?;
                check_processor(function, &start.program)?;
                start
            }
        };
        let mut runnable = Runnable {
            function: self.configured(function, &start.program, &code),
            remarks: [start.remark, handler_file::problem(function, &code), redirection(runtime, family)]
                .into_iter()
                .flatten()
                .collect(),
            code: LiveCode::new(code.files, code.copies),
            debugger: None,
        };
        runnable.function.arguments = start.arguments.into_iter().map(Into::into).collect();
        if self.inspect {
            self.name_program(&mut runnable, family);
            self.debug(&mut runnable, family, u16::try_from(index).unwrap_or_default());
        }
        Ok(runnable)
    }

    fn configured(&self, function: &Function, program: &Path, code: &FoundCode) -> lambda_host::Function {
        let mut configured = lambda_host::Function::new(&function.name, program);
        configured.task_root.clone_from(&code.folder);
        configured.handler = function.handler.clone().unwrap_or_else(|| "bootstrap".to_owned());
        configured.runtime = function.runtime.clone().unwrap_or_else(|| "provided.al2023".to_owned());
        configured.region.clone_from(&self.app.region);
        configured.account_id = self.account.to_owned();
        configured.qualifiers = qualifiers_of(self.app, function);
        configured.environment = self.environment.of(function, code.opt.as_deref());
        configured.memory_mb = function.memory_mb;
        configured.timeout = Duration::from_secs(function.timeout_s.into());
        let reserved = function.reserved_concurrency.and_then(|count| usize::try_from(count).ok());
        configured.concurrency = reserved.unwrap_or(CONCURRENCY);
        let mut retries = Retries::default();
        retries.after_failure.truncate(usize::try_from(function.async_invocation.retries).unwrap_or(0));
        retries.max_age = Duration::from_secs(function.async_invocation.max_age_s.into());
        configured.retries = Some(retries);
        configured
    }

    fn node(&self, runtime: &str) -> Result<Start, String> {
        let node = self.node.as_ref().ok_or(Family::Node.needs())?;
        let clients = self.environment.clients;
        let remark = instead(runtime, node, "Node.js");
        // The module that redirects connections is in NODE_OPTIONS, for child processes as well.
        let arguments = vec![clients.node().to_string_lossy().into_owned()];
        Ok(Start { program: node.program.clone(), arguments, remark })
    }

    /// Gives the program of a function in Node.js its name, which debuggers show. Without that, all have the same.
    fn name_program(&self, runnable: &mut Runnable, family: Family) {
        let named = self.environment.clients.node_named(&runnable.function.name);
        if let (Family::Node, Ok(program)) = (family, named) {
            runnable.function.arguments = vec![program.into_os_string()];
        }
    }

    /// Starts the function under a debugger, in one process and without time-outs.
    fn debug(&mut self, runnable: &mut Runnable, family: Family, index: u16) {
        let function = &mut runnable.function;
        let (port, before) = match family {
            Family::Node => {
                let port = self.debuggers.give(NODE_DEBUGGER + index);
                (port, vec![format!("--inspect=127.0.0.1:{port}")])
            }
            Family::Python => {
                let port = self.debuggers.give(PYTHON_DEBUGGER + index);
                (port, vec!["-m".into(), "debugpy".into(), "--listen".into(), format!("127.0.0.1:{port}")])
            }
            Family::Provided | Family::Ruby | Family::Java | Family::DotNet | Family::Unknown => return,
        };
        function.arguments.splice(0..0, before.into_iter().map(Into::into));
        function.timeout = WITHOUT_END;
        function.processes = 1;
        runnable.debugger = Some(port);
    }

    fn python(&self, runtime: &str) -> Result<Start, String> {
        let python = self.pythons.get(runtime).ok_or(Family::Python.needs())?;
        let arguments = vec![self.environment.clients.python().to_string_lossy().into_owned()];
        let remark = instead(runtime, python, "Python");
        Ok(Start { program: python.program.clone(), arguments, remark })
    }
}

/// Returns the aliases and versions of a function, with the qualifiers by which routes name it.
fn qualifiers_of(app: &App, function: &Function) -> Vec<String> {
    let routes = app.apis.iter().flat_map(|api| &api.routes);
    let named = |route: &Route| match &route.integration {
        Integration::Function { name, qualifier, .. } => Some((name.clone(), qualifier.clone()?)),
        Integration::Service(call) => match &call.target {
            ServiceTarget::Function { name, qualifier } => Some((name.clone(), qualifier.clone()?)),
            ServiceTarget::DynamoDb { .. } | ServiceTarget::Sqs { .. } => None,
        },
        Integration::Mock(_) | Integration::Unsupported { .. } => None,
    };
    let of_function = routes.filter_map(named).filter(|(name, _)| *name == function.name);
    let mut qualifiers = function.qualifiers.clone();
    qualifiers.extend(of_function.map(|(_, qualifier)| qualifier));
    qualifiers.into_iter().collect()
}

/// The program that runs a function.
struct Start {
    program: PathBuf,
    arguments: Vec<String>,
    remark: Option<String>,
}

/// Returns the remark that another version of an interpreter runs than that of the runtime.
fn instead(runtime: &str, interpreter: &Interpreter, language: &str) -> Option<String> {
    let runs = format!("{language} {} runs instead", interpreter.version);
    if !Family::is_known(runtime) {
        return Some(format!("Lambda has no runtime {runtime}, as far as this program knows; {runs}"));
    }
    (!interpreter.is_of(runtime)).then(|| format!("{runs} of {runtime}"))
}

/// Returns the remark that connections of a runtime to AWS are redirected only if its programs allow it.
fn redirection(runtime: &str, family: Family) -> Option<String> {
    let runtime = if runtime.is_empty() { "provided.al2023" } else { runtime };
    (!family.is_redirected()).then(|| {
        format!(
            "{runtime}: calls of AWS's own host names are answered here if the program follows HTTPS_PROXY, as Go, .NET, curl and AWS's SDK for Rust do since its behaviour version 2025-08-07; domainName in its events is an address of this machine"
        )
    })
}

/// Finds a `bootstrap` in the code or in a layer, as Lambda does.
fn bootstrap(code: &FoundCode) -> Option<Start> {
    let folders = [Some(&code.folder), code.opt.as_ref()];
    let mut programs = folders.into_iter().flatten().map(|folder| folder.join("bootstrap"));
    let program = programs.find(|program| program.is_file())?;
    Some(Start { program, arguments: Vec::new(), remark: None })
}

/// Refuses a program for another processor or operating system, which the operating system would not start.
fn check_processor(function: &Function, program: &Path) -> Result<(), String> {
    let Some(built_for) = program::foreign(program) else { return Ok(()) };
    let (os, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    Err(format!(
        "its program was built for {built_for}, and this machine has {os} on {processor}; build it for this machine too, and name its \
         folder with --code {}=DIR",
        function.logical_id
    ))
}

fn with_build(function: &Function, reason: String) -> String {
    match &function.build {
        Some(command) => format!("{reason}; run `{command}` first"),
        None => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_the_qualifiers_of_its_aliases_and_versions_and_of_routes() {
        let uri = |function: &str| {
            format!(
                "!Sub 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations'"
            )
        };
        let template = format!(
            "
Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties: {{ CodeUri: src/, Handler: a.b, Runtime: nodejs22.x, AutoPublishAlias: live }}
  Api: {{ Type: AWS::ApiGatewayV2::Api, Properties: {{ Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }} }}
  Stage: {{ Type: AWS::ApiGatewayV2::Stage, Properties: {{ ApiId: !Ref Api, StageName: prod }} }}
  One: {{ Type: AWS::ApiGatewayV2::Integration, Properties: {{ ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: {} }} }}
  A: {{ Type: AWS::ApiGatewayV2::Route, Properties: {{ ApiId: !Ref Api, RouteKey: a, Target: !Sub 'integrations/${{One}}' }} }}
  Two: {{ Type: AWS::ApiGatewayV2::Integration, Properties: {{ ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: {} }} }}
  B: {{ Type: AWS::ApiGatewayV2::Route, Properties: {{ ApiId: !Ref Api, RouteKey: b, Target: !Sub 'integrations/${{Two}}' }} }}
",
            uri("${Worker.Alias}"),
            uri("${Worker.Arn}:blue")
        );
        let files = BTreeMap::from([("template.yaml".to_owned(), template)]);
        let app = serverless_app::read("template.yaml", &files, &serverless_app::Settings::default())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(qualifiers_of(&app, &app.functions[0]), ["1", "blue", "live"]);
    }
}
