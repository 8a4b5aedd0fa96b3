"""`exportsaga` prints a saga in a format, or writes its files."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.formats import SAGA_FORMATS

ORDER = SAGA["order"]


def export(*arguments):
    out, err = StringIO(), StringIO()
    call_command("exportsaga", *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.mark.parametrize("made_as", SAGA_FORMATS, ids=lambda one: one.name)
def test_each_file_is_printed_as_it_is(made_as):
    for name, text in made_as.render(ORDER).items():
        assert export("order", made_as.name, "--file", name) == text


@pytest.mark.parametrize("made_as", SAGA_FORMATS, ids=lambda one: one.name)
def test_all_files_are_written_into_a_folder(made_as, tmp_path):
    export("order", made_as.name, "--into", str(tmp_path / "new"))
    assert {file.name: file.read_text() for file in (tmp_path / "new").iterdir()} == dict(made_as.render(ORDER))


def test_of_a_format_with_several_files_one_has_to_be_chosen():
    made_as = next((one for one in SAGA_FORMATS if len(one.render(ORDER)) > 1), None)
    if made_as is None:
        pytest.skip("every format is one file")
    err = StringIO()
    with pytest.raises(SystemExit):
        call_command("exportsaga", "order", made_as.name, stdout=StringIO(), stderr=err)
    assert all(name in err.getvalue() for name in made_as.render(ORDER))


@pytest.mark.parametrize("wrong", [("none", "temporal"), ("order", "cobol")])
def test_what_does_not_exist_is_told_with_what_does(wrong):
    with pytest.raises(CommandError, match="choose from"):
        export(*wrong)
