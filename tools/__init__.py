"""What `dev.py` is made of. Standard library only, but for the scripts that run inside Blender."""
