"""The HTTP side of Lambda's Runtime API, version 2018-06-01 ("Using the Lambda runtime API for custom runtimes")."""

import http.client
import json
import os

_PREFIX = "/2018-06-01/runtime/"


class RuntimeApi:
    """One connection to the Runtime API, which is kept open."""

    def __init__(self):
        self._connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def next(self):
        """Waits for the next event. Returns its headers and its body."""
        status, headers, body = self._request("GET", "invocation/next")
        if status != 200:
            raise ConnectionError(f"the Runtime API refused to give the next event: {status} {body.decode()}")
        return headers, body

    def respond(self, request_id, body, content_type):
        """Sends the result of an invocation."""
        self._request("POST", f"invocation/{request_id}/response", body, {"Content-Type": content_type})

    def fail(self, request_id, error):
        """Sends the error of an invocation."""
        self._post_error(f"invocation/{request_id}/error", error)

    def fail_init(self, error):
        """Reports that the initialisation failed."""
        self._post_error("init/error", error)

    def _post_error(self, path, error):
        kind = error["errorType"].encode("ascii", "replace").decode()
        headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
        self._request("POST", path, json.dumps(error).encode(), headers)

    def _request(self, method, path, body=None, headers=None):
        self._connection.request(method, _PREFIX + path, body, headers or {})
        answer = self._connection.getresponse()
        return answer.status, answer.headers, answer.read()
