"""Finds and loads the handler that `_HANDLER` names, such as `app.handler` or `src/app.handler`."""

import importlib

from .errors import LambdaError, describe


def load(name):
    """Loads the handler. Raises `LambdaError` with Lambda's types and texts if that is impossible."""
    try:
        module_name, function_name = name.rsplit(".", 1)
    except ValueError as error:
        raise LambdaError("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from error
    module_name = module_name.replace("/", ".")
    module = _import(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        problem = f"Handler '{function_name}' missing on module '{module_name}'"
        raise LambdaError("Runtime.HandlerNotFound", problem) from error


def _import(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        problem = f"Unable to import module '{name}': {error}"
        raise LambdaError("Runtime.ImportModuleError", problem, describe(error, None)["stackTrace"]) from error
    except SyntaxError as error:
        problem = f"Syntax error in module '{name}': {error}"
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise LambdaError("Runtime.UserCodeSyntaxError", problem, trace) from error
