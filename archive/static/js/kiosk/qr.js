// One drawing of a text as a square that telephones read.
import encodeQR from "../../vendor/qr-0.7.0.min.js";

const SVG = "http://www.w3.org/2000/svg";

/** Draw it: dark squares as one path, with the quiet border that readers need. */
export function drawQr(text) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("shape-rendering", "crispEdges");
  const drawn = document.createElementNS(SVG, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}
