"""The words that both ends of the pipe speak: requests, events, errors and their wire format.

Standard library only: Blender's Python and the backend's Python both import it.
"""
