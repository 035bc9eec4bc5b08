"""Asks the Runtime API for events, one after the other, and posts the results."""

import decimal
import json
import os
import sys

from . import log
from .context import Context
from .errors import LambdaError, describe, sdk_hint
from .handler import load
from .runtime_api import RuntimeApi


def run():
    """Runs the handler until the process is ended from outside."""
    log.install()
    api = RuntimeApi()
    try:
        handler = load(os.environ.get("_HANDLER", ""))
    except Exception as error:  # Code that is imported can raise anything.
        api.fail_init(_reported(error, None))
        return sys.exit(1)
    try:
        while True:
            _handle(api, handler, *api.next())
    except (ConnectionError, OSError) as error:
        # The Runtime API is gone, so the emulator has ended.
        return sys.exit(f"[ERROR] {error}")


def _handle(api, handler, headers, body):
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    log.set_request_id(request_id)
    os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"] or ""
    try:
        answer, content_type = _encoded(handler(_event(body), Context(headers)))
    except Exception as error:  # A handler can raise anything. `SystemExit` ends the process, as on Lambda.
        api.fail(request_id, _reported(error, request_id))
    else:
        api.respond(request_id, answer, content_type)


def _event(body):
    try:
        return json.loads(body)
    except ValueError as error:
        raise LambdaError("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def _encoded(result):
    if isinstance(result, (bytes, bytearray)):
        return bytes(result), "application/octet-stream"
    try:
        return json.dumps(result, default=_plain).encode(), "application/json"
    except Exception as error:  # A value can have any method that is called.
        raise LambdaError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _plain(value):
    """Converts numbers of DynamoDB."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _reported(error, request_id):
    report = describe(error, request_id)
    log.write_error(report)
    hint = sdk_hint(error)
    if hint:
        log.write_hint(hint)
    return report
