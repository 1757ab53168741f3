"""Implementations of the `Encoder` port, one a module. `bootstrap` chooses among them."""
