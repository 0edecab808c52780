// Puts the page together: what the address says is shown, keys and clicks change the address.

const run = readRun(byId("data").textContent);
const tree = new Tree(run, byId("tree"), byId("rows"), (agent) => go("agent/" + agent.id));

let chosenSpans = [];  // of the source: what the panel is about

function go(place) {
  if (location.hash === "#" + place) show();
  else location.hash = place;
}

// ------------------------------------------------------------------ what is shown

function show() {
  const [kind, name] = decoded(location.hash).split("/");
  const agent = kind === "agent" ? run.byId.get(name) : null;
  const cited = kind === "cite" ? run.citations[Number(name)] : null;
  const panel = byId("panel");
  document.body.dataset.part = kind === "agents" ? "agents" : "panel";
  byId("to-answer").setAttribute("aria-current", String(kind !== "agents"));
  byId("to-agents").setAttribute("aria-current", String(kind === "agents"));
  if (agent) tree.reveal(agent);
  else if (!cited) tree.chosen = null;
  chosenSpans = agent ? agent.spans : cited ? [cited.span] : [];
  if (kind !== "agents" || !panel.childElementCount) fillPanel(panel, agent, cited, name);
  redraw();
}

function decoded(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";  // an address that somebody spoilt is that of the answer
  }
}

function fillPanel(panel, agent, cited, name) {
  panel.replaceChildren();
  add(panel, agent ? agentPanel(run, agent) : cited ? citationPanel(run, Number(name)) : answerPanel(run));
  panel.scrollTop = 0;
  const mark = panel.querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
}

function redraw() {
  tree.change();
  drawCoverage(run, byId("coverage"), chosenSpans);
  const busiest = drawParallel(run, byId("parallel"), tree.range);
  byId("axis").replaceChildren(
    el("span", {}, seconds(tree.range[0])),
    el("span", {}, busiest ? "at most " + count(busiest) + " at the model at a time" : ""),
    el("span", {}, seconds(tree.range[1])));
  const found = tree.shown ? count(tree.found.size) + " of " : "";
  byId("count").replaceChildren(found + plural(run.agents.length, "agent"));
}

// ------------------------------------------------------------------ search, zoom, colours

const PAUSE = 120;  // milliseconds without a key after which is searched
let typing = 0;

function search() {
  const query = byId("search").value.trim();
  tree.filter(query ? matching(run, query) : null);
  redraw();
}

function zoom() {
  const agent = tree.cursor;
  const whole = [0, Math.max(1, run.end)];
  const own = agent ? [agent.time[0], Math.max(agent.time[0] + 1, agent.time[1])] : whole;
  const zoomed = tree.range[0] !== whole[0] || tree.range[1] !== whole[1];
  tree.range = zoomed ? whole : own;
  byId("zoom").replaceChildren(zoomed ? "Zoom" : "Whole run");
  redraw();
}

function switchTheme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  redraw();
}

// ------------------------------------------------------------------ keys

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typed = event.target === byId("search");
  if (event.key === "Escape") back(typed);
  else if (typed) searchKey(event);
  else if (event.key === "/") focus(event, byId("search"));
  else if (event.key === "z") zoom();
  else if (forTree(event) && tree.key(event.key)) afterKey(event);
}

// Keys go to the tree unless what has the focus needs them: the panel scrolls, a button is pressed.
function forTree({ target, key }) {
  if (target === document.body || byId("tree").contains(target)) return true;
  return byId("overview").contains(target) && key !== "Enter" && key !== " ";
}

function afterKey(event) {
  event.preventDefault();
  byId("tree").focus({ preventScroll: true });
}

function searchKey(event) {
  if (event.key !== "Enter" && event.key !== "ArrowDown") return;
  clearTimeout(typing);
  search();
  focus(event, byId("tree"));
  if (event.key === "Enter" && tree.found && tree.found.size) tree.choose(tree.cursor);
}

function focus(event, target) {
  event.preventDefault();
  target.focus();
  if (target.select) target.select();
}

// Goes back a step: out of a search, from a citation to who cites it, from an agent to the answer or the list.
function back(typed) {
  if (typed || tree.shown) {
    byId("search").value = "";
    search();
    byId("tree").focus();
  } else if (location.hash.startsWith("#cite/") && tree.chosen) go("agent/" + tree.chosen.id);
  else if (location.hash.startsWith("#agent/") && narrow()) go("agents");
  else go("answer");
}

function narrow() {
  return matchMedia("(max-width: 760px)").matches;
}

// ------------------------------------------------------------------ begin

function placeAt(event) {
  const box = byId("coverage").getBoundingClientRect();
  return agentAt(run, Math.floor(run.length * (event.clientX - box.left) / box.width));
}

function listen() {
  addEventListener("hashchange", show);
  addEventListener("keydown", pressed);
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  byId("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, PAUSE);
  });
  byId("theme").addEventListener("click", switchTheme);
  byId("zoom").addEventListener("click", zoom);
  byId("expand").addEventListener("click", () => tree.openAll(true));
  byId("collapse").addEventListener("click", () => tree.openAll(false));
  listenToCoverage(byId("coverage"));
}

function listenToCoverage(strip) {
  strip.addEventListener("click", (event) => {
    const agent = placeAt(event);
    if (agent) go("agent/" + agent.id);
  });
  strip.addEventListener("pointermove", (event) => {
    const agent = placeAt(event);
    strip.title = agent ? visible(agent.id + " " + text(run, agent.location)) : "";
  });
}

function begin() {
  document.title = "rao: " + visible(nameOf(run.run));
  byId("strip").hidden = !run.agents.some((agent) => agent.spans.length);  // runs of before told none
  add(byId("question"), [nameOf(run.run)]);
  listen();
  show();
  // When the first picture stands, for who wants to know how long it took.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  }));
}

begin();
