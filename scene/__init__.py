"""The only code that reads or changes Blender's data: meshes out; images, materials and UV layers in.

Reading leaves the scene as it was. Applying changes everything that it has to, or nothing.
"""
