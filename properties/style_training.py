"""What the Train Style panel asks for."""

from __future__ import annotations

from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from ..protocol.requests import MAX_SEED
from ..protocol.style import FIXED_STYLES
from ..protocol.style_train import (
    BATCH,
    CROP_PX,
    CROP_STEP_PX,
    EMA,
    HELD_OUT,
    LICENCE_LENGTH,
    PATIENCE,
    PENALTY_EVERY,
    RATE,
    ROUNDS,
    SCALE,
    SIZE_PX,
    TEST_EVERY,
    WEIGHT,
    Optimiser,
    StyleTrainRequest,
)
from .paths import PATH_OPTIONS

__all__ = ["TRAINING_FIELDS", "VERNISSAGE_PG_style_training"]

_DEFAULTS = {name: field.default for name, field in StyleTrainRequest.__dataclass_fields__.items()}

# Properties that a request calls by the same name.
TRAINING_FIELDS = ("licence", "size_px", "crop_px", "rounds", "batch", "rate", "discriminator_rate",
                   "adversarial_weight", "content_weight", "identity_weight", "penalty", "penalty_every", "augment",
                   "scale_low", "scale_high", "ema", "test_every", "patience", "held_out", "seed")

_CONTENTS = (
    ("DRAWN", "Drawn", "Pictures of bodies in light that Vernissage draws: no pictures of your own are needed"),
    ("RENDERS", "Renders", ("What lies in the folder that the scene renders into: the style is then at its best on "
                            "pictures like these")),
    ("FOLDER", "Folder", "A folder with many pictures, such as photographs"),
)

_OPTIMISERS = (
    ("ADAM", "Adam", "Each weight has a pace of its own: learns fast with the given rates"),
    ("SGD", "SGD", "Plain descent with momentum: slower, and wants rates of its own"),
)


class VERNISSAGE_PG_style_training(PropertyGroup):
    """From what and how a style is learnt."""

    name: StringProperty(
        name="Style Name",
        description="What the style will be called in the list. Empty takes the name of its first picture",
    )
    contents: EnumProperty(
        name="Learn On",
        description="The pictures that the style is practised on. The style comes from the pictures of the list of "
                    "styles, not from these",
        items=_CONTENTS,
        default="DRAWN",
    )
    folder: StringProperty(
        name="Folder",
        description="Folder with pictures to practise on; those in folders within it count, too",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    rounds: IntProperty(
        name="Rounds",
        description="Training steps at most. More come nearer to the style; with Patience it ends before, once "
                    "nothing gets better",
        min=ROUNDS[0], max=ROUNDS[1], soft_max=5000, default=_DEFAULTS["rounds"],
    )
    size_px: IntProperty(
        name="Size",
        description="Shorter side that all pictures are scaled to. Strokes come out as large against the picture as "
                    "they are in the style, in pictures of about this size",
        subtype="PIXEL", min=SIZE_PX[0], max=SIZE_PX[1], default=_DEFAULTS["size_px"],
    )
    crop_px: IntProperty(
        name="Crop",
        description="Side of the crops that are learnt from, a multiple of 16. Larger ones show larger forms of the "
                    "style, and take longer",
        subtype="PIXEL", min=CROP_PX[0], max=CROP_PX[1], step=CROP_STEP_PX, default=_DEFAULTS["crop_px"],
    )
    batch: IntProperty(
        name="Batch",
        description="Crops in each step. More make each step steadier, and longer",
        min=BATCH[0], max=BATCH[1], default=_DEFAULTS["batch"],
    )
    optimiser: EnumProperty(
        name="Optimiser",
        description="How both networks follow what they are told",
        items=_OPTIMISERS,
        default=_DEFAULTS["optimiser"].name,
    )
    rate: FloatProperty(
        name="Rate",
        description="How fast the painting network learns. Too fast breaks down, too slow comes to nothing",
        min=RATE[0], max=RATE[1], precision=5, step=0.01, default=_DEFAULTS["rate"],
    )
    discriminator_rate: FloatProperty(
        name="Discriminator Rate",
        description="How fast the network learns that tells the paintings from the style",
        min=RATE[0], max=RATE[1], precision=5, step=0.01, default=_DEFAULTS["discriminator_rate"],
    )
    adversarial_weight: FloatProperty(
        name="Style Weight",
        description="How much it counts to be taken for the style",
        min=WEIGHT[0], max=WEIGHT[1], soft_max=5.0, default=_DEFAULTS["adversarial_weight"],
    )
    content_weight: FloatProperty(
        name="Content Weight",
        description="How much it counts to keep what a picture shows. More keeps it more legible",
        min=WEIGHT[0], max=WEIGHT[1], soft_max=5.0, default=_DEFAULTS["content_weight"],
    )
    identity_weight: FloatProperty(
        name="Identity Weight",
        description="How much it counts to leave the style's own pictures as they are: it holds the colours",
        min=WEIGHT[0], max=WEIGHT[1], soft_max=5.0, default=_DEFAULTS["identity_weight"],
    )
    penalty: FloatProperty(
        name="Penalty",
        description="How much the discriminator is kept from steep judgements. More is steadier, and slower",
        min=WEIGHT[0], max=WEIGHT[1], soft_max=1.0, precision=3, default=_DEFAULTS["penalty"],
    )
    penalty_every: IntProperty(
        name="Penalty Every",
        description="It is computed in each so many-th step, that much stronger",
        min=PENALTY_EVERY[0], max=PENALTY_EVERY[1], soft_max=16, default=_DEFAULTS["penalty_every"],
    )
    augment: FloatProperty(
        name="Augment",
        description="How far the discriminator's pictures are shifted, coloured and cut, so that it does not learn "
                    "the style's few pictures by heart",
        subtype="FACTOR", min=0.0, max=1.0, default=_DEFAULTS["augment"],
    )
    scale_low: FloatProperty(
        name="Smallest Scale",
        description="How much smaller than they are strokes of the style may be learnt",
        min=SCALE[0], max=SCALE[1], default=_DEFAULTS["scale_low"],
    )
    scale_high: FloatProperty(
        name="Largest Scale",
        description="How much larger than they are strokes of the style may be learnt",
        min=SCALE[0], max=SCALE[1], default=_DEFAULTS["scale_high"],
    )
    ema: FloatProperty(
        name="Average",
        description="Share of the averaged network that stays in each step. What is kept is the average, which is "
                    "calmer than the network itself",
        min=EMA[0], max=EMA[1], precision=4, default=_DEFAULTS["ema"],
    )
    test_every: IntProperty(
        name="Test Every",
        description="Steps between two tests on pictures that are held out",
        min=TEST_EVERY[0], max=TEST_EVERY[1], soft_max=500, default=_DEFAULTS["test_every"],
    )
    patience: IntProperty(
        name="Patience",
        description="After so many tests without a better score it ends. 0 goes on to the last round",
        min=PATIENCE[0], max=PATIENCE[1], soft_max=50, default=_DEFAULTS["patience"],
    )
    held_out: FloatProperty(
        name="Held Out",
        description="Share of the pictures that is not learnt on, only tested on",
        subtype="FACTOR", min=HELD_OUT[0], max=HELD_OUT[1], default=_DEFAULTS["held_out"],
    )
    start: IntProperty(
        name="Begin With",
        description="Which of the looks that come with Vernissage it begins with. -1 takes the one that is nearest",
        min=-1, max=FIXED_STYLES - 1, default=-1,
    )
    seed: IntProperty(
        name="Seed",
        description="Number that chance begins with. The same seed gives the same style again",
        min=0, max=MAX_SEED, default=_DEFAULTS["seed"],
    )
    events_folder: StringProperty(
        name="TensorBoard",
        description="Folder that TensorBoard reads: losses, scores and pictures of the tests. Empty keeps them with "
                    "the job",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    licence: StringProperty(
        name="Licence",
        description="A line for the style's card, such as CC0-1.0: under what others may use it",
        maxlen=LICENCE_LENGTH,
    )

    def chosen_optimiser(self) -> Optimiser:
        """What a request calls the optimiser."""
        return Optimiser[self.optimiser]
