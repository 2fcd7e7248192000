"""The engines over HTTP, stateless: one module per group of engines, one mechanism that runs them beside the server.

To add a route: a module with request models, a pure call per engine and an answer model, ended by a ``Route``; one line in ``engines``.
Modules of engines import no web framework: the processes that compute load them, and nothing else.
"""
