// Makes a PNG of the picture that a link leads to, which is an SVG, as of the moment that the page shows.

const SCALE = 2;

async function drawn(text) {
  const svg = new Image();
  svg.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await svg.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [svg.width * SCALE, svg.height * SCALE];
  canvas.getContext("2d").drawImage(svg, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function download(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const [, name] = /filename="(.+)\.svg"/.exec(answer.headers.get("Content-Disposition"));
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await drawn(await answer.text()));
  file.download = `${name}.png`;
  file.click();
  URL.revokeObjectURL(file.href);
}

for (const link of document.querySelectorAll("[data-png]")) {
  link.closest("[hidden]").hidden = false;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const address = new URL(link.href), at = new URL(location).searchParams.get("at");
    if (at) address.searchParams.set("at", at);
    download(address).catch(() => { location = address; }); // which says why, or gives the SVG
  });
}
