//! The location of the code of functions and layers.

use crate::app::Code;
use crate::build::fields::Fields;
use crate::build::item::Item;
use crate::error::Error;
use crate::files::join;
use crate::node::Node;

const IMAGE: &str = "container images are not run, so invocations of this function fail";

/// Returns the location that the property `name` contains.
pub(super) fn read(item: &Item<'_>, name: &str) -> Result<Code, Error> {
    let fields = &item.fields;
    let is_image = fields.text("PackageType")?.as_deref() == Some("Image");
    let Some(node) = fields.get(name) else {
        if is_image {
            fields.missing("PackageType", IMAGE);
            return Ok(Code::Elsewhere("a container image".to_owned()));
        }
        let problem = format!("{} has no code", item.resource.path);
        let advice = "add the folder with its code, such as `CodeUri: src/` (SAM) or `Code: src/`";
        return Err(Error::new(fields.place(), problem, advice));
    };
    // CDK writes the folder of an asset beside the name that the asset gets in S3.
    if let Some(path) = asset_path(item).filter(|_| !is_image) {
        return Ok(Code::Path(join(&item.scope.stack.folder, &path)));
    }
    // `aws cloudformation package` replaces a local path by an object of S3.
    if let Some(path) = node.as_text() {
        return Ok(local(item, path));
    }
    match fields.inner(name)? {
        Some(code) => described(item, &code),
        None => Ok(Code::Inline(String::new())),
    }
}

/// Returns the location that a map describes.
fn described(item: &Item<'_>, code: &Fields<'_>) -> Result<Code, Error> {
    if let Some(text) = code.text("ZipFile")? {
        return Ok(Code::Inline(text));
    }
    if let Some(path) = code.text("Path")? {
        return Ok(local(item, &path));
    }
    if let Some(image) = code.text("ImageUri")? {
        code.missing("ImageUri", IMAGE);
        return Ok(Code::Elsewhere(image));
    }
    let key = code.required("S3Key", "code.zip")?;
    let bucket = code.text("S3Bucket")?.unwrap_or_default();
    Ok(uploaded(item, &key).unwrap_or_else(|| {
        code.missing(
            "S3Key",
            "code in S3 is not downloaded, and no file here has this name, so invocations fail",
        );
        Code::Elsewhere(format!("s3://{bucket}/{key}"))
    }))
}

/// Returns the folder or archive of the asset that a resource has, unless the asset is the source of a container image.
fn asset_path(item: &Item<'_>) -> Option<String> {
    let metadata = item.resource.metadata.as_ref()?;
    let text = |name: &str| metadata.get(name).and_then(Node::as_text);
    let is_source = text("aws:asset:property") == Some("Code.ImageUri");
    text("aws:asset:path").filter(|_| !is_source).map(str::to_owned)
}

fn local(item: &Item<'_>, path: &str) -> Code {
    if path.starts_with("s3://") {
        item.fields.missing("Code", "code in S3 is not downloaded, so invocations of this function fail");
        return Code::Elsewhere(path.to_owned());
    }
    Code::Path(join(&item.scope.stack.folder, path))
}

/// Returns the local file or folder of an uploaded object: of the same key, or of the same name without its folders.
fn uploaded(item: &Item<'_>, key: &str) -> Option<Code> {
    let assets = &item.scope.stack.origin.assets;
    let name = key.rsplit('/').next().unwrap_or(key);
    assets.get(key).or_else(|| assets.get(name)).cloned().map(Code::Path)
}
