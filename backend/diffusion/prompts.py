"""What the network reads instead of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch

from ..job import Job
from .families import Family
from .loading import LoadedModel
from .vocabulary import as_read

__all__ = ["PromptEmbeddings", "embed_prompt", "embed_views", "remark_unread", "unread_part", "word_places"]

_UNREAD_SHOWN = 60  # letters


@dataclass(frozen=True)
class PromptEmbeddings:
    """One prompt as keyword arguments of a pipeline, each (1, …); None where the pipeline takes none."""

    tensors: dict[str, torch.Tensor | None]


def embed_views(loaded: LoadedModel, prompts: Sequence[str], negative_prompt: str, *, guided: bool
                ) -> dict[str, torch.Tensor | None]:
    """The keyword arguments of a pipeline for a batch with a prompt for each picture; each prompt is embedded once."""
    known = {prompt: embed_prompt(loaded, prompt, negative_prompt, guided=guided).tensors
             for prompt in dict.fromkeys(prompts)}
    parts = [known[prompt] for prompt in prompts]
    return {name: None if first is None else torch.cat([part[name] for part in parts])
            for name, first in parts[0].items()}


@torch.no_grad()
def embed_prompt(loaded: LoadedModel, prompt: str, negative_prompt: str, *, guided: bool) -> PromptEmbeddings:
    """Embed a prompt and what to keep out.

    Args:
        guided: whether the pipeline will run the network a second time, on the negative prompt.
    """
    if loaded.family is Family.MINI:
        from .words import embed_words

        words = embed_words([_as_read(loaded, prompt), negative_prompt]).to(loaded.device, loaded.network.dtype)
        return PromptEmbeddings({"prompt_embeds": words[:1], "negative_prompt_embeds": words[1:] if guided else None})
    if loaded.family is Family.FLUX:  # has no negative prompt: its guidance is distilled
        words, pooled, _ = loaded.pipe.encode_prompt(prompt=prompt, device=loaded.pipe._execution_device,
                                                     max_sequence_length=_flux_tokens(loaded))
        return PromptEmbeddings({"prompt_embeds": words, "pooled_prompt_embeds": pooled})
    names: tuple[str, ...] = ("prompt_embeds", "negative_prompt_embeds")
    if loaded.family is Family.SDXL:
        names += ("pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    # An empty negative prompt is left out: SDXL then embeds it as zeros, as it was trained.
    tensors = loaded.pipe.encode_prompt(prompt=prompt, device=loaded.pipe._execution_device, num_images_per_prompt=1,
                                        do_classifier_free_guidance=guided, negative_prompt=negative_prompt or None)
    return PromptEmbeddings(dict(zip(names, tensors, strict=True)))


def unread_part(loaded: LoadedModel, prompt: str) -> str:
    """The end of a prompt that the model cannot read, because it takes only so many words; "" if it reads all."""
    if loaded.family is Family.MINI:
        from .words import unread_words

        return unread_words(_as_read(loaded, prompt))
    # FLUX reads the beginning with CLIP too, but for a summary alone.
    tokenizer = loaded.pipe.tokenizer_2 if loaded.family is Family.FLUX else loaded.pipe.tokenizer
    tokens = tokenizer(prompt, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ends = [end for _, end in tokens.offset_mapping]
    # The start and the end have tokens of their own; T5 knows an end only.
    room = _flux_tokens(loaded) - 1 if loaded.family is Family.FLUX else tokenizer.model_max_length - 2
    return prompt[ends[room - 1]:].strip() if len(ends) > room else ""


def remark_unread(loaded: LoadedModel, prompts: Iterable[str], job: Job) -> None:
    """Tell the artist what of the prompts the model does not read, or cannot understand."""
    for prompt in dict.fromkeys(prompts):
        if unread := unread_part(loaded, prompt):
            job.remark("The prompt is too long for {model}, which does not read its end: {unread}",
                       model=loaded.name, unread=_beginning(unread))
        if loaded.family is Family.MINI and (foreign := " ".join(filter(_is_foreign, prompt.split()))):
            job.remark("{model} understands English alone, and nothing of “{words}”. Write the prompt in English.",
                       model=loaded.name, words=_beginning(foreign))
        if loaded.family is Family.MINI:
            for unknown, known in as_read(prompt, loaded.folder.path)[1]:
                job.remark("{model} has never seen “{unknown}”, and reads “{known}”, the nearest that it can paint.",
                           model=loaded.name, unknown=_beginning(unknown), known=known)


def _as_read(loaded: LoadedModel, prompt: str) -> str:
    """What the embedded model reads."""
    return as_read(prompt, loaded.folder.path)[0]


def _is_foreign(word: str) -> bool:
    """Whether any letter of it is not Latin; units as µ are not meant."""
    return any(letter.isalpha() and letter > "\u024f" and not unicodedata.name(letter, "").startswith("LATIN")
               for letter in word)


def _beginning(text: str) -> str:
    """Cut at a letter, because Chinese has no spaces to cut at."""
    return text if len(text) <= _UNREAD_SHOWN else f"{text[:_UNREAD_SHOWN].rstrip()} …"


def word_places(loaded: LoadedModel, prompt: str) -> list[tuple[str, list[int]]]:
    """The words of a prompt as a UNet reads them, and the places of each one's tokens among those it attends to."""
    if loaded.family is Family.MINI:
        from .words import piece_spans

        prompt = _as_read(loaded, prompt).strip()
        spans = piece_spans(prompt)
    else:
        tokenizer = loaded.pipe.tokenizer
        offsets = tokenizer(prompt, add_special_tokens=False, return_offsets_mapping=True, verbose=False).offset_mapping
        spans = [(0, 0), *offsets][:tokenizer.model_max_length - 1]  # the start has a token of its own, and the end
    found = [(word[0], [place for place, (start, end) in enumerate(spans) if start < word.end() and end > word.start()])
             for word in re.finditer(r"\w+", prompt)]
    return [(word, places) for word, places in found if places]


def _flux_tokens(loaded: LoadedModel) -> int:
    """How many the transformer was trained with: the one without guidance (schnell) with half as many."""
    return 512 if loaded.network.config.guidance_embeds else 256
