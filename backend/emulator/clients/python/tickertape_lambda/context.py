"""The context object of an invocation ("Using the Lambda context object to retrieve Python function information")."""

import json
import os
import sys
import time


class _Fields:
    """An object with the given attributes."""

    def __init__(self, **fields):
        vars(self).update(fields)


class Context:
    """The context object that a handler gets."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.client_context = _client_context(headers["Lambda-Runtime-Client-Context"])
        self.identity = _identity(headers["Lambda-Runtime-Cognito-Identity"])
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        """Returns the time until the invocation times out, in milliseconds, and never less than 0."""
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        """Writes a text to the log as it is."""
        sys.stdout.write(str(message))


def _client_context(text):
    if not text:
        return None
    given = json.loads(text)
    client = given.get("client")
    names = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")
    client = _Fields(**{name: client.get(name) for name in names}) if isinstance(client, dict) else None
    return _Fields(custom=given.get("custom"), env=given.get("env"), client=client)


def _identity(text):
    given = json.loads(text) if text else {}
    return _Fields(
        cognito_identity_id=given.get("cognitoIdentityId"), cognito_identity_pool_id=given.get("cognitoIdentityPoolId")
    )
