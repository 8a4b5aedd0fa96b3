"""Reads GIFT as Moodle's importer does: replaces escaped characters, then looks for braces, marks and arrows."""

import re
from dataclasses import dataclass

PLACEHOLDERS = {f"\\{character}": f"\x00{ord(character)};" for character in ":#={}~"} | {"\\n": "\x0010;"}
FORMAT = re.compile(r"\[(html|plain|moodle|markdown)\]")
WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d+)?)%")


@dataclass
class ImportedQuestion:
    category: str
    name: str
    prompt: str
    kind: str
    answers: list
    feedback: str


def replace_escapes(text):
    text = text.replace("\\\\", "\x0092;")
    for escaped, kept in PLACEHOLDERS.items():
        text = text.replace(escaped, kept)
    return text.replace("\x0092;", "\\")


def restore_escapes(text):
    return re.sub("\x00(\\d+);", lambda found: chr(int(found[1])), text).strip()


def plain_text(text):
    return restore_escapes(FORMAT.sub("", text.strip(), count=1) if FORMAT.match(text.strip()) else text)


def choice(text):
    is_key, text = text.startswith("="), text.lstrip("~=")
    weight = WEIGHT.match(text)
    text, _, why = text[weight.end() if weight else 0 :].partition("#")
    points = float(weight[1]) if weight else 100.0 * is_key
    return plain_text(text), points, plain_text(why)


def match_answer(text):
    place, _, what = text.removeprefix("=").partition("->")
    return plain_text(place), restore_escapes(what)


def question(block, category):
    name, body = replace_escapes(block).removeprefix("::").split("::", 1)
    prompt, answers = body.rstrip().removesuffix("}").split("{", 1)
    assert "}" not in answers
    answers, _, feedback = answers.rpartition("####")
    parts = [part.strip() for part in re.split(r"(?=[~=])", answers) if part.strip()]
    is_choice = any(part.startswith("~") for part in parts)
    kind = "match" if not is_choice else "single" if any(part.startswith("=") for part in parts) else "multiple"
    read = choice if is_choice else match_answer
    return ImportedQuestion(
        category, restore_escapes(name), plain_text(prompt), kind, [read(part) for part in parts], plain_text(feedback)
    )


def read(text):
    category, found = "", []
    for block in re.split(r"\n\s*\n", text):
        lines = "\n".join(line for line in block.splitlines() if not line.strip().startswith("//")).strip()
        if lines.startswith("$CATEGORY:"):
            category = lines.removeprefix("$CATEGORY:").strip()
        elif lines:
            found.append(question(lines, category))
    return found
