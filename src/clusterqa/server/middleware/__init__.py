"""The layers around every route, outermost first: metrics, errors, hosts, auth, concurrency."""
