"""Expands template.yaml as AWS does, and prints plain CloudFormation as JSON.

`cargo xtask test` runs it in the environment that it creates for cfn-lint. The translator is the one that AWS runs; the
reader is that of cfn-lint, which knows the short forms (`!Ref`). No request is sent to AWS: managed policies, which are
looked up in the account, are not used.
"""

import json
import os
import sys

from cfnlint.decode import decode
from samtranslator.translator.transform import transform


class NoManagedPolicies:
    def load(self):
        return {}


def expand(path):
    template, problems = decode(path)
    if problems:
        raise SystemExit("\n".join(str(problem) for problem in problems))
    template = json.loads(json.dumps(template))
    # `sam deploy` replaces this after it has uploaded the code to a bucket.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
    return transform(template, {"Stage": "test", "SecretParameter": "/tickertape/test/secret"}, NoManagedPolicies())


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    json.dump(expand(sys.argv[1]), sys.stdout, indent=2)
