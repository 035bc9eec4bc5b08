"""Expands template.yaml as AWS will, and prints plain CloudFormation as JSON.

`cargo xtask test` runs it, in the environment that it makes for cfn-lint. The translator is the one that AWS runs on its side; the
reader is cfn-lint's, which knows the short forms (`!Ref`). Nothing here talks to AWS: managed policies, which are
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
    # As `sam deploy` would have replaced it, which has the code in a bucket by then.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
    return transform(template, {"Stage": "test", "SecretParameter": "/tickertape/test/secret"}, NoManagedPolicies())


if __name__ == "__main__":
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    json.dump(expand(sys.argv[1]), sys.stdout, indent=2)
