"""`models/mini`: one network that paints some materials nearly as one network does, and all else nearly as another.

    python -m training.merge --minutes 40      # after training.forms; resumes from its checkpoint by itself
    python -m torch.distributed.run --nproc-per-node 2 -m -- training.merge --minutes 40    # on two cores

What learns new forms loses something of the rest, however well it is held. So both networks are teachers of a third
(policy distillation, Rusu et al., arXiv:1511.06295): each paints captions of its own in all its steps, and at each of
them the pupil is to say what that teacher says. No drawn picture is seen and nothing judged here, so little pulls it
elsewhere. It begins as the mean of their weights (Wortsman et al., arXiv:2109.01903).
"""

import argparse
import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor
from torch.nn import functional as F

from backend.diffusion.autoencoder import MiniAutoencoder
from backend.diffusion.words import embed_words
from training import together, vocabulary
from training.bank import WINDOW, is_painting
from training.contest import STEPS, make_scheduler, times_of
from training.data import cache
from training.data.mixture import LABELS, label_of
from training.export import export
from training.forms import NEW
from training.lattice import REDUCTION
from training.loop import Clock, train
from training.mini import summarising

WORK = Path(".dev/training")
NEW_SHARE = 0.25  # of the pupil's steps: materials that the second teacher learnt
WHOLE_SHARE = 0.4  # of those, and of the others: whole pictures in place of cuts; half of the others' are paintings
CUTS, WHOLES = 4, 1  # pictures at once, each in all its steps; wholes are four times as large
CAPTIONS = 8000  # of which it learns what else there is
SIDE = cache.SIZE_PX // REDUCTION  # latents of a whole picture


class Said(NamedTuple):
    """What a teacher said on its way, all pictures of its first step, then of its second, …: noisy latents
    (n, c, h, w), times (n,), words (n, 16, 384), v (n, c, h, w)."""

    noisy: Tensor
    times: Tensor
    words: Tensor
    v: Tensor


class Teacher:
    """A network that paints in a few steps, without guidance."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        self.unet = unet.eval().requires_grad_(False)
        self.times = torch.tensor(times_of(STEPS))
        kept = make_scheduler().alphas_cumprod
        self.alpha, self.sigma = kept.sqrt(), (1 - kept).sqrt()

    @torch.no_grad()
    def say(self, words: Tensor, side: int, generator: torch.Generator) -> Said:
        """All the steps of painting squares of `side` latents of words (n, 16, 384), one after the other in a batch."""
        def noise() -> Tensor:
            made = torch.randn(len(words), self.unet.config.in_channels, side, side, generator=generator)
            return made.contiguous(memory_format=torch.channels_last)

        noisy, all_noisy, all_v = noise(), [], []
        for number, now in enumerate(self.times):
            v = self.unet(noisy, now.expand(len(words)), words, return_dict=False)[0]
            all_noisy.append(noisy)
            all_v.append(v)
            if number + 1 < STEPS:
                then = self.times[number + 1]
                clean = self.alpha[now] * noisy - self.sigma[now] * v
                noisy = self.alpha[then] * clean + self.sigma[then] * noise()
        return Said(torch.cat(all_noisy), self.times.repeat_interleave(len(words)), words.repeat(STEPS, 1, 1),
                    torch.cat(all_v))


def lessons(
    *, former: Teacher, learnt: Teacher, others: Tensor, paintings: np.ndarray, new: Tensor,
    generator: torch.Generator,
) -> Iterator[Said]:
    """Endless lessons: of words `new` (n, 16, 384) by `learnt`, of `others` (m, 16, 384) by `former`. `paintings` (m,)
    says which of the others are of paintings, which are always whole; there must be both."""
    rng = np.random.default_rng(generator.initial_seed())
    cut, composed = np.flatnonzero(~paintings), np.flatnonzero(paintings)
    while True:
        by_learnt, whole = rng.random() < NEW_SHARE, rng.random() < WHOLE_SHARE
        count, side = (WHOLES, SIDE) if whole else (CUTS, WINDOW)
        if by_learnt:
            words = new[torch.from_numpy(rng.integers(0, len(new), count))]
        else:
            some = composed if whole and rng.random() < 0.5 else cut
            words = others[torch.from_numpy(rng.choice(some, count))]
        yield (learnt if by_learnt else former).say(words.float(), side, generator)


def learn(
    work: Path, base: Path, learnt: Path, out: Path, clock: Clock, *, materials: Sequence[str] = NEW,
    rate: float = 1.5e-4, save_every_s: float = 300.0,
    log: Callable[[str], None] = lambda line: print(line, flush=True),
) -> UNet2DConditionModel:
    """Merge the networks of the exported folders `base` and, for `materials`, `learnt`; export to `out` at every
    checkpoint.

    Returns the averaged pupil. Resumes if `work` has a checkpoint of the same networks, captions and materials.

    Raises:
        ValueError: one of the materials is in none of the captions of `work`, or nothing else is.
    """
    def network(folder: Path) -> UNet2DConditionModel:
        unet = summarising(UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32))
        return unet.to(memory_format=torch.channels_last)

    captions = cache.load(work / "data")[1]
    subjects = [label_of(seed) for seed in range(len(captions))]
    if missing := sorted({*materials} - {*subjects}):
        raise ValueError(f"no caption of {work / 'data'} is of {', '.join(missing)}: at least one must be "
                         "(draw more pictures, or name materials of training/data/families.py)")
    labels, is_new = np.array([LABELS.index(subject) for subject in subjects]), np.isin(subjects, materials)
    told = np.random.default_rng(1).permutation(np.flatnonzero(~is_new))[:CAPTIONS]
    paintings = is_painting(labels[told])
    if paintings.all() or not paintings.any():
        raise ValueError(f"the captions of {work / 'data'} are of too little else: some must be of paintings, some of "
                         "other materials (draw more pictures)")
    others, new = (embed_words([captions[seed] for seed in seeds]).half() for seeds in (told, np.flatnonzero(is_new)))
    former, pupil = network(base), network(learnt).train()
    second = network(learnt)
    with torch.no_grad():
        for weight, before in zip(pupil.parameters(), former.parameters(), strict=True):
            weight.lerp_(before, 0.5)
    generator = torch.Generator().manual_seed(torch.seed() % 2**31)  # a resumed run must not repeat its noise

    def unlike(said: Said) -> Tensor:
        return F.mse_loss(pupil(said.noisy, said.times, said.words, return_dict=False)[0], said.v)

    vae = MiniAutoencoder.from_pretrained(base / "vae", torch_dtype=torch.float32)
    made_of = hashlib.sha256("\n".join([*materials, *captions]).encode())
    for folder in (base, learnt):
        made_of.update((folder / "unet" / "diffusion_pytorch_model.safetensors").read_bytes())

    def on_save(averaged: Any, _: Clock) -> None:
        export(averaged, vae, out, make_scheduler())
        vocabulary.write(captions, out)

    return train(  # type: ignore[return-value]
        pupil, lessons(former=Teacher(former), learnt=Teacher(second), others=others, paintings=paintings, new=new,
                       generator=generator), unlike,
        clock, peak_rate=rate, checkpoint=work / f"merge-{made_of.hexdigest()[:12]}.pt", average_decay=0.995,
        weight_decay=0.0, warmup_steps=50, save_every_s=save_every_s, on_save=on_save, log=log)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--materials", nargs="+", default=NEW, help="those that the second teacher learnt")
    parser.add_argument("--work", type=Path, default=WORK, help="pictures and checkpoint")
    parser.add_argument("--base", type=Path, default=Path("models/mini"), help="exported folder: teacher of all else")
    parser.add_argument("--learnt", type=Path, default=WORK / "mini-forms", help="exported folder: the second teacher")
    parser.add_argument("--out", type=Path, default=WORK / "mini-merged")
    options = parser.parse_args()
    together.join()
    clock = Clock(options.minutes and options.minutes * 60, options.steps)
    learn(options.work, options.base, options.learnt, options.out, clock, materials=options.materials)
    together.leave()


if __name__ == "__main__":
    main()
