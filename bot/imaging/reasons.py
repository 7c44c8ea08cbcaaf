"""Says in words why a picture stands out: from the measure that deviates most, and the share of others.

Two reasons at most, of two axes; a person looks at the picture next.
"""

import numpy as np

from bot.imaging.outliers import ALL, NATURAL, NOVEL, Standing

_STATES: dict[str, tuple[str, str]] = {
    "outline": ("no outline where {most} have one", "an outline where {most} have none"),
    "dark lines": ("fewer dark lines than {most}", "more dark lines than {most}"),
    "light lines": ("fewer light lines than {most}", "more light lines than {most}"),
    "noise": ("smooth where {most} have texture", "texture or grain where {most} are smooth"),
    "rough": ("smoother than {most}", "a rougher texture than {most}"),
    "plain": ("no plain areas where {most} have them", "plain areas where {most} are shaded or textured"),
    "shaded": ("flat where {most} are shaded", "soft shading where {most} are flat"),
    "edges": ("far less detail than {most}", "far more detail than {most}"),
    "hard": ("softer edges than {most}", "harder edges than {most}"),
    "busy": ("far less going on than in {most}", "far more going on than in {most}"),
    "colours": ("fewer colours than {most}", "more colours than {most}"),
    "chroma": ("greyer than {most}", "more colourful than {most}"),
    "vivid": ("no strong colour where {most} have one", "stronger colours than {most}"),
    "red-green": ("greener than {most}", "redder than {most}"),
    "yellow-blue": ("bluer than {most}", "yellower than {most}"),
    "darkest": ("darker darks than {most}", "no darks where {most} have them"),
    "dark": ("much darker than {most}", "much lighter than {most}"),
    "middle": ("much darker than {most}", "much lighter than {most}"),
    "light": ("much darker than {most}", "much lighter than {most}"),
    "lightest": ("no lights where {most} have them", "lighter lights than {most}"),
    NOVEL: ("", "its colours are not the others'"),
}
"""For each measure, what is said where a picture has too little and too much of it.

To have the others' colours is no reason to stand out.
"""
_AS_A_WHOLE = "it differs from the others as a whole"
_PHOTOGRAPHIC = ("noise", "rough", "shaded")
_SECOND = 0.6
"""A second axis is told where it deviates at least this share of the first."""
_TELLING = np.array([1.3, 1.1, 1.0, 1.0, 1.0, 1.1])
"""Of axes that deviate alike, the one that a person sees at once is told first; in the order of NATURAL."""
_CLEAR = 0.5


def reason(standing: Standing, index: int) -> str:
    """Return why the picture stands out, to follow its name and a colon."""
    beyond, telling = standing.beyond[index], standing.axes[index] * _TELLING
    told: list[tuple[float, str]] = []
    for axis in np.argsort(-telling):
        measures = [ALL.index(name) for name in tuple(NATURAL.values())[int(axis)]]
        measure = max(measures, key=lambda m: _weight(m) * abs(float(beyond[m])))
        if beyond[measure] and (said := _said(standing, index, measure)):
            told.append((float(telling[axis]), said))
    clear = [said for much, said in told[:2] if much >= _SECOND * told[0][0]]
    return "; ".join(dict.fromkeys(clear)) or _AS_A_WHOLE


def _said(standing: Standing, index: int, measure: int) -> str:
    beyond = standing.beyond[index]
    if ALL[measure] in _PHOTOGRAPHIC and _is_photographic(standing, index):
        return f"photographic texture where {_most(standing, index, measure)} are drawn smooth"
    little, much = _STATES[ALL[measure]]
    return (much if beyond[measure] > 0 else little).format(most=_most(standing, index, measure))


def _weight(measure: int) -> float:
    """Prefer the outline, which has a name, to other line work that deviates with it."""
    return 2.0 if ALL[measure] == "outline" else 1.0


def _is_photographic(standing: Standing, index: int) -> bool:
    """Say whether texture, shading and the lack of plain areas come together, as they do in photographs."""
    beyond: dict[str, float] = dict(zip(ALL, standing.beyond[index].tolist(), strict=True))
    return min(beyond["noise"], beyond["shaded"], beyond["colours"] + _CLEAR, -beyond["plain"]) > _CLEAR


def _most(standing: Standing, index: int, measure: int) -> str:
    """Return "13 of 14" others: those that are clearly on the other side, half of the way to the middle."""
    values = standing.values[:, measure]
    others = np.delete(values, index)
    border = (values[index] + np.median(others)) / 2
    apart = int(np.count_nonzero(others > border if values[index] < border else others < border))
    return f"{apart} of {len(others)}" if apart < len(others) else f"all {len(others)} others"
