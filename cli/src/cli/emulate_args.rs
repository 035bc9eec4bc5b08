//! The arguments of `tickertape emulate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::LogArg;

/// Arguments of [`super::Command::Emulate`].
#[derive(Debug, Args)]
pub struct EmulateArgs {
    /// Description of the app: a SAM or CloudFormation template, a serverless.yml, or a folder with one of them, such as
    /// .aws-sam/build or cdk.out
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Address at which clients connect to the app; port 0 chooses a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3001", value_parser = address)]
    pub listen: SocketAddr,
    /// Address of the board that shows the app live [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub board: Option<SocketAddr>,
    /// Do not start the board
    #[arg(long, conflicts_with = "board")]
    pub no_board: bool,
    /// Directory with another version of the board's web page, to serve instead of the built-in one
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// Value of a parameter of the template, or of ${param:…} and ${opt:…} in a serverless.yml; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = parameter)]
    pub params: Vec<(String, String)>,
    /// File with environment variables of functions: lines of NAME=VALUE for all, or JSON as for `sam local`, with the
    /// variables of each function. Quotation marks around the value of a line are removed. May be given several times; a later file
    /// takes precedence
    #[arg(long, value_name = "FILE")]
    pub env: Vec<PathBuf>,
    /// Folder or archive with the code of a function, instead of that of the description, such as a program that was built for this
    /// machine's processor; may be given several times
    #[arg(long, value_name = "FUNCTION=PATH", value_parser = named_path)]
    pub code: Vec<(String, PathBuf)>,
    /// Folder with the objects of an S3 bucket, such as a web page that was built, which a CloudFront distribution of the description
    /// serves; may be given several times
    #[arg(long, value_name = "BUCKET=DIR", value_parser = named_path)]
    pub bucket: Vec<(String, PathBuf)>,
    /// Write the outputs of the template to this file as JSON when the app is ready, with the addresses of this machine in place of
    /// those on AWS, such as for the settings of a web page
    #[arg(long, value_name = "FILE")]
    pub outputs_file: Option<PathBuf>,
    /// Stage of a serverless.yml (`${opt:stage}`). A template names its stages itself, often by a parameter: see --param
    #[arg(long, value_name = "NAME")]
    pub stage: Option<String>,
    /// AWS region of the app [default: AWS_REGION, or us-east-1; a serverless.yml has its own]
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// Inject the faults that this JSON file describes, and shorten time limits: {"time_scale": 60} makes two hours two minutes,
    /// {"cut": 0.01} resets some connections; all fields are listed by `tickertape serve --help`. The file may change while the app
    /// runs
    #[arg(long, value_name = "FILE")]
    pub chaos: Option<PathBuf>,
    /// Keep the items of tables in this directory. Without it, tables begin empty in each run
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Start Node.js and Python functions under their debuggers, in one process each and without time-outs
    #[arg(long)]
    pub inspect: bool,
    /// Use real AWS services with the credentials of this profile in ~/.aws/credentials. Requests to the app's own APIs and to Lambda
    /// still stay here, and so do all requests to DynamoDB and SQS if the app has a table or a queue: functions, tables and queues of
    /// other stacks are not found
    #[arg(long, value_name = "NAME")]
    pub aws_profile: Option<String>,
    /// Accept web pages of this origin, such as http://192.168.1.5:3000, or of all with `*`; may be given several times. Without it,
    /// pages of this machine (localhost, names below .localhost, loopback addresses, files) are accepted. API Gateway does not check
    /// origins
    #[arg(long, value_name = "ORIGIN")]
    pub allow_origin: Vec<String>,
    /// Refuse all other web pages, also those of this machine
    #[arg(long)]
    pub check_origin: bool,
    /// Stop when standard input ends, for programs that start this one and may be killed
    #[arg(long)]
    pub until_eof: bool,
    /// Print neither logs and errors of functions, nor connections and messages of services; only notices are printed
    #[arg(long)]
    pub quiet: bool,
    /// Print the addresses and the description's notes as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// Log this program's own messages of this level and above to standard error; this does not affect the logs of functions
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = LogArg::Error, hide_possible_values = true)]
    pub log: LogArg,
}

/// Reads an address with a port.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| match text.parse::<u16>() {
        Ok(port) => format!("expected an address and a port, such as 127.0.0.1:{port}"),
        Err(_) => "expected an IP address and a port, such as 127.0.0.1:3001".to_owned(),
    })
}

/// Reads `NAME=PATH`.
fn named_path(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => Ok((name.to_owned(), path.into())),
        _ => Err("expected a name in the description and a path, such as Site=dist".into()),
    }
}

/// Reads `NAME=VALUE`.
fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, such as StageName=dev".into()),
    }
}
