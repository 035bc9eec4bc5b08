"""Errors in the form in which Lambda's Python runtime reports them."""

import importlib.util
import os
import re
import traceback

_HERE = os.path.dirname(os.path.abspath(__file__))
_MISSING = re.compile(r"No module named '(boto3|botocore|s3transfer)\b")


class LambdaError(Exception):
    """An error of the runtime itself, such as `Runtime.HandlerNotFound`."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


def describe(error, request_id):
    """Returns the error object that is posted to the Runtime API."""
    if isinstance(error, LambdaError):
        kind, trace = error.kind, error.trace
    else:
        kind, trace = type(error).__name__, _trace(error)
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id or "", "stackTrace": trace}


def _trace(error):
    """Returns the stack trace without the lines of this client and of the import system above the function's code."""
    frames = traceback.extract_tb(error.__traceback__)
    while frames and (frames[0].filename.startswith(_HERE) or "importlib" in frames[0].filename):
        frames = frames[1:]
    return traceback.StackSummary.from_list(frames).format()


def sdk_hint(error):
    """Returns a sentence on what to install, if an error says that a package is missing. Lambda's runtime contains boto3."""
    found = _MISSING.search(str(error))
    if not found:
        return _package_hint(error)
    # A broken file of the function's own says the same, but then the package is there.
    if importlib.util.find_spec(found[1]) is not None:
        return None
    where = os.environ.get("TICKERTAPE_PYTHON_PACKAGES")
    target = f" --target {where}" if where else ""
    return f"{found[1]} is part of Lambda's runtime, but not of this machine's Python: pip install{target} boto3"


def _package_hint(error):
    """Returns a sentence on where to install another package."""
    found = re.search(r"^Unable to import module '([^']*)': No module named '([^']*)'", str(error))
    if not found or found[1] == found[2]:
        return None
    return (
        f"{found[2]} is neither in the function's code nor in its layers: run `sam build`, "
        f"or pip install --target {os.environ.get('LAMBDA_TASK_ROOT')} -r requirements.txt"
    )
