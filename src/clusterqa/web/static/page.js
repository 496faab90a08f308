// What the page does beyond links and forms: answers in place, the source beside the answer, copy,
// the last questions in this browser. Everything works without it. No words are kept here.

const page = document.getElementById("page");
const status = document.getElementById("status");
const panel = document.getElementById("reader");
const wide = matchMedia("(min-width: 64rem)");
const KEPT = 12;
const STORE = "clusterqa.questions";
let opener = null; // the link that opened the panel
let asking = null; // the request under way
let wanted = 0; // counts the sources asked for: only the last one is shown

// -- pages in place ---------------------------------------------------------------------------

class Refused extends Error {} // its message is for the reader

/** A page; throws `Refused`, in the server's words if it has any, when it is to be asked for again. */
async function fetched(address, options) {
  let response, html;
  try {
    response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
    html = await response.text();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Refused(status.dataset.offline);
  }
  const is = (response.headers.get("content-type") || "").startsWith("text/html");
  const found = new DOMParser().parseFromString(is ? html : "", "text/html");
  const alert = found.querySelector("[role=alert]")?.textContent.trim();
  if (!is || response.status === 429 || response.status >= 500) throw new Refused(alert || status.dataset.failed);
  return { url: response.url, ok: response.ok, alert, document: found };
}

/** Put a fetched page in place of this one, in one piece. */
function show(found, { focus = true } = {}) {
  closePanel(false);
  document.title = found.document.title;
  document.documentElement.lang = found.document.documentElement.lang;
  const fresh = found.document.getElementById("page");
  page.className = fresh.className;
  page.replaceChildren(...fresh.childNodes);
  prepare();
  if (focus) focusOn(page.querySelector("[autofocus]") || page.querySelector("#heading, [role=alert]"));
}

function focusOn(element) {
  if (!element) return;
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  window.scrollTo({ top: 0, behavior: "instant" });
}

/** The page at an address in place of this one; `from` is the form or link that asked for it. */
async function go(address, from, options) {
  asking?.abort();
  const mine = (asking = new AbortController());
  say(status.dataset.searching);
  try {
    const found = await fetched(address, { ...options, signal: mine.signal });
    rememberScroll();
    history.pushState({}, "", found.url);
    show(found);
    const answer = page.querySelector("#answer");
    say(answer ? status.dataset[answer.dataset.status === "no_answer" ? "refused" : "answered"] : "");
    return true;
  } catch (error) {
    if (error.name !== "AbortError") tell(worded(error), from, "problem");
    return false;
  } finally {
    if (asking === mine) asking = null;
  }
}

/** Say something to those who hear the page; what was told before is over. */
function say(words) {
  status.textContent = words || "";
  document.querySelector(".told")?.remove();
}

/** Say it, and show it beside what was used. The focus stays where it is. */
function tell(words, beside, look) {
  say(words);
  const place = beside.querySelector(".row") || beside.closest("li, dd, p, h3, nav, form") || beside;
  const note = document.createElement("p");
  note.className = `told ${look}`;
  note.textContent = words;
  note.tabIndex = -1;
  place.matches("li, dd") ? place.append(note) : place.after(note);
  if (look === "problem" && panel.matches(":modal")) note.focus(); // what is behind it is not heard
}

function worded(error) {
  if (!(error instanceof Refused)) console.error(error);
  return error instanceof Refused ? error.message : status.dataset.failed;
}

function rememberScroll() {
  history.replaceState({ ...history.state, scroll: scrollY }, "");
}

history.scrollRestoration = "manual"; // a page put in place is shorter or longer than the one before
addEventListener("pagehide", rememberScroll);
addEventListener("popstate", async (event) => {
  const shown = page.dataset.address;
  const here = location.pathname + location.search;
  if (shown === here) {
    if (event.state?.source) openPanel(event.state.source, null, { push: false });
    else if (panel.open) closePanel(false, true);
    return;
  }
  try {
    show(await fetched(location.href), { focus: false });
    window.scrollTo({ top: event.state?.scroll || 0, behavior: "instant" });
    say("");
  } catch {
    location.reload();
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-ask]")) {
    event.preventDefault();
    if (asking) return;
    const button = form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    const sent = new URLSearchParams(new FormData(form));
    const done = await go(form.action, form, { method: "POST", body: sent });
    if (!done) button.removeAttribute("aria-disabled");
  } else if (form.matches("[data-feedback]")) {
    event.preventDefault();
    try {
      const sent = await fetched(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!sent.ok) throw new Refused(sent.alert || status.dataset.failed);
    } catch (error) {
      return tell(worded(error), form, "problem");
    }
    const thanks = document.createElement("p");
    thanks.textContent = status.dataset.thanks;
    thanks.tabIndex = -1;
    form.replaceWith(thanks);
    thanks.focus();
    say(status.dataset.thanks);
  }
});

// Enter sends the question from where it is written; with Shift it begins a line, and while a word is
// being composed it ends that.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("[data-ask] textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape" && panel.open && !panel.matches(":modal")) closePanel(true);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.copy !== undefined) copy(button);
  if (button?.matches("[data-print]")) print();
  if (button?.matches("[data-close]")) closePanel(true);
  if (button?.matches("[data-forget]")) forget();
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.matches("[data-source]") && (page.querySelector("#answer, .found") || panel.contains(link))) {
    event.preventDefault();
    openPanel(link.href, link);
  } else if (link.matches("[data-swap]")) {
    event.preventDefault();
    go(link.href, link);
  }
});

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    tell(status.dataset.copied, button, "hint");
  } catch {
    tell(status.dataset.failed, button, "problem");
  }
}

// -- the source beside the answer ---------------------------------------------------------------

/** Show the source at an address. `link` was followed; one outside the panel is come back to. */
async function openPanel(address, link, { push = true } = {}) {
  const mine = (wanted += 1);
  say(status.dataset.searching);
  let view;
  try {
    view = await sourceView(address);
  } catch (error) {
    if (mine === wanted) tell(worded(error), link || page.querySelector("#heading"), "problem");
    return;
  }
  if (mine !== wanted) return; // another link was followed meanwhile
  if (!view) {
    location.href = address;
    return;
  }
  if (push) {
    rememberScroll();
    history.pushState({ source: address, depth: (history.state?.depth || 0) + 1, scroll: scrollY }, "");
  }
  opener?.removeAttribute("aria-expanded");
  if (link && !panel.contains(link)) opener = link;
  opener?.setAttribute("aria-expanded", "true");
  panel.querySelector(".body").replaceChildren(view);
  if (!panel.open) wide.matches ? panel.show() : panel.showModal();
  document.body.classList.add("reading-source");
  prepareIn(panel);
  view.querySelector("h1").focus({ preventScroll: true });
  scrollToQuote();
  say("");
}

/** The part of a document's page that the panel shows, with ids of its own; null if there is none. */
async function sourceView(address) {
  const view = (await fetched(address)).document.getElementById("source-view");
  if (!view) return null;
  for (const element of view.querySelectorAll("[id]:not(#quote)")) element.id = `panel-${element.id}`;
  for (const element of [view, ...view.querySelectorAll("[aria-labelledby]")]) element.setAttribute("aria-labelledby", `panel-${element.getAttribute("aria-labelledby")}`);
  return view;
}

function scrollToQuote() {
  const body = panel.querySelector(".body");
  const place = body.querySelector("#quote, #panel-place");
  body.scrollTop = 0;
  const below = place ? place.getBoundingClientRect().bottom - body.getBoundingClientRect().bottom : 0;
  if (place && below > -80) body.scrollTop = place.getBoundingClientRect().top - body.getBoundingClientRect().top - 120;
}

/** Close the panel; when the reader does, its steps in the browser's history are taken back. */
function closePanel(back, restored = false) {
  if (!panel.open) return;
  panel.close();
  panel.querySelector(".body").replaceChildren();
  document.body.classList.remove("reading-source");
  const link = opener;
  opener = null;
  link?.removeAttribute("aria-expanded");
  if ((back || restored) && link?.isConnected) link.focus();
  if (back && history.state?.depth) history.go(-history.state.depth);
}
panel.addEventListener("cancel", (event) => {
  event.preventDefault();
  closePanel(true);
});

// -- the last questions, in this browser only ----------------------------------------------------

function questions() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || [];
  } catch {
    return [];
  }
}

function store(list) {
  try {
    localStorage.setItem(STORE, JSON.stringify(list));
  } catch {
    // private window, full or switched off: nothing is kept
  }
}

function remember(answer) {
  const address = answer.dataset.permalink;
  const question = page.querySelector("#heading").textContent;
  store([{ question, address }, ...questions().filter((one) => one.address !== address)].slice(0, KEPT));
}

function forget() {
  try {
    localStorage.removeItem(STORE);
  } catch {
    // as above
  }
  listQuestions();
  page.querySelector("#question")?.focus();
}

function listQuestions() {
  const section = page.querySelector("#recent");
  if (!section) return;
  const list = questions().filter((one) => /^ask\?/.test(one.address));
  section.hidden = list.length === 0;
  section.querySelector("ul").replaceChildren(
    ...list.map(({ question, address }) => {
      const link = Object.assign(document.createElement("a"), { href: address, textContent: question });
      link.dataset.swap = "";
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
}

// -- every time a page is in place -----------------------------------------------------------------

function prepare() {
  page.dataset.address = location.pathname + location.search;
  const answer = page.querySelector("#answer");
  if (answer) remember(answer);
  listQuestions();
  prepareIn(page);
}

function prepareIn(root) {
  for (const element of root.querySelectorAll("[data-copy], [data-print], [data-keys]")) element.hidden = false;
  for (const field of root.querySelectorAll("[data-ask] textarea")) field.enterKeyHint = "send";
  const printed = root.querySelector("[data-address]");
  if (printed) printed.textContent = printed.textContent.replace(/\S+$/, new URL(printed.dataset.address, location.href).href);
  const pdf = root.querySelector(".pdf[data-file]");
  if (pdf) import("./pdf.js").then(({ showPages }) => showPages(pdf)).catch(() => tell(status.dataset.nopdf, pdf.querySelector(".bar"), "hint"));
}

prepare();
if (!location.hash && page.querySelector("#answer")) page.querySelector("#heading").focus({ preventScroll: true });
if (history.state?.scroll) window.scrollTo({ top: history.state.scroll, behavior: "instant" });
