"""Whether an error means that memory ran out, on any device. Imports nothing: a process that has none left asks."""

from __future__ import annotations

__all__ = ["is_out_of_memory"]

# torch raises a RuntimeError with one of these where it has no class of its own for it: the allocators of the CPU and
# of Apple, cuBLAS and cuDNN; onnxruntime a RuntimeException, which is none of Python's, with one of the last two.
_PHRASES = ("out of memory", "defaultcpuallocator", "can't allocate memory", "not enough memory", "alloc_failed",
            "failed to allocate memory", "bad_alloc")


def is_out_of_memory(error: BaseException) -> bool:
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, MemoryError) or "OutOfMemoryError" in names:
        return True
    return bool(names & {"RuntimeError", "RuntimeException"}) and any(phrase in str(error).lower()
                                                                      for phrase in _PHRASES)
