"""A runtime of the standard library alone. Its function fails with a message of a given length, or does not answer."""
import json
import os
import time
import urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as answer:
        request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    if os.environ["_HANDLER"] == "family":
        time.sleep(600)
    message = "x" * event["length"]
    # Lambda's own runtimes report the cause of an error in this header.
    cause = json.dumps({"exceptions": [{"type": "ValueError", "message": message}], "paths": []})
    error = json.dumps({"errorType": "ValueError", "errorMessage": message[:100_000]}).encode()
    headers = {"Lambda-Runtime-Function-Error-Type": "ValueError", "Lambda-Runtime-Function-XRay-Error-Cause": cause}
    report = urllib.request.Request(f"{api}/{request}/error", error, headers, method="POST")
    with urllib.request.urlopen(report) as reported:
        print("reported with", reported.status, "by process", os.getpid(), flush=True)
