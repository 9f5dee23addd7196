"""Inside the `bpy` wheel: how even the light on the works of many plans is.

    exhibition_light.py PLANS.json ROOMS

Of each plan as many rooms are lit, from its first to its last; each work is measured at 25 × 25 places.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from pathlib import Path

import_module("bpy")
import_module("addon_utils").enable("bl_ext.user_default.vernissage")
OURS = "bl_ext.user_default.vernissage"
spots, looks, lighting = (import_module(f"{OURS}.scene.gallery.{name}") for name in ("spots", "looks", "lighting"))
plans = import_module(f"{OURS}.protocol.exhibition_plan")

deviations, angles, shares = [], [], []
begun = time.process_time()
for text in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    plan = plans.plan_from_json(text)
    look, most = looks.LOOKS[plan.architecture], int(sys.argv[2])
    for room in plan.rooms[::max(len(plan.rooms) // most, 1)][:most]:
        lit = spots.light_room(plan, room, look)
        told = {each.work: each for each in lit.works}
        for work in plan.works:
            if work.room == room.id and isinstance(work.place, plans.Hung):
                lux = spots.lux_on(plan, room, look, lit, work, 25)
                deviations.append((lighting.deviation(lux), plan.seed, work.id))
                angles.append(told[work.id].angle_deg)
                shares.append(float(lux.mean()) / look.lux)
worst, seed, work = max(deviations)
print(json.dumps({
    "uniformity": 1 - worst, "worst_seed": seed, "worst_work": work, "works": len(deviations),
    "uneven": sum(each > spots.EVEN for each, *_ in deviations), "angle_deg": max(angles), "lux_least": min(shares),
    "lux_most": max(shares), "cpu_s": time.process_time() - begun}))
