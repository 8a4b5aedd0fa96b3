"""Turns a text of GIFT into what authors write in a bank: plain text with inline Markdown."""

from html.parser import HTMLParser

from quiz.exchange.gift_model import GiftText, TextFormat

# What stands before and after the contents of an element of HTML.
INLINE = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`", "kbd": "`"}
BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "pre", "h1", "h2", "h3", "h4"})
# Elements that say nothing once their contents are kept.
SILENT = frozenset({"span", "a", "font", "u", "small", "table", "tbody", "td", "th", "thead"})
# Elements without a place, which also hide what is in them.
HIDDEN = frozenset({"script", "style"})


def prose(text: GiftText) -> tuple[str, list[str]]:
    """Returns the text, and the names of the elements of HTML that are lost."""
    if text.format not in {TextFormat.HTML, TextFormat.MOODLE}:
        return text.text, []
    reader = _Reader(is_html=text.format is TextFormat.HTML)
    reader.feed(text.text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(filter(None, lines)), sorted(reader.lost)


class _Reader(HTMLParser):
    """Collects the parts of a text. Where HTML is only allowed, what is no known element is kept as it is written."""

    def __init__(self, *, is_html: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self._is_html = is_html
        self._hidden = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        if tag in HIDDEN:
            self._hidden += 1
        self._put(tag, self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._put(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag == "a" and self._links and (address := self._links.pop()):
            self.parts.append(f" ({address})")
        self._put(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.lost.add("!-- --")

    def handle_pi(self, data: str) -> None:
        self._put("?", f"<?{data}>")

    def handle_decl(self, decl: str) -> None:
        self._put("!", f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._put("!", f"<![{data}]>")

    def _put(self, tag: str, written: str) -> None:
        if tag in INLINE:
            self.parts.append(INLINE[tag])
        elif tag in BREAKS:
            self.parts.append("\n")
        elif tag in SILENT:
            return
        elif self._is_html or tag in HIDDEN or tag == "img":
            self.lost.add(tag)
        else:
            self.parts.append(written)
