"""An exhibition that one Blender builds and saves, for another to open.

    python tests/addon/gallery_of_versions.py PLAN.json EXHIBITION.blend
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    import bpy

    sys.path.insert(0, str(ROOT))
    from tests.addon.blend_of_versions import _package, _part

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True, load_ui=False)
    plan, blend = (Path(path) for path in sys.argv[1:])
    package = _package()
    build, plans = (_part(package, f"{name}") for name in ("scene.gallery.build", "protocol.exhibition_plan"))
    build.build_exhibition(bpy.context.scene, plans.plan_from_json(plan.read_text(encoding="utf-8")), plan.parent)
    bpy.ops.wm.save_as_mainfile(filepath=str(blend))
