"""What the Exhibition panel asks for, and what becomes of the plan."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bpy.types import Context, Scene

from ..protocol.errors import BadInput, StorageError
from ..protocol.exhibition import (
    PLAN_NAME,
    PLAN_PICTURE_NAME,
    Architecture,
    Curation,
    ExhibitionPlanRequest,
)
from ..protocol.exhibition_plan import ExhibitionPlan
from ..protocol.remarks import Remark
from ..scene.asset import Catalogue, catalogue_remark
from ..scene.gallery.brought import bring_images, bring_objects
from ..scene.gallery.build import EXPOSURE, build_exhibition, check_built, remark_world, set_up_scene
from ..scene.gallery.parts import exhibition_collection
from .exhibition_list import fill_list, put_edits, read_plan, told_by_hand

if TYPE_CHECKING:
    from ..properties.exhibition import VERNISSAGE_PG_exhibition
    from .exhibition import ExhibitionPlanJob
    from .one_job import OneJob

__all__ = ["built", "check_page", "copy_results", "plan_built", "plan_wanted", "put_plan",
           "unused_name"]

_WORKS = "works"  # beside the plan


def plan_wanted(context: Context, *, is_anew: bool) -> tuple[ExhibitionPlanRequest, Path]:
    """The request, and the folder of the plan. What of the file shall hang is written beside that.

    Args:
        is_anew: a plan that is there is none to begin with.

    Raises:
        BadInput: there are no works, or there is no folder.
        StorageError: works of the file cannot be written.
    """
    chosen: VERNISSAGE_PG_exhibition = context.scene.vernissage.exhibition
    folder = _folder(chosen)
    plan = folder / PLAN_NAME
    if not is_anew and plan.is_file():
        put_edits(chosen, plan)
        return ExhibitionPlanRequest(plan=str(plan)), folder
    works = os.path.abspath(chosen.works_path) if chosen.works_path else ""
    if works and folder.is_relative_to(works):
        raise BadInput("The plan's folder is within the works: its picture would hang among them.",
                       "Choose a Plan Folder outside of the works.")
    told = bring_images(folder / _WORKS) if chosen.images else {}
    if chosen.objects:
        told |= bring_objects(context.selected_objects, folder / _WORKS)
    if not (works or told):
        raise BadInput("There are no works to exhibit.", "Choose a folder with pictures, films or GLB files.")
    return ExhibitionPlanRequest(
        works=(*([works] if works else []), *told), told=told, edits=told_by_hand(chosen), title=chosen.title,
        text=chosen.text, curation=Curation(chosen.curation),
        architecture=Architecture(chosen.architecture), works_per_room=chosen.works_per_room, seed=chosen.seed,
        plan_folder=str(folder)), folder


def plan_built(context: Context) -> Path:
    """The plan that the scene's exhibition was built of.

    Raises:
        BadInput: it is not there.
    """
    plan = _folder(context.scene.vernissage.exhibition) / PLAN_NAME
    if not plan.is_file():
        raise BadInput("{name} is not in the plan's folder.", "Choose the Plan Folder that the exhibition was built "
                       "from.", name=PLAN_NAME)
    return plan


def check_page(context: Context, plan: Path) -> None:
    """Raises:
        BadInput: the scene's exhibition was built from another plan.
        StorageError: the plan cannot be read.
    """
    top = exhibition_collection(context.scene)
    if top is not None:
        check_built(top, read_plan(plan))


def _folder(chosen: VERNISSAGE_PG_exhibition) -> Path:
    """Raises:
        BadInput: there is none.
    """
    if not chosen.folder_path:
        raise BadInput("There is no folder for the plan.", "Choose a Plan Folder.")
    if not os.path.isabs(chosen.folder_path):
        raise BadInput("The plan's folder is beside a file that has never been saved.",
                       "Save the file, or choose another folder.")
    return Path(os.path.abspath(chosen.folder_path))


def put_plan(job: ExhibitionPlanJob, folder: Path) -> None:
    """The plan and its picture, in their folder; a plan that is there, and another, is kept under a free name, and so
    is a picture of that name that is of no plan.

    Raises:
        StorageError: they cannot be written.
    """
    plan, picture = folder / PLAN_NAME, folder / PLAN_PICTURE_NAME
    theirs = plan if plan.is_file() else picture
    try:
        if theirs.is_file() and (theirs != plan or plan.read_bytes() != job.plan.read_bytes()):
            kept = unused_name(theirs)
            shutil.copyfile(theirs, kept)
            job.remarks += (Remark("What was there is kept as {name}.", {"name": kept.name}),)
    except OSError as error:
        raise StorageError.from_os_error(theirs, error) from error
    copy_results(job, {"plan": plan, "picture": picture})


def unused_name(path: Path) -> Path:
    """Beside a file, with the first number that is free."""
    number = 1
    while (found := path.with_stem(f"{path.stem}-{number}")).exists():
        number += 1
    return found


def copy_results(job: OneJob, results: Mapping[str, Path]) -> None:
    """What a job made, by the names of its attributes, to where it belongs; each appears when it is complete.

    Raises:
        StorageError: it cannot be written.
    """
    for name, target in results.items():
        partial = target.with_name(f".{os.getpid()}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(getattr(job, name), partial)
            os.replace(partial, target)
        except OSError as error:
            raise StorageError.from_os_error(target, error) from error
        finally:
            partial.unlink(missing_ok=True)


def built(job: ExhibitionPlanJob, scene: Scene, folder: Path) -> None:
    """Build the job's plan in the scene. A scene without anything else gets the light and the camera of the tour, too.

    Args:
        folder: beside which works may lie.

    Raises:
        BadInput: the plan cannot be built as it is.
    """
    if job.result.faults:
        fault = job.result.faults[0]
        raise BadInput(fault.sentence, "Edit exhibition.json, or plan anew.", **fault.values)
    plan = read_plan(job.plan)
    is_new = exhibition_collection(scene) is None and not scene.objects
    exhibition = build_exhibition(scene, plan, folder)
    if is_new:
        set_up_scene(scene, exhibition, plan, folder)
    else:
        exhibition.remarks += remark_world(scene, plan)
    if not is_new and not math.isclose(scene.view_settings.exposure, EXPOSURE, abs_tol=1e-3):
        job.remarks += (Remark("The light is that of a museum, made for an exposure of {stops}: set it in the scene's "
                               "Color Management, or build in an empty scene.", {"stops": EXPOSURE}),)
    if _says_otherwise(scene.vernissage.exhibition, plan):
        job.remarks += (Remark("What was built is the plan that was there: the panel says otherwise. Press Plan "
                               "Exhibition to plan anew; this plan is kept under another name."),)
    job.collection_name = exhibition.collection.name
    job.remarks += exhibition.remarks + catalogue_remark(Catalogue.EXHIBITIONS)
    job.failed = dict(exhibition.built.failed)
    fill_list(scene.vernissage.exhibition, plan, folder)


def _says_otherwise(chosen: VERNISSAGE_PG_exhibition, plan: ExhibitionPlan) -> bool:
    """Whether an artist has chosen what the plan has not; what was never chosen says nothing."""
    def words(value: object) -> list[str]:
        return str(value).split()  # a plan's text is cleaned

    return any(chosen.is_property_set(name) and words(getattr(chosen, name)) not in ([], words(getattr(plan, name)))
               for name in ("title", "text", "architecture", "seed"))
