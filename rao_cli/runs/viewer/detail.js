// What stands in the panel: the answer, an agent, or a citation.

const LISTED = 100;  // children and readers that are named one by one

// ------------------------------------------------------------------ pieces

// Makes a part with a heading; a part of nothing is left out.
function section(title, ...children) {
  const filled = children.flat(Infinity).filter((child) => !isEmpty(child));
  return filled.length ? el("section", {}, el("h3", {}, title), filled) : null;
}

function isEmpty(value) {
  return value === "" || value === undefined || value === null;
}

// Makes a list of names and what they stand for; a name without anything is left out.
function facts(pairs) {
  const filled = pairs.filter(([, value]) => !isEmpty(value));
  const rows = filled.flatMap(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)]);
  return rows.length ? el("dl", {}, rows) : null;
}

function chip(status, told = status) {
  return el("span", { class: "chip " + status }, (MARKS[status] || "·") + " " + told);
}

function prose(written) {
  return written ? el("div", { class: "prose", dir: "auto" }, written) : null;
}

function exact(written) {
  return el("pre", { dir: "auto" }, written);
}

function warning(told) {
  return told ? el("p", { class: "warning", dir: "auto" }, told) : null;
}

function paragraphs(texts) {
  return texts.map((one) => el("p", { dir: "auto" }, one));
}

function agentLink(run, agent) {
  return el("a", { href: "#agent/" + agent.id, class: "agent " + agent.status },
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[agent.status] || "·"),
    el("b", {}, agent.id), " ", el("bdi", {}, titleOf(run, agent).slice(0, 120)));
}

function agentLinks(run, agents) {
  if (!agents.length) return null;
  const links = agents.slice(0, LISTED).map((agent) => el("li", {}, agentLink(run, agent)));
  const more = agents.length - LISTED;
  return el("ul", { class: "links" }, links, more > 0 ? el("li", {}, "and " + plural(more, "more agent")) : "");
}

function citationLinks(run, numbers) {
  if (!numbers || !numbers.length) return null;
  return el("ol", { class: "links" }, numbers.map((number) => citationLink(run, number)));
}

function citationLink(run, number) {
  const cited = run.citations[number];
  return el("li", {}, el("a", { href: "#cite/" + number, class: "citation" },
    el("b", {}, el("bdi", {}, cited.label || "a place")), cited.verified ? "" : el("i", {}, " not verified"),
    cited.quote ? el("q", { dir: "auto" }, cited.quote) : ""));
}

// ------------------------------------------------------------------ the answer

function answerPanel(run) {
  const { run: about, result, calls } = run;
  const title = about.task === "summarize" ? "Summary" : "Answer";
  const unfinished = "This run did not come to its end; its agents so far are in the tree.";
  const own = (call, at) => section("For the run itself: " + callTitle(at, calls.length), callPart(run, call));
  return [
    el("p", { class: "asked", dir: "auto" }, about.question),
    el("div", { class: "title" }, el("h2", {}, title), chip(result ? result.status : "interrupted")),
    result ? resultParts(run, result) : warning(unfinished),
    section("Run", facts(runFacts(run))),
    calls.map(own),
    section("Keys", el("p", { class: "keys" },
      "↑ ↓ agents · → ← open, close · Enter show · / search · z zoom · Esc back")),
  ];
}

function resultParts(run, result) {
  return [
    prose(result.answer) || warning(result.reason || whyNoAnswer(run, result)),
    result.answer ? warning(result.reason) : null,
    result.how ? el("p", {}, "How: ", result.how) : null,
    isEmpty(result.data) ? null : section("As asked", exact(JSON.stringify(result.data, null, 2))),
    section("Citations", citationLinks(run, result.citations)),
    section("Other answers", paragraphs(result.conflicts)),
    section("Warnings", result.warnings.map(warning)),
  ];
}

function whyNoAnswer(run, result) {
  const left = !run.run.texts && ["found", "partial"].includes(result.status);
  if (left) return "The answer was left out of this file.";
  return result.status === "absent" ? "Not found in the sources." : "No answer.";
}

function runFacts(run) {
  const { run: about, result, usage } = run;
  return [
    ["sources", about.sources.join(", ")],
    ["read", result ? coverageTold(result.coverage) : ""],
    ["size", about.tokens ? count(about.tokens) + " tokens in " + plural(about.sections, "section") : ""],
    ["agents", plural(run.agents.length, "agent")],
    ["tokens", tokensTold(usage)],
    ["time", seconds(usage[3])],
    ["confidence", result ? result.confidence : ""],
    ["model", el("span", { title: about.model }, about.model.split(":")[0])],
    ["window", about.window ? count(about.window) + " tokens" : ""],
    ["strategy", about.strategy ? strategyTold(about.strategy, result) : ""],
    ["options", Object.keys(about.options).length ? JSON.stringify(about.options) : ""],
    ["run", about.id],
    ["started", about.started],
    ["rao", about.version],
  ];
}

function strategyTold(strategy, result) {
  return strategy.split(" ")[0] + (result && result.fell_back ? ", left: " + result.fell_back : "");
}

function coverageTold(read) {
  const examined = read.sections_examined ? ", " + count(read.sections_examined) + " gone through by code" : "";
  const skipped = read.skipped ? ", " + plural(read.skipped, "input") + " skipped" : "";
  return count(read.sections_read) + " of " + plural(read.sections_total, "section") + examined + skipped;
}

function tokensTold([prompt, cached, written]) {
  return count(prompt) + " read (" + count(cached) + " known before), " + count(written) + " written or weighed";
}

// ------------------------------------------------------------------ an agent

function agentPanel(run, agent) {
  const report = agent.report || {};
  const children = agent.children.length === 1 ? "1 child" : count(agent.children.length) + " children";
  return [
    pathOf(agent),
    el("div", { class: "title" }, el("h2", {}, "Agent " + agent.id), chip(agent.status)),
    prose(text(run, report.answer)),
    facts([
      ["given", titleOf(run, agent)],
      ["place", text(run, agent.location)],
      ["shown", agent.view],
      ["time", seconds(agent.time[0]) + " to " + seconds(agent.time[1])],
      ["tokens", tokensTold(agent.usage)],
    ]),
    agent.limits.map(([at, , message]) => warning(seconds(at) + " " + message)),
    agent.handoff ? section("Handoff", handoffPart(run, agent.handoff)) : null,
    agent.calls.map((call, at) => section(callTitle(at, agent.calls.length), callPart(run, call))),
    section(agent.actions.length > 1 ? "Actions" : "Action", agent.actions.map((taken) => actionPart(run, taken))),
    agent.report ? section("Report", reportPart(run, report)) : null,
    section(children, agentLinks(run, agent.children)),
  ];
}

function pathOf(agent) {
  const path = [];
  for (let one = agent.above; one; one = one.above) {
    path.unshift(el("a", { href: "#agent/" + one.id }, one.id), " › ");
  }
  return el("nav", { class: "path", "aria-label": "Agents above" },
    el("a", { href: "#answer" }, "Answer"), " › ", path, agent.id);
}

function handoffPart(run, handoff) {
  const items = (places) => places.map((place) => el("li", { dir: "auto" }, text(run, place)));
  const list = (places) => (places ? el("ul", {}, items(places)) : "");
  return facts([
    ["goal", text(run, handoff.goal)],
    ["facts", list(handoff.facts)],
    ["choices", list(handoff.choices)],
    ["returns", handoff.returns],
    ["sections", text(run, handoff.sections)],
  ]);
}

function actionPart(run, taken) {
  const by = " chosen by " + ({ model: "the model", strategy: "a strategy" }[taken.by] || "rules") + ", " + seconds(taken.at || 0);
  const name = el("b", {}, taken.action.action || "action");
  const left = taken.left === undefined ? "" : el("p", {}, "The strategy was left: " + text(run, taken.left));
  return el("div", {}, el("p", {}, name, by), left, exact(spelled(taken.action)));
}

// Spells JSON on lines of its own, but a list of numbers on one; no text in JSON holds the end of a line.
function spelled(value) {
  const onOne = (_, numbers) => "[" + numbers.trim().replace(/\s+/g, " ") + "]";
  return JSON.stringify(value, null, 1).replace(/\[\n\s+((?:-?\d+,?\s+)+)\]/g, onOne);
}

function reportPart(run, report) {
  return [
    facts([
      ["status", report.status],
      ["answer", text(run, report.answer)],
      ["confidence", report.confidence],
      ["reason", text(run, report.reason)],
      ["how", text(run, report.how)],
    ]),
    citationLinks(run, report.citations),
    paragraphs((report.conflicts || []).map((place) => "or: " + text(run, place))),
  ];
}

// ------------------------------------------------------------------ a citation

function citationPanel(run, number) {
  const cited = run.citations[number];
  const [start, end] = cited.span;
  const isThere = (span) => span[0] < end && start < span[1];
  return [
    el("nav", { class: "path" }, el("a", { href: "#answer" }, "Answer"), " › citation"),
    el("div", { class: "title" }, el("h2", { dir: "auto" }, cited.label || "Citation"),
      cited.verified ? chip("found", "verified") : chip("absent", "not verified")),
    facts([["under", cited.heading], ["characters", count(start) + " to " + count(end)]]),
    citedText(run, cited),
    section("Read by", agentLinks(run, run.readers.filter((agent) => agent.spans.some(isThere)))),
    section("Cited by", agentLinks(run, run.agents.filter((agent) => citationsOf(agent).includes(number)))),
  ];
}

// The quote alone is shown where it was not found in what agents were shown.
function citedText(run, cited) {
  const shown = passageOf(run, cited);
  return [
    cited.quote && !shown.querySelector("mark") ? el("blockquote", { dir: "auto" }, cited.quote) : null,
    cited.passage ? section("Passage", passagePart(cited)) : null,
    shown.childElementCount ? section("As agents were shown it", shown) : warning(whyNoText(run)),
  ];
}

function passagePart(cited) {
  const mark = findQuote([cited.passage], cited.quote || "", 0).get(0);
  return el("div", { class: "source lines", dir: "auto" }, marked(cited.passage, mark));
}

function whyNoText(run) {
  return run.run.texts
    ? "No agent was shown the text here." : "This file was written without the text of the sources.";
}
