"""`models/mini`: from a diffusion network, one that paints in four steps without guidance.

    python -m training.few_step --minutes 120      # resumes from its checkpoint by itself
    python -m training.few_step --base .dev/training/mini --minutes 120    # from what training.mini made
    python -m torch.distributed.run --nproc-per-node 2 -m -- training.few_step --minutes 120    # on two cores

How it learns is in `contest`.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from tensorboardX import SummaryWriter

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.material.judge import Judge
from training import bank, together, vocabulary
from training.contest import STEPS, Contest, make_scheduler
from training.data import cache
from training.export import export
from training.loop import Clock, compete
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

    def on_save(averaged: UNet2DConditionModel, events: SummaryWriter) -> None:
        export(averaged, vae, out, make_scheduler())
        vocabulary.write(cache.load(work / "data")[1], out)
        events.add_image("sheet", np.asarray(model_sheet(out, 256, STEPS, 1.0, 1, 12)), clock.steps, dataformats="HWC")

    return compete(  # type: ignore[return-value]
        contest, contest.batches(), clock, checkpoint=work / "few_step.pt", made_of=made_of, average_decay=0.998,
        save_every_s=save_every_s, begin=contest.read_first, on_save=on_save, log=log)  # type: ignore[arg-type]


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
    together.leave()


if __name__ == "__main__":
    main()
