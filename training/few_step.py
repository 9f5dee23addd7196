"""`models/mini`: from a diffusion network, one that paints in four steps without guidance.

    python -m training.few_step --minutes 120      # resumes from its checkpoint by itself
    python -m training.few_step --base .dev/training/mini --minutes 120    # from what training.mini made
    python -m torch.distributed.run --nproc-per-node 2 -m -- training.few_step --minutes 120    # on two cores

How it learns is in `contest`.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import bank, together
from training.contest import STEPS, Contest, make_scheduler
from training.export import export
from training.loop import Average, Clock, curves
from training.mini import summarising
from training.sheet import model_sheet

WORK = Path(".dev/training")


def learn(
    work: Path, base: Path, out: Path, clock: Clock, *, judge: Path = Path("models/judge"), painter_rate: float = 3e-4,
    critic_rate: float = 6e-4, pictures: int = 26_000, save_every_s: float = 300.0,
    log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> UNet2DConditionModel:
    """Train on the pictures of `work` from the exported folder `base`; export to `out` at every checkpoint.

    Returns the averaged network. Resumes from `work`/few_step.pt if it is there; ValueError if that learnt from other
    pictures.
    """
    known = bank.load(work, base / "vae", pictures) if together.leads() else None
    together.leaders(0.0)  # the others wait until it is written
    known = known or bank.load(work, base / "vae", pictures)
    made_of = bank.key_of(work, base / "vae")
    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    painter = summarising(UNet2DConditionModel.from_pretrained(base / "unet", torch_dtype=torch.float32))
    painter.train().to(memory_format=torch.channels_last)
    contest = Contest(painter, vae, Judge.from_pretrained(judge, torch_dtype=torch.float32).eval(), known,
                      painter_rate=painter_rate, critic_rate=critic_rate)
    average = Average(painter, 0.998)
    checkpoint = work / "few_step.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        if state["bank"] != made_of:
            raise ValueError(f"{checkpoint} learnt from other pictures, or through another autoencoder, than those of "
                             f"{work} and {base}: must be the same (give the same --base, or move the file away)")
        contest.load(state["contest"])
        average.module.load_state_dict(state["average"])
        clock.spent_s, clock.steps = state["spent_s"], state["steps"]
        log(f"resumed at step {clock.steps}, {clock.spent_s / 60:.1f} min")
    together.spread(contest.parts)
    if not clock.steps:
        contest.read_first()
    smooth: dict[str, float] = {}
    saved_s = clock.spent_s
    events = curves(checkpoint, clock.steps)
    supply = contest.batches()
    clock.pause()
    while (progress := together.leaders(clock.progress)) < 1.0:
        told = contest.step(next(supply), progress, clock.steps)
        average.update(painter, clock.steps)
        clock.tick()
        smooth |= {key: 0.98 * smooth.get(key, value) + 0.02 * value for key, value in told.items()}
        if not together.leads():
            continue
        if clock.steps % 50 == 0:
            log(f"step {clock.steps} {clock.spent_s / 60:.1f} min " + " ".join(
                f"{key} {value:.3f}" for key, value in smooth.items()) + f" {clock.steps / clock.spent_s:.2f} steps/s")
            for key, value in smooth.items():
                events.add_scalar(key, value, clock.steps)
        if clock.spent_s - saved_s > save_every_s or clock.progress >= 1.0:
            aside = checkpoint.with_suffix(".part")
            torch.save({"contest": contest.state(), "average": average.module.state_dict(), "spent_s": clock.spent_s,
                        "steps": clock.steps, "bank": made_of}, aside)
            os.replace(aside, checkpoint)
            saved_s = clock.spent_s
            export(average.module, vae, out, make_scheduler())
            sheet = model_sheet(out, 256, STEPS, 1.0, 1, 12)
            events.add_image("sheet", np.asarray(sheet), clock.steps, dataformats="HWC")
            clock.pause()
    events.close()
    return average.module  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"), help="exported folder to go on from")
    parser.add_argument("--out", type=Path, default=WORK / "mini-fast")
    parser.add_argument("--pictures", type=int, default=26_000)
    options = parser.parse_args()
    together.join()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.out, clock, pictures=options.pictures)


if __name__ == "__main__":
    main()
