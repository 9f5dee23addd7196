"""The subprocess: torch, diffusers and numba, behind a pipe. Never imported into Blender; no bpy here."""

import os

# Torch's threads spin while they wait for each other. Beside another busy process (Blender draws, Cycles renders)
# the one that is waited for does not get its turn: a step of 0.02 s was seen to take 2 s. Read by libgomp when torch
# is imported, so that it has to be here.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Numba sets the number of OpenMP's threads for the whole process, so torch's too, when its first kernel runs in
# parallel: pictures before and after would differ in their last bits.
_threads = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
if _threads.isdigit() and int(_threads) > 0:
    os.environ.setdefault("NUMBA_NUM_THREADS", _threads)
