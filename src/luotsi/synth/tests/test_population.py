import datetime
from collections import Counter

import numpy as np
import pytest
from stdnum.fi import hetu

from luotsi.synth.population import born, cells, municipalities

CENTURIES = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}


def test_every_identity_code_is_valid_and_no_two_residents_share_one() -> None:
    table = cells(20_000, 2020, 2024)
    codes = born(table, np.arange(table.total)).hetu.astype(str).tolist()
    assert len(set(codes)) == table.total
    assert all(hetu.is_valid(code, allow_temporary=True) for code in codes)
    assert all(900 <= int(code[7:10]) <= 999 for code in codes)


def test_identity_code_tells_birth_and_sex_of_its_resident() -> None:
    table = cells(3_000, 2020, 2024)
    people = born(table, np.arange(table.total))
    for code, birth, sex in zip(people.hetu.astype(str), people.birth.tolist(), people.sex.tolist(), strict=True):
        day = datetime.date(1970, 1, 1) + datetime.timedelta(days=birth)
        assert code[:6] == f"{day:%d%m%y}"
        assert CENTURIES[code[6]] == day.year // 100 * 100
        assert int(code[9]) % 2 == sex % 2


def test_a_country_of_residents_on_one_day_uses_the_new_century_signs() -> None:
    table = cells(5_600_000, 2020, 2024)
    people = born(table, np.arange(0, table.total, 400))
    signs = Counter(code[6] for code in people.hetu.astype(str))
    assert signs["-"] > signs["Y"] > 0


def test_age_and_municipality_follow_statistics_finland() -> None:
    residents = 100_000
    table = cells(residents, 2020, 2020)
    people = born(table, np.arange(table.total))
    there = people.birth < (datetime.date(2020, 1, 1) - datetime.date(1970, 1, 1)).days
    assert int(there.sum()) == residents
    real = np.array([place.ages.sum() for place in municipalities()])
    made = np.bincount(people.municipality[there], minlength=len(real))
    assert np.abs(made / residents - real / real.sum()).max() < 0.001
    old = np.array([place.ages[75:].sum() for place in municipalities()]).sum() / real.sum()
    year = people.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    assert float((year[there] <= 2019 - 75).mean()) == pytest.approx(old, abs=0.001)


def test_a_block_of_numbers_gives_the_same_people_as_all_numbers() -> None:
    table = cells(5_000, 2020, 2022)
    every = born(table, np.arange(table.total)).hetu
    assert (born(table, np.arange(1_000, 1_200)).hetu == every[1_000:1_200]).all()
