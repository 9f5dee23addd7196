"""How a picture was made: as a PNG of ours carries it, a sidecar tells it, and an exhibition shows it."""

from __future__ import annotations

from typing import Any

from .picture import PictureRequest
from .style import StyleMethod, StyleRequest

__all__ = ["FACTS", "MADE_KEY", "MADE_SUFFIX", "PICTURE_CARD", "STRIPS_KEY", "facts_of_card", "facts_of_picture",
           "facts_of_style", "model_name"]

# In the order in which they are shown; plain text each.
FACTS = ("prompt", "negative_prompt", "style", "strength", "model", "licence", "steps", "guidance_scale", "seed")
MADE_KEY = "Vernissage"  # of the PNG text that holds them, as a JSON object in ASCII
# Of the PNG text with a JSON list of small pictures of the making: kind, captions (see `picture.Strip`), jpeg (base64).
STRIPS_KEY = "VernissageStrips"
# Of the folder beside a picture (NAME.made beside NAME.png) with what shows how it was made, and is no work itself.
MADE_SUFFIX = ".made"
PICTURE_CARD = "picture.json"  # in that folder: what a picture was made of, and its strips


def facts_of_picture(request: PictureRequest, licence: str, steps: int, guidance_scale: float) -> dict[str, str]:
    """Of a picture that a picture job paints, in so many steps as it used."""
    facts = {"prompt": request.prompt, "negative_prompt": request.negative_prompt, "model": model_name(request.model),
             "licence": licence, "steps": str(steps), "guidance_scale": f"{guidance_scale:g}",
             "seed": str(request.seed)}
    return {name: fact for name, fact in facts.items() if fact}


def facts_of_card(card: Any) -> dict[str, str | int | float]:
    """Of the body of a card that a material or a world of ours has beside it; nothing of any other."""
    if not isinstance(card, dict) or "vernissage" not in card:
        return {}
    told: dict[str, Any] = {}
    for part in (card.get("request"), card.get("result")):
        told |= part if isinstance(part, dict) else {}
    told["model"] = model_name(str(told.get("model") or ""))
    return {name: told[name] for name in FACTS if isinstance(told.get(name), str | int | float) and told[name] != ""}


def facts_of_style(request: StyleRequest) -> dict[str, str]:
    """Of a picture that a style job makes."""
    names = dict.fromkeys(_last_part(style.trained).removesuffix(".safetensors") or style.name or style.picture
                          or f"{style.fixed}" for style in request.all_styles)
    facts = {"style": ", ".join(names)}
    if request.method is StyleMethod.INSTANT:
        return facts
    facts["steps"] = str(request.step_count)
    if request.method is StyleMethod.DIFFUSION:
        facts |= {"prompt": request.prompt, "model": model_name(request.model)}
    else:
        facts["seed"] = str(request.seed)
    return {name: fact for name, fact in facts.items() if fact}


def model_name(model: str) -> str:
    """Without the folders it lies in: those are nobody else's business."""
    return _last_part(model)


def _last_part(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
