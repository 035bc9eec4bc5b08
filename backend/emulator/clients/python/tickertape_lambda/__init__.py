"""A client of Lambda's Runtime API for Python 3.8 and later."""
