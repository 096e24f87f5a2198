"""The only place that knows every room: settings, addresses, middleware, the server's start."""
