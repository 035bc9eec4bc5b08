"""Redirects connections to AWS to the emulator.

`TICKERTAPE_DESK_SUFFIXES` is a list, with commas, of host names. These hosts and all below them are AWS. Connections to them, of
any port, go to 127.0.0.1 at `TICKERTAPE_DESK_PORT`; the name for TLS stays what it was. No such name is asked of the DNS. Any other
host that is not this machine is reported once on standard error, in a line `TICKERTAPE_HOST name`.

Every client in Python finds addresses by `socket.getaddrinfo`, or passes a name to `connect`: http.client, urllib3, requests,
botocore and asyncio.
"""

import os
import socket

_DESK_PORT = int(os.environ.get("TICKERTAPE_DESK_PORT") or 0)
# The address that a program gets if it asks for the address of such a host. A connection to it is redirected as well.
_DESK_ADDRESS = "127.84.73.67"
_MOST_REPORTS = 1000

_reported = set()


def _normal(name):
    """Returns a host name in the form in which names are compared."""
    if isinstance(name, (bytes, bytearray)):
        name = bytes(name).decode("ascii", "replace")
    return str(name).strip().lower().strip(".")


_SUFFIXES = [_normal(suffix) for suffix in os.environ.get("TICKERTAPE_DESK_SUFFIXES", "").split(",") if suffix.strip()]


def _is_desk(host):
    name = _normal(host)
    return name == _DESK_ADDRESS or any(name == suffix or name.endswith("." + suffix) for suffix in _SUFFIXES)


def _is_this_machine(host):
    name = _normal(host)
    return (
        name in ("", "localhost", "::1", "::", "0.0.0.0")
        or name.endswith(".localhost")
        or name.startswith(("127.", "::ffff:127."))
    )


def _report(host):
    name = _normal(host)
    if _is_this_machine(name) or name in _reported or len(_reported) >= _MOST_REPORTS:
        return
    _reported.add(name)
    try:
        os.write(2, f"TICKERTAPE_HOST {name}\n".encode())
    except OSError:
        pass  # Standard error is closed, so nobody reads it.


def _redirect_lookups():
    getaddrinfo, gethostbyname = socket.getaddrinfo, socket.gethostbyname
    gethostbyname_ex = socket.gethostbyname_ex

    def redirected(host, port, family=0, type=0, proto=0, flags=0):
        if host is None:
            return getaddrinfo(host, port, family, type, proto, flags)
        if not _is_desk(host):
            _report(host)
            return getaddrinfo(host, port, family, type, proto, flags)
        if family not in (0, socket.AF_INET):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return getaddrinfo("127.0.0.1", _DESK_PORT, socket.AF_INET, type, proto, 0)

    def by_name(host):
        return _DESK_ADDRESS if _is_desk(host) else gethostbyname(host)

    def by_name_ex(host):
        return (host, [], [_DESK_ADDRESS]) if _is_desk(host) else gethostbyname_ex(host)

    socket.getaddrinfo = redirected
    socket.gethostbyname, socket.gethostbyname_ex = by_name, by_name_ex


def _redirect_connections():
    def wrapped(connect):
        def redirected(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
                if _is_desk(address[0]):
                    return connect(self, ("127.0.0.1", _DESK_PORT))
                if not _is_address(address[0]):
                    _report(address[0])
            return connect(self, address)

        return redirected

    # These are methods of the class in C, which `socket.socket` inherits.
    socket.socket.connect = wrapped(socket.socket.connect)
    socket.socket.connect_ex = wrapped(socket.socket.connect_ex)


def _is_address(host):
    """Returns true for a number. The name from which it came was reported when it was looked up."""
    return _normal(host).replace(".", "").isdigit() or ":" in _normal(host)


def install():
    """Installs the redirection, unless the environment does not ask for it."""
    if _DESK_PORT > 0:
        _redirect_lookups()
        _redirect_connections()
