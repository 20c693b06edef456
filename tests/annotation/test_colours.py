"""The labels' colours are told apart by colour-blind people, and a text is readable on each of them.

Simulation: Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency
(2009), full severity. Distance: CIE 1976 in L*a*b*, in which 2.3 can just be noticed. Contrast: WCAG 2.
"""

from itertools import combinations

import pytest

from annotation.labels import load_labels

LABELS = {label.name: label.colour for label in load_labels().labels}
NORMAL = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
TRITANOPIA = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
SHOWN = 0.3  # how much of a colour Label Studio lays under a text, on white
DISTANCE, CONTRAST = 15.0, 7.0


def linear(colour: str, alpha: float = 1.0) -> tuple[float, ...]:
    """Linear RGB of a colour on white."""
    parts = [int(colour[place : place + 2], 16) / 255 * alpha + 1 - alpha for place in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def times(matrix, vector):
    return tuple(sum(factor * value for factor, value in zip(row, vector, strict=True)) for row in matrix)


def lab(rgb) -> tuple[float, float, float]:
    seen = times(TO_XYZ, [min(max(part, 0.0), 1.0) for part in rgb])
    x, y, z = (
        (part / white) ** (1 / 3) if part / white > 0.008856 else 7.787 * part / white + 16 / 116
        for part, white in zip(seen, WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def luminance(rgb) -> float:
    return times(TO_XYZ, rgb)[1]


@pytest.mark.parametrize(
    "eyes", [NORMAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA], ids=["normal", "prot", "deuter", "trit"]
)
def test_every_two_labels_differ_for_everybody(eyes):
    seen = {name: lab(times(eyes, linear(colour))) for name, colour in LABELS.items()}
    distances = {
        pair: sum((one - other) ** 2 for one, other in zip(seen[pair[0]], seen[pair[1]], strict=True)) ** 0.5
        for pair in combinations(seen, 2)
    }
    assert min(distances.values()) >= DISTANCE, min(distances, key=distances.get)


@pytest.mark.parametrize("name", LABELS)
def test_black_text_is_readable_on_every_label(name):
    assert (luminance(linear(LABELS[name], SHOWN)) + 0.05) / 0.05 >= CONTRAST
