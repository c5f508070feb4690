"""HTTP over sockets: where a request may go, how it is sent, and how its response is read."""
