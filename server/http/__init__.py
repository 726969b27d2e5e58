"""Routes over HTTP: path to request, request to answer."""
