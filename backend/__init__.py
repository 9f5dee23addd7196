"""The subprocess: torch, diffusers and numba, behind a pipe. Never imported into Blender; no bpy here."""
