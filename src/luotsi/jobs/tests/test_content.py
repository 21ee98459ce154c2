"""The faults of content as a running house keeps them."""

from pathlib import Path

from luotsi.jobs import content
from luotsi.jobs.tests.fabricated import county


def test_content_is_judged_again_when_a_file_has_changed_and_not_before(tmp_path: Path) -> None:
    made = county(tmp_path)
    file = tmp_path / "concepts" / "contact.yaml"
    before = content.faults(made)
    assert content.faults(made) == before
    file.write_text(file.read_text("utf-8").replace("refers: person", "refers: nobody"), "utf-8")
    after = content.faults(made)
    assert any(fault.file == str(file) and "nobody" in fault.what for fault in after)
    assert not any("nobody" in fault.what for fault in before)
