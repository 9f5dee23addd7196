"""What an artist can do, one action a file."""

from __future__ import annotations

from . import (
    add_cameras,
    build_exhibition,
    cancel_job,
    check_backend,
    compare_pictures,
    install_backend,
    list_exhibited_works,
    make_material,
    make_world,
    open_log,
    open_preferences,
    paint_picture,
    plan_views,
    random_seed,
    shoot_missing,
    show_view_quality,
    style_list,
    stylise_film,
    stylise_image,
    stylise_texture,
    stylise_view,
    texture_object,
    touch_up,
    train_style,
    write_page,
)

__all__ = ["register", "unregister"]

_ACTIONS = (texture_object, touch_up, shoot_missing, plan_views, add_cameras, show_view_quality, stylise_image,
            stylise_texture, stylise_view, stylise_film, style_list, train_style, compare_pictures, make_material,
            make_world, paint_picture, build_exhibition, list_exhibited_works, write_page, cancel_job,
            random_seed, install_backend, check_backend, open_log, open_preferences)


def register() -> None:
    for action in _ACTIONS:
        action.register()


def unregister() -> None:
    for action in reversed(_ACTIONS):
        action.unregister()
