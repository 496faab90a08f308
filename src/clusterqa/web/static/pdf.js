// The pages of a PDF around a quote, drawn by pdf.js, with the quote's rectangles over them. The
// rectangles come from the server; without them a page is shown and nothing is marked.

const AROUND = 1; // pages before the first and after the last one with a mark
const WIDEST = 900; // CSS pixels

export async function showPages(section) {
  const status = document.getElementById("status");
  const [pdfjs, rects] = await Promise.all([library(), rectangles(section.dataset.marks)]);
  const loading = pdfjs.getDocument({ url: section.dataset.file, useWasm: false }); // keeps the CSP
  const pdf = await loading.promise;
  const sheets = section.querySelector(".sheets");
  const marked = rects.map((rect) => rect.page);
  const first = Math.max(1, Math.min(...marked, Number(section.dataset.page)) - AROUND);
  const last = Math.min(pdf.numPages, Math.max(...marked, Number(section.dataset.page)) + AROUND);
  for (let number = first; number <= last; number += 1) {
    if (!section.isConnected) break;
    sheets.append(await sheet(pdf, number, rects, section.clientWidth - 24, status.dataset.page));
  }
  const mark = sheets.querySelector(".rect") || sheets.querySelector(`[data-number="${section.dataset.page}"]`);
  if (mark) sheets.scrollTop = Math.max(0, mark.getBoundingClientRect().top - sheets.getBoundingClientRect().top - 120);
  section.dataset.shown = String(rects.length);
  loading.destroy(); // the pages are drawn; its worker may go
  sheets.tabIndex = 0; // scrolls by keyboard
}

async function library() {
  const pdfjs = await import("./vendor/pdfjs/pdf.min.mjs");
  globalThis.pdfjsLib = pdfjs;
  pdfjs.GlobalWorkerOptions.workerSrc = new URL("./vendor/pdfjs/pdf.worker.min.mjs", import.meta.url).href;
  return pdfjs;
}

async function rectangles(address) {
  if (!address) return [];
  const response = await fetch(address);
  return response.ok ? (await response.json()).rects : [];
}

async function sheet(pdf, number, rects, room, word) {
  const page = await pdf.getPage(number);
  const natural = page.getViewport({ scale: 1 });
  const width = Math.min(WIDEST, Math.max(240, room));
  const viewport = page.getViewport({ scale: (width / natural.width) * Math.min(2, devicePixelRatio || 1) });
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${word} ${number}`);
  const box = document.createElement("div");
  box.className = "sheet";
  box.dataset.number = String(number);
  box.style.maxWidth = `${width}px`;
  box.append(canvas);
  await page.render({ canvas, viewport }).promise;
  box.append(...rects.filter((rect) => rect.page === number).map((rect) => marker(rect, viewport)));
  return box;
}

/** A rectangle in points from the bottom left, as shares of the page drawn. */
function marker({ x0, y0, x1, y1 }, viewport) {
  const one = viewport.convertToViewportPoint(x0, y0);
  const two = viewport.convertToViewportPoint(x1, y1);
  const mark = document.createElement("div");
  mark.className = "rect";
  const share = (value, whole) => `${(100 * value) / whole}%`;
  mark.style.left = share(Math.min(one[0], two[0]), viewport.width);
  mark.style.top = share(Math.min(one[1], two[1]), viewport.height);
  mark.style.width = share(Math.abs(one[0] - two[0]), viewport.width);
  mark.style.height = share(Math.abs(one[1] - two[1]), viewport.height);
  return mark;
}
