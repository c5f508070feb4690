//! What Dify reads from the rewritten request is what it would read from the original, but for `user` and `__oidc_*`.
