from luotsi.concepts.reading import read_county
from luotsi.concepts.scope import Known, columns, dimension_codes, has_segment, scope, stages
from luotsi.concepts.shipped import shipped


def test_a_row_has_its_attributes_but_none_that_identify(small) -> None:
    county, _ = small.read()
    assert set(columns(county, "person")) == {"key", "birth_date", "sex"}


def test_a_row_of_a_group_has_the_references_and_the_date_of_what_it_hangs_on(small) -> None:
    county, _ = small.read()
    assert set(columns(county, "visit.answers")) == {"key", "person", "unit", "started_at", "variable", "number"}


def test_a_reference_reaches_one_hop_and_no_further(small) -> None:
    county, _ = small.read()
    names = scope(county, county.measures["calls"])
    assert names.find("sex", "person") == Known("code", codes="sex")
    assert names.find("person_id", "person") is None
    assert names.find("sex", "unit") is None


def test_each_step_knows_the_names_of_the_steps_before_it(small) -> None:
    county, _ = small.read()
    steps = stages(county, county.measures["calls"])
    assert steps.row("day", None) is None
    assert steps.let("day", None) == "date"
    assert steps.let("before", None) is None
    assert steps.look("before", None) == "integer"
    assert steps.then("again", None) == "boolean"


def test_after_a_method_only_its_own_columns_are_there(small) -> None:
    county, _ = small.read()
    steps = stages(county, county.measures["seen"])
    assert steps.result("total", None) == "decimal"
    assert steps.result("minutes", None) is None
    assert steps.dimensions == {"sex": "sex"}
    assert steps.grouped("sex", None) == "code"


def test_the_ends_of_a_period_are_names_of_a_census_alone(small) -> None:
    county, _ = small.read()
    assert stages(county, county.segments["main"]).row("period_end", None) == "date"
    assert stages(county, county.measures["calls"]).row("period_end", None) is None


def test_a_named_expression_keeps_the_code_list_of_its_columns(small) -> None:
    county, _ = small.read()
    names = stages(county, county.measures["calls"]).row
    assert names.told("CASE WHEN minutes > 5 THEN contact_type ELSE NULL END").codes == "contact_type"
    assert names.told("coalesce(contact_type, person.sex)").codes is None
    assert names.told("person").refers == "person"


def test_the_values_of_a_dimension_are_named_by_its_list_or_the_list_of_its_name() -> None:
    county, _ = read_county(shipped())
    assert dimension_codes(county, "contact", "sex") == "sex"
    assert dimension_codes(county, "contact", "municipality") == "municipality"
    assert dimension_codes(county, "contact", "channel") == "channel"
    assert dimension_codes(county, "contact", "age_group") == "age_group"
    assert dimension_codes(county, "contact", "unit") is None


def test_only_what_belongs_to_a_person_has_a_segment() -> None:
    county, _ = read_county(shipped())
    assert has_segment(county, "person")
    assert has_segment(county, "stay")
    assert not has_segment(county, "bed_day")
