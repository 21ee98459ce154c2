"""The residents of one block: who they are, when they die or move, what chronic disease they have. No contacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luotsi.synth.places import Places
from luotsi.synth.population import Cells, born
from luotsi.synth.text import Array, day_number

FAR = 10**7
"""A day that never comes."""

LANGUAGES = ("fi", "sv", "ru", "en", "et", "ar")

DISEASES: dict[str, tuple[float, float, float]] = {
    # prevalence at 85, age of half of it, steepness in years
    "diabetes_t2": (0.20, 62, 9),
    "diabetes_t1": (0.008, 15, 8),
    "hypertension": (0.58, 60, 10),
    "coronary": (0.24, 72, 8),
    "atrial_fibrillation": (0.19, 75, 7),
    "heart_failure": (0.14, 78, 6),
    "stroke": (0.10, 74, 8),
    "asthma": (0.10, 20, 12),
    "copd": (0.06, 65, 8),
    "depression": (0.09, 22, 6),
    "dementia": (0.24, 82, 5),
    "kidney": (0.14, 77, 7),
    "musculoskeletal": (0.30, 52, 12),
    "mechanical_valve": (0.006, 62, 10),
}
NAMES = tuple(DISEASES)


@dataclass(frozen=True)
class Residents:
    """Residents of a block as columns. Days are day numbers; `died` and `onset` are FAR when it does not happen."""

    number: Array
    municipality: Array
    sex: Array
    birth: Array
    hetu: Array
    died: Array
    language: Array
    postal: Array
    moved: Array
    new_municipality: Array
    new_postal: Array
    blocked: Array
    test: Array
    frailty: Array
    onset: Array
    """Disease x resident: the day it was found."""

    def __len__(self) -> int:
        return len(self.number)

    def age(self, day: int) -> Array:
        """Age in years (with decimals) on a day, never below 0."""
        return np.maximum((day - self.birth) / 365.25, 0)

    def has(self, disease: str) -> Array:
        """Whether the disease is found before the window ends."""
        return self.onset[NAMES.index(disease)] < FAR


def residents(
    cells: Cells, places: Places, numbers: Array, years: tuple[int, int], rng: np.random.Generator
) -> Residents:
    """Makes the residents with these numbers."""
    who = born(cells, numbers)
    count = len(numbers)
    first, end = day_number(years[0]), day_number(years[1] + 1)
    moved = np.where(rng.random(count) < 0.032 * (years[1] - years[0] + 1), rng.integers(first, end, count), FAR)
    moved = np.where(moved > who.birth, moved, FAR)
    target = rng.choice(len(places.towns), count, p=places.share)
    died = _deaths(who.birth, who.sex, years, rng)
    language = np.searchsorted(np.array([0.945, 0.948, 0.966, 0.976, 0.983]), rng.random(count))
    return Residents(
        number=numbers,
        municipality=who.municipality,
        sex=who.sex,
        birth=who.birth,
        hetu=who.hetu,
        died=died,
        language=language,
        postal=_postal(places, who.municipality, rng),
        moved=np.where(moved < died, moved, FAR),
        new_municipality=target,
        new_postal=_postal(places, target, rng),
        blocked=rng.random(count) < 0.002,
        test=numbers % 20011 == 7,
        frailty=rng.gamma(1.6, 1 / 1.6, count),
        onset=_onsets(who.birth, end, died, rng),
    )


def _deaths(birth: Array, sex: Array, years: tuple[int, int], rng: np.random.Generator) -> Array:
    died = np.full(len(birth), FAR)
    for year in range(years[0], years[1] + 1):
        start = day_number(year)
        age = (start - birth) / 365.25
        hazard = np.minimum(0.0000225 * np.exp(0.0985 * np.maximum(age, 0)) * np.where(sex == 1, 1.25, 0.85), 0.6)
        day = start + rng.integers(0, 365, len(birth))
        dies = (rng.random(len(birth)) < hazard) & (died == FAR) & (birth < day)
        died = np.where(dies, day, died)
    return died


def _postal(places: Places, municipality: Array, rng: np.random.Generator) -> Array:
    """Index of the postal area within the municipality."""
    found = np.zeros(len(municipality), dtype=np.int64)
    chance = rng.random(len(municipality))
    for place, town in enumerate(places.towns):
        here = municipality == place
        found[here] = np.minimum(np.searchsorted(np.cumsum(town.weights), chance[here]), len(town.postal) - 1)
    return found


def _onsets(birth: Array, end: int, died: Array, rng: np.random.Generator) -> Array:
    """A person falls ill at an age drawn from the logistic curve of the disease, if the lot falls on him or her."""
    count = len(birth)
    onset = np.full((len(DISEASES), count), FAR)
    metabolic = rng.random(count) < 0.35
    for place, (name, (level, middle, steep)) in enumerate(DISEASES.items()):
        kin = name in ("diabetes_t2", "hypertension", "coronary", "kidney", "heart_failure", "stroke")
        chance = level * np.where(metabolic, 1.75, 0.6) if kin else np.full(count, level)
        lot = np.clip(rng.random(count), 1e-6, 1 - 1e-6)
        age = np.maximum(middle + steep * np.log(lot / (1 - lot)), 1)
        day = birth + (age * 365.25).astype(np.int64)
        ill = (rng.random(count) < chance) & (day < np.minimum(end, died))
        onset[place] = np.where(ill, day, FAR)
    both = (onset[NAMES.index("diabetes_t1")] < FAR) & (onset[NAMES.index("diabetes_t2")] < FAR)
    onset[NAMES.index("diabetes_t2"), both] = FAR
    return onset
