"""A film job on files: passes as Blender writes them, going on after a break, and bad input."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from PIL import Image

from backend.colours import to_linear, to_srgb
from backend.diffusion.loading import Models
from backend.job import Job
from backend.jobs import run, style_diffusion
from backend.pictures import array_file
from backend.style.adversarial.styles import write_style
from backend.style.film import warp_error
from backend.style.motion import Frame, Origin, follow
from backend.style.networks import fixed_style_weights
from backend.style.passes import Layers, passes_of, read_layers
from backend.style.pictures import read_picture
from protocol.errors import BadInput, Cancelled, StorageError
from protocol.film import Anchor, FilmRequest, FilmResult, ViewTransform
from protocol.messages import Event, Progress
from protocol.requests import PictureFormat
from protocol.style import Style, StyleMethod
from protocol.wire import request_from_json, request_to_json
from tests.backend import tiny_models
from tests.backend.moving import film
from tests.backend.test_style_instant import picture, save

COUNT = 5


def write_passes(path: Path, frame: Frame, *, vector: bool = True, index: bool = True, depth: bool = False) -> None:
    """As Blender writes a multilayer file of one part."""
    height, width = frame.surface.shape
    nothing = np.zeros((height, width, 2), np.float32)
    backward, forward = (nothing if motion is None else motion for motion in (frame.backward, frame.forward))
    layers = {"ViewLayer.Combined.R": frame.colours[..., 0]}
    if vector:
        layers |= {"ViewLayer.Vector.X": backward[..., 0], "ViewLayer.Vector.Y": -backward[..., 1],
                   "ViewLayer.Vector.Z": -forward[..., 0], "ViewLayer.Vector.W": forward[..., 1]}
    if index:
        layers["ViewLayer.IndexOB.X"] = frame.surface.astype(np.float32)
    if depth:
        layers["ViewLayer.Depth.Z"] = np.where(frame.surface == 1, np.float32(4.5), np.float32(6))
    spec = oiio.ImageSpec(width, height, len(layers), "float")
    spec.channelnames = tuple(layers)
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec)
    assert out.write_image(np.ascontiguousarray(np.stack(list(layers.values()), axis=2)))
    assert out.close()


@pytest.fixture
def reel(tmp_path: Path) -> FilmRequest:
    """A film on the disk: a ball that moves before a wall."""
    frames = film([(0.1 * step, -1.5, 0.0) for step in range(COUNT)], [(0.0, -6.0, 0.0)] * COUNT)
    for number, frame in enumerate(frames):
        save(tmp_path / f"f{number}.png", frame.colours)
        write_passes(tmp_path / f"p{number}.exr", frame)
    save(tmp_path / "look.png", picture(64, 64, seed=2))
    return FilmRequest(name="Ball", folder=str(tmp_path), frames=tuple(f"f{n}.png" for n in range(COUNT)),
                       passes=tuple(f"p{n}.exr" for n in range(COUNT)), out=str(tmp_path / "out"),
                       styles=(Style(picture="look.png"),))


def go(request: FilmRequest, cancel_with: int | None = None, told: list[Event] | None = None) -> FilmResult:
    """Cancelled when so many frames are there. Each look at its clock takes a second, so that it tells every step."""
    assert request_from_json(request_to_json(request)) == request
    out = Path(request.out)
    job = Job("1", Path(request.folder), (told if told is not None else []).append,
              lambda: cancel_with is not None and out.is_dir() and len(list(out.iterdir())) >= cancel_with,
              clock=count(0.0).__next__)
    return run(request, job, Models())  # type: ignore[return-value]


def shown(request: FilmRequest) -> list[np.ndarray]:
    return [np.asarray(Image.open(Path(request.out) / name)) for name in request.frames]


def test_passes_come_back_as_they_were_written(reel: FilmRequest):
    frames = film([(0.1 * step, -1.5, 0.0) for step in range(COUNT)], [(0.0, -6.0, 0.0)] * COUNT)
    found = passes_of(read_layers(Path(reel.folder) / "p2.exr"))
    np.testing.assert_array_equal(found.backward, frames[2].backward)
    np.testing.assert_array_equal(found.forward, frames[2].forward)
    np.testing.assert_array_equal(found.surface, frames[2].surface)


def test_objects_are_told_apart_by_cryptomatte_unless_it_is_kept_in_16_bit():
    frame = film([(0.0, -1.5, 0.0)], [(0.0, -6.0, 0.0)])[0]
    matte = ("viewlayer", "cryptoobject00", "r")
    numbers = np.float32([0.0, -7.6e-16, 4.3e21])[frame.surface.clip(0, 2)]  # as Blender makes them of names
    channels = {("viewlayer", "vector", axis): np.zeros((96, 96), np.float32) for axis in "xyzw"}
    channels |= {matte: numbers, ("viewlayer", "indexob", "x"): np.full((96, 96), 5, np.float32)}
    surface = passes_of(Layers("a.exr", channels, frozenset())).surface
    assert len(np.unique(surface)) == len(np.unique(numbers)) > 1
    assert all(len(np.unique(surface[numbers == number])) == 1 for number in np.unique(numbers))
    assert np.unique(passes_of(Layers("a.exr", channels, frozenset({matte}))).surface).tolist() == [5]


def test_the_compositors_picture_goes_before_the_layers_own():
    def layer(name: str, value: float) -> dict[tuple[str, str, str], np.ndarray]:
        return {(name, "combined", axis): np.full((2, 2), value, np.float32) for axis in "rgba"}

    assert Layers("a.exr", {}, frozenset()).light() is None
    for order in (("a layer", "composite"), ("composite", "view")):
        channels = {key: value * (0.25 if name == "composite" else 1) for name in order
                    for key, value in layer(name, 1).items()}
        light, alpha = Layers("a.exr", channels, frozenset()).light()
        assert (light.shape, light.max(), alpha.max()) == ((2, 2, 3), 0.25, 0.25)


def test_frames_in_openexr_hold_light(reel: FilmRequest):
    go(reel)
    go(replace(reel, out=f"{reel.out}2", picture_format=PictureFormat.EXR_FLOAT))
    for name, values in zip(reel.frames, shown(reel), strict=True):
        light = oiio.ImageBuf(f"{reel.out}2/{Path(name).stem}.exr").get_pixels(oiio.FLOAT)
        assert np.abs(to_srgb(light) * 255 - values).max() < 0.51


def test_light_of_one_layer_is_seen_through_the_view_too(reel: FilmRequest):
    folder, frames = Path(reel.folder), tuple(f"s{number}.exr" for number in range(COUNT))
    for name, plain in zip(frames, reel.frames, strict=True):
        colours = read_picture(folder / plain, plain).colours
        assert oiio.ImageBuf(np.ascontiguousarray(to_linear(colours) / 2, np.float32)).write(str(folder / name))
    view = ViewTransform(config="ocio://default", display="sRGB - Display", view="Un-tone-mapped",
                         space="Linear Rec.709 (sRGB)", exposure=1.0)
    light = replace(reel, frames=frames, view=view, out=f"{reel.out}2", strength=0.0)
    go(light)
    for name, plain in zip(light.targets, reel.frames, strict=True):
        seen, wanted = (np.asarray(Image.open(path)).astype(int) for path in (Path(light.out) / name, folder / plain))
        assert np.abs(seen - wanted).max() <= 1


def test_frames_of_another_film_are_made_again_when_told(reel: FilmRequest):
    go(reel)
    before = shown(reel)
    result = go(replace(reel, styles=(Style(fixed=7),), again=reel.frames[3:]))
    assert result.made == 2
    assert [np.array_equal(one, other) for one, other in zip(before, shown(reel), strict=True)] == [True] * 3 + [
        False] * 2


def test_strokes_on_surfaces_flicker_less_than_on_the_screen(reel: FilmRequest):
    result = go(reel)
    assert result.made == COUNT
    assert result.cuts == ()
    assert result.remarks == ()
    anchored = shown(reel)
    screen = replace(reel, anchor=Anchor.SCREEN, passes=(), out=f"{reel.out}2")
    assert go(screen).warp_error == 0
    frames = film([(0.1 * step, -1.5, 0.0) for step in range(COUNT)], [(0.0, -6.0, 0.0)] * COUNT)
    ball = frames[1].surface == 1
    origin, _ = follow(Origin.new(0, 96, 96), frames[0], frames[1], 1)
    place = np.rint(origin.place).astype(int)

    def change(pictures: list[np.ndarray]) -> float:
        known = ball & (origin.frame == 0)
        before = pictures[0][place[..., 1], place[..., 0]].astype(float)
        return float(np.abs(before - pictures[1])[known].mean())

    assert change(anchored) < 0.6 * change(shown(screen))
    own = [picture.astype(np.float32) / 255 for picture in shown(screen)]
    assert result.warp_error < 0.5 * warp_error((own[0], frames[0].surface), (own[1], frames[1].surface), origin, 0)


def test_a_broken_off_film_goes_on_and_ends_in_the_same_bytes(reel: FilmRequest):
    go(reel)
    whole = [(Path(reel.out) / name).read_bytes() for name in reel.frames]
    again = replace(reel, out=f"{reel.out}2")
    with pytest.raises(Cancelled):
        go(again, cancel_with=2)
    made = len(list(Path(again.out).iterdir()))
    assert made == 2
    result = go(again)
    assert result.made == COUNT - made
    assert [(Path(again.out) / name).read_bytes() for name in reel.frames] == whole
    assert go(again).made == 0


def test_bad_films_are_refused_in_one_sentence(reel: FilmRequest):
    folder = Path(reel.folder)
    frames = film([(0.0, -1.5, 0.0)] * 2, [(0.0, -6.0, 0.0)] * 2)
    write_passes(folder / "flat.exr", frames[0], vector=False)
    save(folder / "small.png", picture(48, 48))
    (folder / "text.exr").write_text("no picture")
    rest = reel.passes[1:]
    for wrong, word in (({"passes": ("flat.exr", *rest)}, "no vector pass"),
                        ({"frames": ("none.png", *reel.frames[1:])}, "missing"),
                        ({"frames": (*reel.frames[:-1], "small.png")}, "48 × 48"),
                        ({"passes": ("text.exr", *rest)}, "cannot be read")):
        with pytest.raises(BadInput, match=word) as caught:
            go(replace(reel, out=f"{reel.out}-{word[:3]}", **wrong))
        assert caught.value.remedy
    for wrong, word in (({"passes": ()}, "0 files of passes"), ({"frames": ()}, "no frame"),
                        ({"styles": ()}, "No style"), ({"frames": (*reel.frames[:-1], "../f4.png")}, "plain file name"),
                        ({"frames": (*reel.frames[:-1], "f0.jpg")}, "same file as f0.png"),
                        ({"passes": ("a/b.exr", *rest)}, "plain file name"),
                        ({"again": ("f9.png",)}, "no frame of the film")):
        with pytest.raises(BadInput, match=word):
            replace(reel, **wrong)


def test_a_frame_is_never_taken_for_what_is_made_of_it(reel: FilmRequest, tmp_path: Path):
    before = [(tmp_path / name).read_bytes() for name in reel.frames]
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "f3.png").symlink_to(tmp_path / "f3.png")
    for out in (tmp_path, tmp_path / "linked" / "..", tmp_path / "linked"):
        with pytest.raises(BadInput, match="written over"):
            go(replace(reel, out=str(out)))
    assert [(tmp_path / name).read_bytes() for name in reel.frames] == before


def test_without_an_object_index_it_is_said(reel: FilmRequest):
    frames = film([(0.1 * step, -1.5, 0.0) for step in range(COUNT)], [(0.0, -6.0, 0.0)] * COUNT)
    for number, frame in enumerate(frames):
        write_passes(Path(reel.folder) / f"p{number}.exr", frame, index=False)
    (remark,) = go(reel).remarks
    assert "tell objects apart" in remark.sentence


def test_a_film_in_a_trained_style(reel: FilmRequest, tmp_path: Path):
    """A trained style with the weights of a fixed one looks like that one."""
    write_style(tmp_path / "third.safetensors", fixed_style_weights(3), {"name": "third"})
    pictures = []
    for number, style in enumerate((Style(fixed=3), Style(trained=str(tmp_path / "third.safetensors")))):
        request = replace(reel, styles=(style,), out=str(tmp_path / f"out {number}"))
        go(request)
        pictures.append(shown(request))
    for fixed, trained in zip(*pictures, strict=True):
        assert np.abs(fixed.astype(int) - trained).max() <= 1


@pytest.mark.parametrize("method", [StyleMethod.GRAM, StyleMethod.TRANSPORT])
def test_a_film_by_a_slow_method_flickers_less_than_its_pictures(reel: FilmRequest, method: StyleMethod):
    """And ends in the same bytes when it is broken off; what was painted of it is not painted again."""
    told: list[Event] = []
    slow = replace(reel, method=method, steps=2)
    result = go(slow, told=told)
    assert result.made == COUNT
    assert result.warp_error < 0.05
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    assert len(set(fractions)) > 2 * COUNT  # the parts of a key frame are seen
    keys = {path: path.stat().st_mtime_ns for path in Path(reel.folder).glob("key_*.npy")}
    assert 0 < len(keys) < COUNT
    again = replace(slow, out=f"{reel.out}2")
    with pytest.raises(Cancelled):
        go(again, cancel_with=2)
    go(again)
    assert {path: path.stat().st_mtime_ns for path in Path(reel.folder).glob("key_*.npy")} == keys
    assert [(Path(again.out) / name).read_bytes() for name in reel.frames] == [
        (Path(slow.out) / name).read_bytes() for name in reel.frames]


def test_a_film_by_diffusion_that_is_broken_off_between_two_key_frames_ends_the_same(reel: FilmRequest, tmp_path: Path,
                                                                                    monkeypatch: pytest.MonkeyPatch):
    """They are begun together, never more than two; what is kept of the first is enough."""
    model, begun = tiny_models.save_sd(tmp_path / "sd"), []
    plain = style_diffusion.begin_together

    def begin(loaded: object, transfers: list, *rest: object) -> list:
        begun.append(len(transfers))
        return plain(loaded, transfers, *rest)

    monkeypatch.setattr(style_diffusion, "begin_together", begin)
    painted = replace(reel, method=StyleMethod.DIFFUSION, model=str(model), steps=3)
    first, last = (Path(reel.folder) / f"key_{number:06d}.npy" for number in (0, COUNT - 1))
    with pytest.raises(Cancelled):
        run(painted, Job("1", Path(reel.folder), lambda event: None, first.exists), Models())
    assert begun == [2] and not last.exists()
    kept = first.read_bytes()
    assert go(painted).made == COUNT
    assert begun == [2, 2] and first.read_bytes() == kept
    strokes, frames = last.read_bytes(), shown(painted)
    first.unlink(), last.unlink()
    whole = replace(painted, out=f"{reel.out}2")
    told: list[Event] = []
    assert go(whole, told=told).warp_error < 0.05
    assert begun == [2, 2, 2] and (first.read_bytes(), last.read_bytes()) == (kept, strokes)
    assert all(np.array_equal(one, other) for one, other in zip(shown(whole), frames, strict=True))
    fractions = [event.fraction for event in told if isinstance(event, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1


def test_broken_strokes_of_an_earlier_run_are_painted_again(reel: FilmRequest):
    painted = replace(reel, method=StyleMethod.GRAM, steps=1)
    go(painted)
    keys = {path: path.read_bytes() for path in Path(reel.folder).glob("key_*.npy")}
    first, last = min(keys), max(keys)
    for broken in (b"", keys[first][:-1], array_file(np.zeros((8, 8, 3), np.float32))):
        first.write_bytes(broken)
        again = replace(painted, out=f"{reel.out}{len(broken)}", frames=reel.frames[:1], passes=reel.passes[:1])
        assert go(again).made == 1
        assert np.load(first).shape == (96, 96, 3)
    first.write_bytes(keys[first])
    last.write_bytes(keys[last][:100])
    go(replace(painted, out=f"{reel.out}2"))
    assert {path: path.read_bytes() for path in Path(reel.folder).glob("key_*.npy")} == keys


def test_a_disk_that_is_full_when_strokes_are_kept_is_told(reel: FilmRequest):
    partial = Path(reel.folder) / "key_000000.part"
    partial.symlink_to("/dev/full")
    with pytest.raises(StorageError, match=r"The disk is full: .*key_000000\.npy could not be written"):
        go(replace(reel, method=StyleMethod.GRAM, steps=1, frames=reel.frames[:1], passes=reel.passes[:1]))
    assert not partial.is_symlink()


def test_the_controlnet_of_a_film_follows_the_depth_of_its_passes(reel: FilmRequest, tmp_path: Path):
    model, depth = tiny_models.save_sd(tmp_path / "sd"), tiny_models.save_controlnet(tmp_path / "sd-depth")
    painted = replace(reel, method=StyleMethod.DIFFUSION, model=str(model), controlnet=str(depth), steps=1)
    with pytest.raises(BadInput, match="no depth that the ControlNet could follow"):
        go(painted)
    frames = film([(0.1 * step, -1.5, 0.0) for step in range(COUNT)], [(0.0, -6.0, 0.0)] * COUNT)
    for number, frame in enumerate(frames):
        write_passes(Path(reel.folder) / f"p{number}.exr", frame, depth=True)
    assert go(painted).made == COUNT
    write_passes(Path(reel.folder) / "p0.exr", frames[0], depth=True, index=False)  # it is known without objects, too
    assert go(replace(painted, out=f"{reel.out}2", frames=reel.frames[:1], passes=reel.passes[:1])).made == 1


def test_a_slow_film_on_the_screen_would_flicker(reel: FilmRequest):
    with pytest.raises(BadInput, match="would flicker"):
        replace(reel, method=StyleMethod.GRAM, anchor=Anchor.SCREEN, passes=())
