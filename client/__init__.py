"""Start, supervise and stop the backend; find, create and check its environment. No bpy here."""
