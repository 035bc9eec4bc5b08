"""The log of a function: the handler of the root logger, and the records of failed invocations ("Working with Lambda function
logs in Python"). Line breaks within a record become carriage returns, so that a record stays one line, as on Lambda.
"""

import json
import logging
import os
import sys
import time
import traceback

_IS_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
_LEVELS = {"TRACE": logging.NOTSET, "FATAL": logging.CRITICAL}
# Attributes of every record. All others come from `extra`.
_USUAL = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}

_request_id = ""


def set_request_id(request_id):
    """Sets the request id of the records that follow."""
    global _request_id
    _request_id = request_id


class _Stdout(logging.Handler):
    """Writes to the standard output of the moment, which the function may have replaced."""

    def emit(self, record):
        record.aws_request_id = _request_id
        try:
            _write(self.format(record))
        except Exception:  # A record that cannot be formatted is reported as the module `logging` does it.
            self.handleError(record)


class _Text(logging.Formatter):
    converter = time.gmtime

    def __init__(self):
        super().__init__("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")


class _Json(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        fields = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": record.aws_request_id,
        }
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            fields.update(
                stackTrace=traceback.format_tb(trace),
                errorType=kind.__name__,
                errorMessage=str(error),
                location=f"{record.pathname}:{record.funcName}:{record.lineno}",
            )
        fields.update({key: value for key, value in vars(record).items() if key not in _USUAL})
        return json.dumps(fields, ensure_ascii=False, default=str)


def install():
    """Adds the handler to the root logger."""
    sys.stdout.reconfigure(line_buffering=True)
    handler = _Stdout()
    handler.setFormatter(_Json() if _IS_JSON else _Text())
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    if _IS_JSON and level:
        root.setLevel(_LEVELS.get(level, level))


def write_error(error):
    """Writes the record of a failed invocation."""
    if _IS_JSON:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        _write(json.dumps({"timestamp": moment, "log_level": "ERROR", **error}, ensure_ascii=False))
        return
    lines = [f"[ERROR] {error['errorType']}: {error['errorMessage']}"]
    if error["stackTrace"]:
        lines += ["Traceback (most recent call last):", *error["stackTrace"]]
    _write("\n".join(line.rstrip("\n") for line in lines))


def write_hint(hint):
    """Writes advice on an error."""
    _write(f"[ERROR] {hint}")


def _write(text):
    sys.stdout.write(text.replace("\n", "\r") + "\n")
    sys.stdout.flush()
