"""Runs a Lambda handler in Python: `python3 bootstrap.py`, with Lambda's environment variables.

This client is always used, so that every machine behaves the same. With `TICKERTAPE_PYTHON_CLIENT=awslambdaric`, AWS's own
client runs instead, which has to be installed for this Python.
"""

import os
import sys


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    # Python has put the folder of this file before all others. The function's own modules come first, as on Lambda.
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != folder]
    task_root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    if os.environ.get("TICKERTAPE_PYTHON_CLIENT") == "awslambdaric":
        sys.path.insert(0, task_root)
        from awslambdaric.__main__ import main as run

        return run([task_root, os.environ.get("_HANDLER", "")])
    sys.path.insert(0, folder)
    from tickertape_lambda.loop import run

    sys.path[0] = task_root
    return run()


if __name__ == "__main__":
    main()
