//! Runs DynamoDB Local with the tables of an app.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use local_tools::dynamodb_local::{JAR, LIBRARIES};
use serde_json::{Value, json};
use serverless_app::{App, Table};
use tokio::process::Command;

use super::error::DataError;
use super::observer::DataObserver;
use super::options::DataOptions;
use super::process::{Process, free_port};
use super::service::{Service, ServiceError};
use super::{tables, tools};

pub(super) const NAME: &str = "DynamoDB Local";
const VERSION: &str = "DynamoDB_20120810";
/// A part of DynamoDB Local, by which its web server is recognised.
const JETTY: &str = "DynamoDBLocal_lib/jetty-xml-8.1.12.v20130726.jar";
/// The file with the data of all tables, in the data folder.
const DATA_FILE: &str = "shared-local-instance.db";

/// A running DynamoDB Local with the tables of the app.
pub(super) struct DynamoDb {
    pub service: Service,
    pub process: Process,
    /// The folder of the configuration, which is deleted with it.
    _folder: Folder,
}

/// A folder that is deleted at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is a few hundred bytes in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl DynamoDb {
    /// Starts DynamoDB Local and creates the tables that it does not have yet.
    ///
    /// # Errors
    ///
    /// [`DataError`] if it cannot be started, or does not accept a table.
    pub async fn start(
        app: &App,
        options: &DataOptions,
        observer: &Arc<dyn DataObserver>,
    ) -> Result<Self, DataError> {
        let (java, local) = tools::dynamodb(options, observer).await?;
        let port = free_port(NAME).await?;
        let folder =
            Folder(std::env::temp_dir().join(format!("tickertape-dynamodb-{:032x}", rand::random::<u128>())));
        std::fs::create_dir_all(&folder.0).map_err(DataError::io(&folder.0))?;
        let data = options.data_dir.as_deref().map(data_folder).transpose()?;
        let command = command(&java, &local, port, data.as_deref(), &folder.0, observer)?;
        let process = Process::start(NAME, command, port, observer).await?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let service = Service { address, name: "dynamodb", region: app.region.clone() };
        let dynamodb = Self { service, process, _folder: folder };
        for table in &app.tables {
            dynamodb.create(table, data.as_deref()).await?;
        }
        Ok(dynamodb)
    }

    async fn create(&self, table: &Table, data: Option<&Path>) -> Result<(), DataError> {
        let refused = |error: ServiceError| DataError::Refused {
            place: table.place.clone(),
            service: NAME,
            resource: format!("the table {}", table.name),
            message: error.to_string(),
        };
        match self.call("CreateTable", &tables::create(table)).await {
            Ok(_) => {}
            Err(error) if error.kind() == "ResourceInUseException" => {
                self.keep(table, data).await?.map_err(refused)?;
            }
            Err(error) => return Err(refused(error)),
        }
        let Some(attribute) = &table.ttl_attribute else { return Ok(()) };
        let enabled = json!({"Enabled": true, "AttributeName": attribute});
        let request = json!({"TableName": table.name, "TimeToLiveSpecification": enabled});
        match self.call("UpdateTimeToLive", &request).await {
            // It is enabled already in a data folder.
            Err(error) if error.kind() != "ValidationException" => Err(refused(error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Keeps a table of the data folder. Its stream is changed to that of the description.
    async fn keep(&self, table: &Table, data: Option<&Path>) -> Result<Result<(), ServiceError>, DataError> {
        let described = match self.call("DescribeTable", &json!({"TableName": table.name})).await {
            Ok(described) => described,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(difference) = tables::difference(table, &described) {
            let file = data.map_or_else(String::new, |data| data.join(DATA_FILE).display().to_string());
            let (place, table) = (table.place.clone(), table.name.clone());
            return Err(DataError::OtherTable { place, table, difference, file });
        }
        let current = described["Table"]["StreamSpecification"]["StreamViewType"].as_str();
        if current == table.stream.as_deref() {
            return Ok(Ok(()));
        }
        // A stream has to be disabled before another one is enabled.
        let mut changes = Vec::new();
        changes.extend(current.map(|_| json!({"StreamEnabled": false})));
        changes.extend(table.stream.as_ref().map(|_| tables::stream(table)));
        for change in changes {
            let request = json!({"TableName": table.name, "StreamSpecification": change});
            if let Err(error) = self.call("UpdateTable", &request).await {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    async fn call(&self, action: &str, request: &Value) -> Result<Value, ServiceError> {
        self.service.call(&target(action), request).await
    }
}

/// Returns the name of an action of DynamoDB in the protocol.
pub(crate) fn target(action: &str) -> String {
    format!("{VERSION}.{action}")
}

fn data_folder(data_dir: &Path) -> Result<PathBuf, DataError> {
    let folder = data_dir.join("dynamodb");
    std::fs::create_dir_all(&folder).map_err(DataError::io(&folder))?;
    // DynamoDB Local runs in its own folder.
    folder.canonicalize().map_err(DataError::io(&folder))
}

fn command(
    java: &Path,
    local: &Path,
    port: u16,
    data: Option<&Path>,
    scratch: &Path,
    observer: &Arc<dyn DataObserver>,
) -> Result<Command, DataError> {
    let mut command = Command::new(java);
    // The simple collector and compiler start faster than those for long-running programs.
    command.current_dir(local).args(["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", LIBRARIES]);
    if local.join(JETTY).is_file() {
        let file = scratch.join("server.xml");
        std::fs::write(&file, configuration(port, data)).map_err(DataError::io(&file))?;
        let logging = scratch.join("logging.properties");
        // Otherwise its SDK warns of a missing library that nothing needs.
        std::fs::write(&logging, "handlers=java.util.logging.ConsoleHandler\n.level=SEVERE\n")
            .map_err(DataError::io(&logging))?;
        command.arg(format!("-Djava.util.logging.config.file={}", logging.display()));
        let separator = if cfg!(windows) { ";" } else { ":" };
        command.arg("-cp").arg(format!("{JAR}{separator}DynamoDBLocal_lib/*"));
        command.arg("org.eclipse.jetty.xml.XmlConfiguration").arg(file);
        return Ok(command);
    }
    observer.line(NAME, "this version listens at all addresses of the machine, not only at 127.0.0.1");
    command.args(["-jar", JAR, "-sharedDb", "-port", &port.to_string()]);
    match data {
        Some(data) => command.arg("-dbPath").arg(data),
        None => command.arg("-inMemory"),
    };
    Ok(command)
}

/// Returns a configuration of Jetty, the web server of DynamoDB Local, that does what DynamoDB Local's own start does, but listens
/// at 127.0.0.1 only, for which there is no option. Pages of other origins get no access.
fn configuration(port: u16, data: Option<&Path>) -> String {
    let path = data.map_or_else(
        || "<Arg/>".to_owned(),
        |data| format!("<Arg type=\"String\">{}</Arg>", escaped(&data.display().to_string())),
    );
    include_str!("dynamodb.xml")
        .replace("{port}", &port.to_string())
        .replace("{in_memory}", &data.is_none().to_string())
        .replace("{path}", &path)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
