"""The steps. One that has been published is never changed again; what is missing is a new one.

They spell out every column by themselves, for `store.tables` moves on.
"""
