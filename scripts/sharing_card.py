"""Draws `static/sharing.png`, the picture shown with a shared link. Run it while `make run` is up."""

import base64
import os
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from tests.browser.chrome import launch

PICTURE = Path(__file__).resolve().parent.parent / "static" / "sharing.png"
WIDTH, HEIGHT = 1200, 630
SITE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
LESSON = "/lessons/choreography-vs-orchestration/"
# The name, the claim, and the first picture of the lesson.
CARD = """() => {
  const [title, claim] = [document.createElement("h1"), document.createElement("p")];
  title.textContent = "Coordinate";
  claim.textContent = "How services coordinate: lessons that you can run.";
  const pictures = document.createElement("div");
  pictures.className = "diagram";
  pictures.append(document.querySelector("figure.diagram svg.wide"));
  document.body.replaceChildren(title, claim, pictures);
}"""
STYLE = """
  body { display: block; block-size: 630px; padding: 48px 64px; overflow: hidden; background: white; }
  h1 { font-size: 80px; margin: 0; }
  p { font-size: 34px; color: #545a60; margin: 0 0 44px; }
  .diagram .wide { display: block; inline-size: 100%; max-inline-size: none; }
"""

# Sixteen shades of each colour look the same, and weigh half.
PIXELS = """async (data) => {
  const picture = await createImageBitmap(await (await fetch(data)).blob());
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data: pixels } = context.getImageData(0, 0, picture.width, picture.height);
  return [...pixels].filter((_, at) => at % 4 < 3).map((shade) => Math.round(shade / 17) * 17);
}"""


def png(pixels: bytes) -> bytes:
    """Encodes pixels of three bytes each as a PNG. The browser's own encoding is twice as large."""
    row = 3 * WIDTH
    rows = b"".join(b"\0" + pixels[at : at + row] for at in range(0, len(pixels), row))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def main() -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, bypass_csp=True)
        page.goto(SITE + LESSON)
        page.evaluate(CARD)
        page.add_style_tag(content=STYLE)
        picture = base64.b64encode(page.screenshot()).decode()
        PICTURE.write_bytes(png(bytes(page.evaluate(PIXELS, f"data:image/png;base64,{picture}"))))
        browser.close()


if __name__ == "__main__":
    main()
