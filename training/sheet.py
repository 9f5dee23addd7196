"""Contact sheets: of the training pictures, and of what a model makes of prompts.

    python -m training.sheet data out/data.png
    python -m training.sheet model out/mini.png
    python -m training.sheet novel out/novel.png         # of words that no caption has
    python -m training.sheet autoencoder out/autoencoder.png
    python -m training.sheet skies out/sky.png --model models/mini-sky --size 128 --guidance 3

Steps and guidance are the model's own unless others are given.
"""

import argparse
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from backend.diffusion.folders import read_model_folder
from training.data import FAMILIES, specimen

Picture = NDArray[np.float32]
SHOWCASE = ("red brick wall", "brown wood planks", "green marble", "gold brushed metal")
OTHERS = (
    "cobblestone street", "white ceramic tiles", "blue dragon scales", "grey knitted wool", "rusty iron",
    "green grass", "molten lava", "blue oil paint", "brown leather", "mossy stone wall", "weathered oak planks",
    "crimson velvet", "ancient jade", "roof tiles", "copper hammered metal", "cracked desert ground",
)

NOVEL = (
    "mahogany", "birch plywood", "ebony", "bamboo", "limestone", "travertine", "alabaster", "malachite", "lapis lazuli",
    "ruby", "emerald", "amber", "basalt", "scree", "brass", "titanium", "aluminium", "chainmail", "tweed", "corduroy",
    "burlap", "suede", "cashmere", "alligator", "serpent", "glacier", "hoarfrost", "seaweed", "parchment", "volcano",
)

PLACES = (
    "clear blue sky at noon over a meadow", "white cumulus clouds over rolling hills", "overcast sky over a field",
    "sunset over the sea", "golden hour, snowy mountains", "dusk over hills", "starry night over mountains",
    "city at night", "stormy clouds over the sea", "desert dunes under a clear sky", "snow landscape, winter",
    "forest clearing", "misty morning, sunrise", "softbox studio, black backdrop", "white gallery interior",
    "neon room, blue and magenta", "living room with large windows", "industrial hall",
)


def contact_sheet(images: list[Picture], captions: list[str], columns: int, tile_px: int) -> Image.Image:
    """Images (H, W, 3) of one size in 0–1 in rows of `columns`, each scaled to a width of `tile_px`, its caption over
    the lower edge."""
    rows = -(-len(images) // columns)
    tall_px = tile_px * images[0].shape[0] // images[0].shape[1]
    sheet = Image.new("RGB", (columns * (tile_px + 4), rows * (tall_px + 4)), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (image, caption) in enumerate(zip(images, captions, strict=True)):
        tile = Image.fromarray((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8))
        if tile.width != tile_px:
            tile = tile.resize((tile_px, tall_px), Image.Resampling.LANCZOS)
        x, y = (i % columns) * (tile_px + 4), (i // columns) * (tall_px + 4)
        sheet.paste(tile, (x, y))
        draw.rectangle((x, y + tall_px - 13, x + min(6 * len(caption) + 4, tile_px), y + tall_px), fill="black")
        draw.text((x + 2, y + tall_px - 12), caption[: tile_px // 6], fill="white")
    return sheet


def data_sheet(size_px: int) -> Image.Image:
    """Every family in its usual colour without any quality, then at random."""
    specimens = []
    for index, family in enumerate(FAMILIES):
        specimens.append(specimen(1000 * index, size_px, family.name, family.default, frozenset()))
        specimens.append(specimen(1000 * index + 1, size_px, family.name))
    return contact_sheet([s.image for s in specimens], [s.caption for s in specimens], 12, size_px)


def generate(
    model: Path, prompts: list[str], seeds: list[int], size_px: int, steps: int, guidance: float,
    *, panoramas: bool = False,
) -> list[Picture]:
    """One picture a prompt and seed, by diffusers' own pipeline from the exported folder, which reads them as in a job.

    Squares of `size_px`, or panoramas (H, 2H, 3) that are `size_px` tall and wrap in x.
    """
    import torch
    from diffusers import StableDiffusionPipeline

    import backend.diffusion.autoencoder  # noqa: F401 - diffusers loads a class only from a module already imported
    from backend.diffusion.tiling import wrapping
    from backend.diffusion.vocabulary import as_read
    from backend.diffusion.words import embed_words

    pipeline = StableDiffusionPipeline.from_pretrained(model, text_encoder=None, tokenizer=None)
    pipeline.set_progress_bar_config(disable=True)
    pipeline.unet.to(memory_format=torch.channels_last)
    pictures: list[Picture] = []
    for start in range(0, len(prompts), 4):
        span = slice(start, start + 4)
        words = embed_words([as_read(prompt, model)[0] for prompt in prompts[span]])
        with wrapping(pipeline.unet, pipeline.vae, vertically=False) if panoramas else nullcontext():
            painted = pipeline(
                prompt_embeds=words, negative_prompt_embeds=embed_words([""] * len(words)), height=size_px,
                width=size_px * (1 + panoramas), num_inference_steps=steps, guidance_scale=guidance, output_type="np",
                generator=[torch.Generator().manual_seed(seed) for seed in seeds[span]],
            )
        pictures.extend(painted.images)
    return pictures


def model_sheet(model: Path, size_px: int, steps: int, guidance: float, seeds: int, others: int) -> Image.Image:
    """The showcase prompts with `seeds` seeds each, then other prompts."""
    jobs = [(prompt, seed) for prompt in SHOWCASE for seed in range(seeds)] + [(p, 7) for p in OTHERS[:others]]
    prompts = [prompt for prompt, _ in jobs]
    pictures = generate(model, prompts, [seed for _, seed in jobs], size_px, steps, guidance)
    return contact_sheet(pictures, prompts, 4, size_px)


def novel_sheet(model: Path, size_px: int, steps: int, guidance: float) -> Image.Image:
    """A picture of each of NOVEL."""
    pictures = generate(model, list(NOVEL), list(range(len(NOVEL))), size_px, steps, guidance)
    return contact_sheet(pictures, list(NOVEL), 6, size_px)


def sky_sheet(model: Path, height_px: int, steps: int, guidance: float) -> Image.Image:
    """A panorama of each of PLACES."""
    pictures = generate(model, list(PLACES), list(range(len(PLACES))), height_px, steps, guidance, panoramas=True)
    return contact_sheet(pictures, list(PLACES), 3, 384)


def autoencoder_sheet(vae_folder: Path, first_seed: int) -> Image.Image:
    """Fresh pictures above, their round trips below."""
    import torch

    from backend.diffusion.autoencoder import MiniAutoencoder

    vae = MiniAutoencoder.from_pretrained(vae_folder)
    specimens = [specimen(first_seed + i, 256) for i in range(8)]
    with torch.no_grad():
        pictures = torch.from_numpy(np.stack([s.image for s in specimens])).permute(0, 3, 1, 2) * 2 - 1
        decoded = vae(pictures).sample.permute(0, 2, 3, 1).numpy() / 2 + 0.5
    return contact_sheet([s.image for s in specimens] + list(decoded), [s.caption for s in specimens] * 2, 8, 256)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("data", "model", "novel", "autoencoder", "skies"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, default=Path("models/mini"))
    parser.add_argument("--size", type=int, default=256, help="pixels; of a panorama its height")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--seeds", type=int, default=4, help="pictures of each showcase prompt")
    parser.add_argument("--others", type=int, default=12, help="pictures of other prompts")
    options = parser.parse_args()
    if options.what == "data":
        sheet = data_sheet(160)
    elif options.what == "autoencoder":
        sheet = autoencoder_sheet(options.model / "vae", 1_000_000)
    else:
        own = read_model_folder(options.model).sampling
        steps = own.steps if options.steps is None else options.steps
        guidance = own.guidance_scale if options.guidance is None else options.guidance
        if options.what == "skies":
            sheet = sky_sheet(options.model, options.size, steps, guidance)
        elif options.what == "novel":
            sheet = novel_sheet(options.model, options.size, steps, guidance)
        else:
            sheet = model_sheet(options.model, options.size, steps, guidance, options.seeds, options.others)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(options.out)


if __name__ == "__main__":
    main()
