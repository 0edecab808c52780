// What stands in the panel: the answer, an agent, or a citation.

const LISTED = 100;  // children and readers that are named one by one

// ------------------------------------------------------------------ pieces

function section(title, ...children) {
  const filled = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== "");
  return filled.length ? el("section", {}, el("h3", {}, title), filled) : null;
}

// Makes a list of names and what they stand for; a name without anything is left out.
function facts(pairs) {
  const filled = pairs.filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return filled.length
    ? el("dl", {}, filled.flatMap(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)])) : null;
}

function chip(status) {
  return el("span", { class: "chip " + status }, (MARKS[status] || "·") + " " + status);
}

function prose(written) {
  return written ? el("div", { class: "prose", dir: "auto" }, written) : null;
}

function exact(written) {
  return el("pre", { dir: "auto" }, written);
}

function agentLink(run, agent) {
  return el("a", { href: "#agent/" + agent.id, class: "agent " + agent.status },
    el("span", { class: "mark", "aria-hidden": "true" }, MARKS[agent.status] || "·"),
    el("b", {}, agent.id), " ", el("bdi", {}, titleOf(run, agent).slice(0, 120)));
}

function agentLinks(run, agents) {
  const links = agents.slice(0, LISTED).map((agent) => el("li", {}, agentLink(run, agent)));
  const more = agents.length - LISTED;
  return agents.length ? el("ul", { class: "links" }, links, more > 0 ? el("li", {}, "and " + plural(more, "more agent")) : "") : null;
}

function citationLinks(run, numbers) {
  return (numbers || []).length ? el("ol", { class: "links" }, numbers.map((number) => citationLink(run, number))) : null;
}

function citationLink(run, number) {
  const cited = run.citations[number];
  return el("li", {}, el("a", { href: "#cite/" + number, class: "citation" },
    el("b", {}, el("bdi", {}, cited.label || "a place")), cited.verified ? "" : el("i", {}, " not verified"),
    cited.quote ? el("q", { dir: "auto" }, cited.quote) : ""));
}

function limitsOf(limits) {
  return limits.map(([at, , message]) => el("p", { class: "warning" }, seconds(at) + " " + message));
}

// ------------------------------------------------------------------ the answer

function answerPanel(run) {
  const { run: about, result } = run;
  const head = [el("h2", {}, about.task === "summarize" ? "Summary" : "Answer"), chip(result ? result.status : "interrupted")];
  return [
    el("p", { class: "asked", dir: "auto" }, about.question),
    el("div", { class: "title" }, head),
    ...(result ? resultParts(run, result) : [el("p", { class: "warning" }, "This run did not come to its end; its agents so far are in the tree.")]),
    section("Run", facts(runFacts(run))),
    section("Calls for the run itself", run.calls.map((call, at) => callPart(run, call, at, run.calls.length))),
    section("Keys", el("p", { class: "keys" }, "↑ ↓ agents · → ← open, close · Enter show · / search · z zoom · Esc back")),
  ];
}

function resultParts(run, result) {
  return [
    prose(result.answer) || el("p", { class: "warning" }, result.reason || "No answer."),
    result.reason && result.answer ? el("p", { class: "warning" }, result.reason) : null,
    result.how ? el("p", {}, "How: ", result.how) : null,
    result.data === null || result.data === undefined ? null : section("As asked", exact(JSON.stringify(result.data, null, 2))),
    section("Citations", citationLinks(run, result.citations)),
    section("Other answers", result.conflicts.map((one) => el("p", { dir: "auto" }, one))),
    section("Warnings", result.warnings.map((one) => el("p", { class: "warning" }, one))),
  ];
}

function runFacts(run) {
  const { run: about, result, usage } = run;
  const read = result ? result.coverage : null;
  return [
    ["sources", about.sources.join(", ")],
    ["read", read ? read.sections_read + " of " + plural(read.sections_total, "section") + skippedInWords(read) : ""],
    ["size", about.tokens ? about.tokens.toLocaleString("en") + " tokens in " + plural(about.sections, "section") : ""],
    ["agents", plural(run.agents.length, "agent")],
    ["tokens", tokensInWords(usage)],
    ["time", seconds(usage[3])],
    ["confidence", result ? result.confidence : ""],
    ["model", el("span", { title: about.model }, about.model.split(":")[0])],
    ["window", about.window ? about.window + " tokens" : ""],
    ["options", Object.keys(about.options).length ? JSON.stringify(about.options) : ""],
    ["run", about.id],
    ["started", about.started],
    ["rao", about.version],
  ];
}

function skippedInWords(read) {
  const examined = read.sections_examined ? ", " + read.sections_examined + " gone through by code" : "";
  return examined + (read.skipped ? ", " + plural(read.skipped, "input") + " skipped" : "");
}

function tokensInWords([prompt, cached, written]) {
  return prompt.toLocaleString("en") + " read (" + cached.toLocaleString("en") + " known before), " +
    written.toLocaleString("en") + " written or weighed";
}

// ------------------------------------------------------------------ an agent

function agentPanel(run, agent) {
  const report = agent.report || {};
  return [
    pathOf(agent),
    el("div", { class: "title" }, el("h2", {}, "Agent " + agent.id), chip(agent.status)),
    prose(text(run, report.answer)),
    facts([["given", titleOf(run, agent)], ["place", text(run, agent.location)], ["shown", agent.view],
      ["time", seconds(agent.time[0]) + " to " + seconds(agent.time[1])], ["tokens", tokensInWords(agent.usage)]]),
    limitsOf(agent.limits),
    agent.handoff ? section("Handoff", handoffPart(run, agent.handoff)) : null,
    ...agent.calls.map((call, at) => section(callTitle(at, agent.calls.length), callPart(run, call))),
    section(agent.actions.length > 1 ? "Actions" : "Action", agent.actions.map(actionPart)),
    agent.report ? section("Report", reportPart(run, report)) : null,
    section(plural(agent.children.length, "child").replace("childs", "children"), agentLinks(run, agent.children)),
  ];
}

function pathOf(agent) {
  const path = [];
  for (let one = agent.above; one; one = one.above) path.unshift(el("a", { href: "#agent/" + one.id }, one.id), " › ");
  return el("nav", { class: "path", "aria-label": "Agents above" }, el("a", { href: "#answer" }, "Answer"), " › ", path, agent.id);
}

function handoffPart(run, handoff) {
  const list = (places) => (places || []).length ? el("ul", {}, places.map((place) => el("li", { dir: "auto" }, text(run, place)))) : "";
  return facts([["goal", text(run, handoff.goal)], ["facts", list(handoff.facts)], ["choices", list(handoff.choices)],
    ["returns", handoff.returns], ["sections", text(run, handoff.sections)]]);
}

function actionPart(taken) {
  const name = taken.action.action || "action";
  return el("div", {}, el("p", {}, el("b", {}, name), " chosen by " + (taken.by === "model" ? "the model" : "rules") + ", " + seconds(taken.at || 0)),
    exact(JSON.stringify(taken.action, null, 1)));
}

function reportPart(run, report) {
  return [
    facts([["status", report.status], ["confidence", report.confidence], ["reason", text(run, report.reason)], ["how", text(run, report.how)]]),
    prose(text(run, report.answer)),
    citationLinks(run, report.citations),
    (report.conflicts || []).map((place) => el("p", { dir: "auto" }, "or: " + text(run, place))),
  ];
}

// ------------------------------------------------------------------ a call of the model

function callTitle(at, count) {
  return count > 1 ? "Call " + (at + 1) + " of " + count : "Call";
}

function callPart(run, call) {
  return el("div", { class: "call" },
    el("p", {}, "Came back at " + seconds(call.at || 0) + ": " + tokensInWords(call.used) + (call.cut ? "; cut off at its limit" : "")),
    call.messages ? promptPart(run, call) : null,
    call.text === undefined ? null : [el("h4", {}, "Written"), exact(text(run, call.text))],
    call.tokens ? [el("h4", {}, "Log-probabilities"), tokensPart(run, call.tokens)] : null,
    call.choices ? [el("h4", {}, "Weighed"), choicesPart(run, call.choices)] : null);
}

function promptPart(run, call) {
  const parts = call.messages.map(([role, places]) => [el("h4", {}, role), places.map((place) => exact(text(run, place)))]);
  const rules = [["most tokens", call.most], ["grammar", call.grammar === undefined ? "" : exact(text(run, call.grammar))],
    ["sampling", call.sampling ? JSON.stringify(call.sampling) : ""]];
  return el("details", { open: "" }, el("summary", {}, "View: the exact prompt"), parts, facts(rules));
}

// Shows what was written, the less probable the stronger its colour; a touch tells the number.
function tokensPart(run, [places, logprobs]) {
  const told = el("p", { class: "told", "aria-live": "polite" }, "Colour marks what was improbable; point at a token.");
  const row = el("div", { class: "tokens", dir: "ltr" }, places.map((place, at) => tokenPart(text(run, place), logprobs[at], told)));
  return el("div", {}, row, told);
}

function tokenPart(written, logprob, told) {
  const tell = () => told.replaceChildren(visible(JSON.stringify(written) + ": probability " + percent(logprob) + ", logarithm " + logprob / 1000));
  const token = el("span", { class: "token", pointerenter: tell, click: tell }, written.replace(/\n/g, "↵\n"));
  token.style.setProperty("--doubt", (1 - Math.exp(logprob / 1000)).toFixed(3));
  return token;
}

function percent(logprob) {
  return (100 * Math.exp(logprob / 1000)).toPrecision(3) + " %";
}

// The share says how probable a choice is among those that there were.
function choicesPart(run, choices) {
  const sorted = [...choices].sort((one, other) => other[1] - one[1]);
  const total = sorted.reduce((sum, choice) => sum + Math.exp((choice[1] - sorted[0][1]) / 1000), 0);
  return el("ol", { class: "choices" }, sorted.map((choice) => choicePart(run, choice, Math.exp((choice[1] - sorted[0][1]) / 1000) / total)));
}

function choicePart(run, [place, logprob, tokens], share) {
  const bar = el("i", { class: "share" });
  bar.style.width = 100 * share + "%";
  const line = [bar, el("b", {}, (100 * share).toFixed(1) + " %"), " ", el("small", {}, (logprob / 1000).toFixed(2)), " ", el("code", { dir: "auto" }, text(run, place))];
  if (!tokens) return el("li", {}, line);
  const details = el("details", {}, el("summary", {}, line));
  // Hundreds of tokens are made only for who opens them.
  details.addEventListener("toggle", () => details.append(tokensPart(run, tokens)), { once: true });
  return el("li", {}, details);
}

// ------------------------------------------------------------------ a citation

function citationPanel(run, number) {
  const cited = run.citations[number];
  const [start, end] = cited.span;
  const readers = run.readers.filter((agent) => agent.spans.some((span) => span[0] < end && start < span[1]));
  const citing = run.agents.filter((agent) => citationsOf(run, agent).includes(number));
  return [
    el("nav", { class: "path" }, el("a", { href: "#answer" }, "Answer"), " › citation"),
    el("div", { class: "title" }, el("h2", { dir: "auto" }, cited.label || "Citation"),
      el("span", { class: "chip " + (cited.verified ? "found" : "absent") }, cited.verified ? "● verified" : "○ not verified")),
    facts([["under", cited.heading], ["characters", start.toLocaleString("en") + " to " + end.toLocaleString("en")]]),
    ...citedText(run, cited),
    section("Read by", agentLinks(run, readers)),
    section("Cited by", agentLinks(run, citing)),
  ];
}

function citedText(run, cited) {
  const around = passageOf(run, cited);
  const passage = cited.passage || "";
  const found = findQuote([passage], cited.quote || "", 0);
  const marking = around.querySelector("mark");
  const missing = run.run.texts ? "No agent was shown the text here." : "This file was written without the text of the sources.";
  return [
    cited.quote && !marking ? el("blockquote", { dir: "auto" }, cited.quote) : null,
    passage ? section("Passage", el("div", { class: "source lines", dir: "auto" }, marked(passage, found.get(0)))) : null,
    around.childElementCount ? section("As agents were shown it", around) : el("p", { class: "warning" }, missing),
  ];
}
