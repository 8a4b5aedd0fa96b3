"""Static files as they are collected: under names that say what is in them."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

from infra.private_apis.static_storage import Storage

FILES = {
    "js/main.js": 'import { part } from "./part.js";\n// import("../elsewhere").thing\nimport("./part.js");\n'
    'new Worker(new URL("./part.js", import.meta.url));\n',
    "js/part.js": "export const part = () => 1;\n",
    "css/page.css": '@import "one.css";\n@import "two.css";\n',
    "css/one.css": "/* Red,\n   as *signals* are. */\n\na { color: red; } /* now */\n",
    "css/two.css": 'b { background: url("dot.svg"); }\n',
    "css/dot.svg": "<svg/>",
}


@pytest.fixture
def written(tmp_path):
    folder = tmp_path / "written"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def collect(written, tmp_path):
    """Collects the files again, and returns a function that finds the served file of a name."""

    def collected():
        source, target = FileSystemStorage(written), Storage(location=tmp_path / "served", base_url="/static/")
        names = [str(path.relative_to(written)) for path in written.rglob("*") if path.is_file()]
        for name in names:
            Path(target.path(name)).parent.mkdir(parents=True, exist_ok=True)
            Path(target.path(name)).write_bytes((written / name).read_bytes())
        list(target.post_process({name: (source, name) for name in names}))
        return lambda name: Path(target.path(target.stored_name(name)))

    return collected


def test_a_module_names_others_as_they_are_served_and_comments_stay(collect):
    served = collect()
    text = served("js/main.js").read_text()
    assert re.findall(r'"\./(part\.\w{12}\.js)"', text) == [served("js/part.js").name] * 3
    assert 'import("../elsewhere")' in text


def test_a_sheet_that_imports_others_is_one_request(collect):
    text = collect()("css/page.css").read_text()
    assert not re.search("@import|now|signals|/", text)
    assert text.index("color: red") < text.index("background")
    assert re.search(r'url\("dot\.\w{12}\.svg"\)', text)


def test_a_sheet_that_is_imported_imports_none_itself(collect, written):
    (written / "css/one.css").write_text('/* Red. */\n  @import url("two.css");\n')
    with pytest.raises(ImproperlyConfigured, match=r"one\.css imports others .* name them all in page\.css"):
        collect()


def test_what_is_no_sheet_but_is_named_like_one_is_left_as_it_is(collect, written):
    packed = b"\x1f\x8b\xff"
    (written / "css/page.css.bin").write_bytes(packed)
    assert collect()("css/page.css.bin").read_bytes() == packed


def test_an_edit_gives_what_holds_it_a_new_name(collect, written):
    before = collect()
    old = before("css/page.css").name
    (written / "css/one.css").write_text("a { color: blue; }\n")
    after = collect()
    assert after("css/page.css").name != old
    assert "blue" in after("css/page.css").read_text()


def test_what_was_not_collected_keeps_its_plain_name(tmp_path):
    assert Storage(location=tmp_path, base_url="/static/").url("js/new.js") == "/static/js/new.js"
