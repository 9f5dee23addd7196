"""A planned exhibition as objects: rooms, works, labels, lamps and a tour, which an artist may change and build anew.

Whatever stands somewhere is a `parts.Part`, made of plain numbers; only `parts` and what it calls touches the scene.
"""
