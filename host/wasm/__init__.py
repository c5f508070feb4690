"""The WebAssembly module: its instances, the calls into them, and what they ask for."""
