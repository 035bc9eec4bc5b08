//! The kinds of runtimes, and how a program of each is started.

/// A kind of runtimes that are started in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Node.js.
    Node,
    /// Python.
    Python,
    /// A program `bootstrap` in the code.
    Provided,
    /// Ruby.
    Ruby,
    /// Java.
    Java,
    /// .NET.
    DotNet,
    /// Anything else.
    Unknown,
}

impl Family {
    /// Returns the family of a runtime, such as `nodejs20.x`.
    pub fn of(runtime: &str) -> Self {
        let families = [
            ("nodejs", Self::Node),
            ("python", Self::Python),
            ("provided", Self::Provided),
            ("go1", Self::Provided),
            ("ruby", Self::Ruby),
            ("java", Self::Java),
            ("dotnet", Self::DotNet),
        ];
        let found = families.iter().find(|(prefix, _)| runtime.starts_with(prefix));
        found.map_or(Self::Unknown, |(_, family)| *family)
    }

    /// Returns true if Lambda has or had this runtime of Node.js or Python ("Lambda runtimes").
    pub fn is_known(runtime: &str) -> bool {
        const NODE: [&str; 15] = [
            "", "4.3", "4.3-edge", "6.10", "8.10", "10.x", "12.x", "14.x", "16.x", "18.x", "20.x", "22.x",
            "24.x", "26.x", "28.x",
        ];
        let is_python = |version: &str| match version.strip_prefix("3.").map(str::parse::<u8>) {
            Some(Ok(minor)) => (6..=16).contains(&minor),
            Some(Err(_)) | None => version == "2.7",
        };
        let of_node = runtime.strip_prefix("nodejs").map(|version| NODE.contains(&version));
        of_node.or_else(|| runtime.strip_prefix("python").map(is_python)).unwrap_or(false)
    }

    /// Returns true if programs of this family connect to this process instead of AWS, by a module that is loaded before the handler.
    pub fn is_redirected(self) -> bool {
        match self {
            Self::Node | Self::Python => true,
            Self::Provided | Self::Ruby | Self::Java | Self::DotNet | Self::Unknown => false,
        }
    }

    /// Returns a sentence about what a function of this family needs that has no `bootstrap`.
    pub fn needs(self) -> &'static str {
        match self {
            Self::Node => "it needs Node.js: install it from https://nodejs.org",
            Self::Python => "it needs Python 3: install it from https://www.python.org",
            Self::Provided => {
                "its code has no program named bootstrap: build it first, such as with `sam build` or `cargo lambda build`"
            }
            Self::Ruby => {
                "Ruby needs a program named bootstrap in the code, or AWS's client for its runtime: run `gem install aws_lambda_ric`"
            }
            Self::Java => {
                "Java needs a program named bootstrap in the code, which starts the built classes with AWS's runtime interface client"
            }
            Self::DotNet => {
                "this .NET function is no program of its own: publish it as one that uses Amazon.Lambda.RuntimeSupport, with a program named bootstrap"
            }
            Self::Unknown => "this runtime is not known: add a program named bootstrap to the code",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_that_lambda_never_had_are_not_known() {
        for known in ["nodejs20.x", "nodejs", "nodejs8.10", "python3.13", "python2.7"] {
            assert!(Family::is_known(known), "{known}");
        }
        for unknown in ["nodejs99.x", "nodejs21.x", "nodejs20", "python3", "python4.0", "python3.99"] {
            assert!(!Family::is_known(unknown), "{unknown}");
        }
    }
}
