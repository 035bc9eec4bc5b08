"""Python imports this module at its start if its folder is in `PYTHONPATH`. It redirects connections to AWS to the emulator,
and then runs the module of the same name that Python would have found without it.
"""

import importlib.machinery
import importlib.util
import os
import sys

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _redirect():
    spec = importlib.util.spec_from_file_location(
        "tickertape_redirect", os.path.join(_FOLDER, "tickertape_redirect.py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.install()


def _run_the_users_own():
    others = [path for path in sys.path if os.path.abspath(path or ".") != _FOLDER]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_redirect()
_run_the_users_own()
