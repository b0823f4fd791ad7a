// The sign of the house: a door that stands a little open.
const svg_space = "http://www.w3.org/2000/svg";

export function mark(size: number): SVGSVGElement {
  const drawing = document.createElementNS(svg_space, "svg");
  drawing.setAttribute("viewBox", "0 0 32 32");
  drawing.setAttribute("width", String(size));
  drawing.setAttribute("height", String(size));
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("mark");
  for (const [name, path] of [["arch", "M7 27V14a9 9 0 0 1 18 0v13"], ["leaf", "M12.5 27V13.6l7-4.2V27z"], ["step", "M4 27h24"]] as const) {
    const line = document.createElementNS(svg_space, "path");
    line.setAttribute("d", path);
    line.classList.add(name);
    drawing.append(line);
  }
  return drawing;
}
