// The run: what rao_cli/runs/viewed.py wrote, made easy to walk. Agents stand in the tree's order, a parent
// before its children, so a subtree is the agents from its root up to its `end`.

const MARKS = {
  found: "●", partial: "◐", absent: "○", failed: "✕", interrupted: "◌", unfinished: "◌",
};

function readRun(json) {
  const run = JSON.parse(json);
  run.agents.forEach((agent, index) => fill(agent, index));
  run.byId = new Map(run.agents.map((agent) => [agent.id, agent]));
  for (const agent of run.agents) join(agent, run);
  for (const agent of [...run.agents].reverse()) close(agent, run);
  run.length = Math.max(1, ...run.agents.filter((agent) => !agent.above).map(farthest));
  run.read = joined(run.agents.flatMap((agent) => readBy(agent, "model")));
  run.examined = joined(run.agents.flatMap((agent) => readBy(agent, "rules")));
  run.readers = run.agents.filter((agent) => agent.spans.length && hasRead(agent));
  run.readers.sort((one, other) => one.spans[0][0] - other.spans[0][0]);
  return run;
}

// What has its default is left out of the file.
function fill(agent, index) {
  for (const name of ["titles", "spans", "phases", "calls", "actions", "limits"]) agent[name] = agent[name] || [];
  agent.index = index;
  agent.children = [];
  agent.end = index + 1;
}

function join(agent, run) {
  agent.above = run.byId.get(agent.parent);
  agent.level = agent.above ? agent.above.level + 1 : 0;
  if (agent.above) agent.above.children.push(agent);
}

// Children come after their parent, so from the last agent on each one's end is known before its parent's.
function close(agent) {
  if (agent.above) agent.above.end = Math.max(agent.above.end, agent.end);
}

function farthest(agent) {
  return Math.max(0, ...agent.spans.map((span) => span[1]));
}

function readBy(agent, by) {
  return agent.actions.filter((taken) => taken.by === by).flatMap((taken) => taken.read || []);
}

// An agent that is given text may still hand it on by rule, and then sees only what others tell of it.
function hasRead(agent) {
  return agent.view === "text" && readBy(agent, "model").length > 0;
}

// Returns spans in order, those that touch joined into one.
function joined(spans) {
  const made = [];
  for (const [start, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    const last = made[made.length - 1];
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else made.push([start, end]);
  }
  return made;
}

function size(spans) {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0);
}

function text(run, place) {
  return place === undefined || place === null ? "" : run.strings[place];
}

function titleOf(run, agent) {
  const titles = agent.titles.map((place) => text(run, place)).filter(Boolean).join(", ");
  return titles || text(run, agent.location) || (agent.handoff ? text(run, agent.handoff.goal) : "");
}

function nameOf({ id, task, question, document: source }) {
  return question || (task === "summarize" && source ? "Summary of " + source : "Run " + id);
}

function citationsOf(agent) {
  return agent.report ? agent.report.citations || [] : [];
}

// ------------------------------------------------------------------ search

// Every text stands once in the run, so that each is searched once, however many agents hold it.
function matching(run, query) {
  const wanted = query.toLowerCase();
  run.lower = run.lower || run.strings.map((one) => one.toLowerCase());
  const found = new Set();
  run.lower.forEach((one, place) => { if (one.includes(wanted)) found.add(place); });
  return run.agents.filter((agent) => agent.id.startsWith(wanted) || holds(agent, found, wanted));
}

function holds(agent, found, wanted) {
  const is = (place) => found.has(place);
  const handoff = agent.handoff || {};
  const report = agent.report || {};
  return agent.titles.some(is) || is(agent.location) || agent.status === wanted ||
    is(handoff.goal) || (handoff.facts || []).some(is) ||
    is(report.answer) || is(report.reason) || is(report.how) || agent.calls.some((call) => called(call, is));
}

function called(call, is) {
  return is(call.text) || (call.messages || []).some(([, parts]) => parts.some(is)) ||
    (call.choices || []).some(([choice]) => is(choice));
}
