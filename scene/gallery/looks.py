"""What the rooms of each architecture are made of."""

from __future__ import annotations

from dataclasses import dataclass

from ...protocol.exhibition import Architecture

__all__ = ["LOOKS", "Frame", "Look", "Paint"]

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Paint:
    """A surface.

    Attributes:
        colour: linear Rec.709, of the light that it gives back.
        pattern: "" for none, "planks" or "concrete": a picture in these colours.
        emission_lx: as bright as a white surface under so much light; 0 for none.
        alpha: 1 for what cannot be seen through.
        maps: absolute path of a folder with pictures of it, that go before all but the shine; "" for none.
        width_m: how wide these are on the surface.
    """

    colour: Colour
    roughness: float = 0.7
    metallic: float = 0.0
    pattern: str = ""
    emission_lx: float = 0.0
    alpha: float = 1.0
    maps: str = ""
    width_m: float = 1.0


@dataclass(frozen=True)
class Frame:
    """
    Attributes:
        width_m, lip_m: of the moulding, and how far it stands out before the work.
        mount_m: of the card around small works.
    """

    width_m: float
    lip_m: float
    mount_m: float


@dataclass(frozen=True)
class Look:
    """
    Attributes:
        walls: by turns of rooms.
        skirting_m, cornice_m: heights; 0 for none.
        skylight: how the ceiling lets light in: "" (not), "laylight" (one large pane) or "slits" (between beams).
        daylight_lx: what it adds on the floor.
        frame: of pictures.
        lux: on works.
        sky_lx: light outside, on a horizontal plane.
    """

    walls: tuple[Paint, ...]
    floor: Paint
    ceiling: Paint
    skirting: Paint
    outside: Paint
    frame_paint: Paint
    frame: Frame
    skirting_m: float = 0.1
    cornice_m: float = 0.0
    skylight: str = ""
    daylight_lx: float = 60.0
    lux: float = 200.0
    sky_lx: float = 300.0


_WHITE = Paint((0.80, 0.79, 0.77), 0.85)
_OAK = Paint((0.40, 0.25, 0.13), 0.42, pattern="planks")
_CONCRETE = Paint((0.30, 0.29, 0.275), 0.75, pattern="concrete")
_BLACK = Paint((0.012, 0.012, 0.013), 0.5)
_WALNUT = Paint((0.09, 0.045, 0.022), 0.45)

LOOKS = {
    Architecture.WHITE_CUBE: Look(
        walls=(_WHITE,), floor=_OAK, ceiling=_WHITE, skirting=_WHITE, outside=_WHITE, frame_paint=_BLACK,
        frame=Frame(0.022, 0.012, 0.06), skirting_m=0.07, skylight="laylight"),
    Architecture.ENFILADE: Look(
        walls=(Paint((0.035, 0.085, 0.085), 0.8), Paint((0.17, 0.022, 0.026), 0.8), Paint((0.075, 0.09, 0.035), 0.8),
               Paint((0.05, 0.055, 0.11), 0.8)),
        floor=Paint((0.27, 0.14, 0.065), 0.35, pattern="planks"), ceiling=Paint((0.75, 0.72, 0.66), 0.85),
        skirting=Paint((0.62, 0.59, 0.53), 0.5), outside=Paint((0.5, 0.45, 0.37), 0.85),
        frame_paint=Paint((0.68, 0.43, 0.15), 0.33, 0.9), frame=Frame(0.06, 0.035, 0.05), skirting_m=0.22,
        cornice_m=0.22, skylight="laylight", daylight_lx=120.0),
    Architecture.BLACK_BOX: Look(
        walls=(Paint((0.09, 0.09, 0.096), 0.9),), floor=Paint((0.12, 0.12, 0.123), 0.35, pattern="concrete"),
        ceiling=Paint((0.012, 0.012, 0.012), 0.95), skirting=_BLACK, outside=Paint((0.03, 0.03, 0.03), 0.9),
        frame_paint=_BLACK, frame=Frame(0.012, 0.008, 0.0), skirting_m=0.05, daylight_lx=0.0, lux=150.0),
    Architecture.BRUTALIST: Look(
        walls=(_CONCRETE,), floor=Paint((0.19, 0.185, 0.18), 0.3, pattern="concrete"), ceiling=_CONCRETE,
        skirting=_BLACK, outside=_CONCRETE, frame_paint=_WALNUT, frame=Frame(0.025, 0.014, 0.05), skirting_m=0.0,
        skylight="slits", daylight_lx=150.0),
    Architecture.PAVILION: Look(
        walls=(_WHITE,), floor=Paint((0.5, 0.46, 0.39), 0.5, pattern="concrete"),
        ceiling=Paint((0.45, 0.29, 0.16), 0.6, pattern="planks"), skirting=_BLACK,
        outside=Paint((0.42, 0.31, 0.2), 0.7, pattern="planks"), frame_paint=_WALNUT, frame=Frame(0.02, 0.012, 0.06),
        skirting_m=0.03, daylight_lx=0.0, sky_lx=500.0),
}
