"""Write a diffusers folder from trained weights.

    python -m training.export            # from the checkpoint of training.mini
"""

import argparse
import copy
import json
import os
import shutil
from pathlib import Path

import torch
from diffusers import DDIMScheduler, SchedulerMixin, UNet2DConditionModel

from backend.diffusion.autoencoder import MiniAutoencoder

SCHEDULER = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
    "clip_sample": False, "set_alpha_to_one": True, "steps_offset": 1,
}


def make_scheduler() -> DDIMScheduler:
    """v-prediction with zero terminal SNR and trailing timesteps (Lin et al., arXiv:2305.08891)."""
    return DDIMScheduler(**SCHEDULER)


def save_half(module: torch.nn.Module, folder: Path) -> None:
    """float16 on disk: half the size; the round trip changes pictures by less than one 8-bit step."""
    half = copy.deepcopy(module)
    for tensor in (*half.parameters(), *half.buffers()):
        tensor.data = tensor.data.half()
    half.save_pretrained(folder)
    for path in folder.glob("*.safetensors"):
        path.chmod(0o644)  # safetensors writes what nobody else may read
    config = json.loads((folder / "config.json").read_text())
    config.pop("_name_or_path", None)  # a folder of this machine
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def export(unet: UNet2DConditionModel, vae: MiniAutoencoder, folder: Path, scheduler: SchedulerMixin | None = None
           ) -> None:
    """Replace `folder` as a whole by a loadable pipeline; what else is there is kept. Readers never see half of it."""
    folder = folder.resolve()
    aside, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for path in (aside, old):
        shutil.rmtree(path, ignore_errors=True)
    aside.mkdir(parents=True)
    save_half(unet, aside / "unet")
    save_half(vae, aside / "vae")
    scheduler = scheduler or make_scheduler()
    scheduler.save_pretrained(aside / "scheduler")
    index = {
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1",
        "feature_extractor": [None, None], "image_encoder": [None, None], "requires_safety_checker": False,
        "safety_checker": [None, None], "scheduler": ["diffusers", type(scheduler).__name__],
        "text_encoder": [None, None], "tokenizer": [None, None], "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["backend.diffusion.autoencoder", "MiniAutoencoder"],
    }
    (aside / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")
    if folder.exists():
        for path in folder.iterdir():
            if not (aside / path.name).exists():
                (shutil.copytree if path.is_dir() else shutil.copy2)(path, aside / path.name)
        os.rename(folder, old)
    os.rename(aside, folder)
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".dev/training"))
    parser.add_argument("--out", type=Path, default=Path(".dev/training/mini"))
    options = parser.parse_args()
    from training.mini import make_unet  # imports this module in turn

    unet = make_unet()
    unet.load_state_dict(torch.load(options.work / "mini.pt", weights_only=True)["average"])
    export(unet, MiniAutoencoder.from_pretrained(options.work / "vae"), options.out)


if __name__ == "__main__":
    main()
