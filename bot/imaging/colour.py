"""Brings the colours of a small picture to sRGB: what every screen shows, and what pictures are compared in.

A profile that is broken, absurd or for another kind of picture is passed over, as viewers do: it is no
reason against a picture. Runs in the worker process only.
"""

import io

from PIL import Image

from bot.imaging.wording import MEGABYTE

MOST_PROFILE = 8 * MEGABYTE
"""Bytes; the largest real ones, for print, have 3 MB."""


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an L, RGB, RGBA or CMYK picture as sRGB on white, by its ICC `profile` if that is of use."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    if profile and len(profile) <= MOST_PROFILE:
        colours = _converted(colours, profile)
    colours = colours.convert("RGB")
    if alpha is None:
        return colours
    ground = Image.new("RGB", colours.size, "white")
    ground.paste(colours, mask=alpha)
    return ground


def _converted(colours: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms  # noqa: PLC0415 - most pictures have no profile, and it takes memory

    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        screen = ImageCms.createProfile("sRGB")
        shown = ImageCms.profileToProfile(colours, meant, screen, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return colours
    return shown or colours
