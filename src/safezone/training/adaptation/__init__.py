"""Adapting an encoder to the task and writing it as a runtime file: what needs PyTorch."""
