// The two charts above the tree: which part of the source was read, and how much happened at the same time.
// Their colours are those of the legend, so that the style alone says what is dark and what is light.

function ink(name) {
  return getComputedStyle(document.querySelector(".ink." + name)).backgroundColor;
}

// Makes a canvas as sharp as the screen and returns what draws on it, in units of the page.
function pen(canvas) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const drawn = canvas.getContext("2d");
  drawn.scale(scale, scale);
  return { drawn, width, height };
}

// ------------------------------------------------------------------ coverage

// Draws what was read, what is cited, and below it what is chosen to be shown.
function drawCoverage(run, canvas, chosen) {
  const { drawn, width, height } = pen(canvas);
  const strip = (spans, name, top, tall, least) => {
    drawn.fillStyle = ink(name);
    for (const [start, end] of spans) {
      const left = width * start / run.length;
      drawn.fillRect(left, top, Math.max(least, width * (end - start) / run.length), tall);
    }
  };
  strip([[0, run.length]], "skipped", 3, height - 6, 0);
  strip(run.examined, "examined", 3, height - 6, 0.5);
  strip(run.read, "read", 3, height - 6, 0.5);
  strip(chosen, "chosen", height - 3, 3, 4);
  strip(citedSpans(run), "cited", 0, height - 3, 2.5);
  canvas.setAttribute("aria-label", coverageInWords(run));
}

function citedSpans(run) {
  const cited = run.result ? run.result.citations : run.agents.slice(0, 1).flatMap(citationsOf);
  return cited.map((number) => run.citations[number].span);
}

function coverageInWords(run) {
  const part = (spans) => Math.round(100 * size(spans) / run.length) + " %";
  return "Read by the model " + part(run.read) + ", gone through by code " + part(run.examined) +
    " of the source; " + plural(citedSpans(run).length, "place") + " cited";
}

// Returns the deepest agent that was given the place, one that read text first.
function agentAt(run, place) {
  const has = (agent) => agent.spans.some(([start, end]) => start <= place && place < end);
  const readers = run.readers.filter(has);
  const all = readers.length ? readers : run.agents.filter(has);
  return all.reduce((best, agent) => (!best || agent.level > best.level ? agent : best), null);
}

// ------------------------------------------------------------------ what ran in parallel

function drawParallel(run, canvas, range) {
  const { drawn, width, height } = pen(canvas);
  const columns = Math.max(1, Math.floor(width));
  const lives = atOnce(run, range, columns, [0, 1, 2]);
  const works = atOnce(run, range, columns, [1, 2]);
  const most = Math.max(1, ...lives);
  const area = (counts, name) => {
    drawn.fillStyle = ink(name);
    counts.forEach((count, at) => drawn.fillRect(at, height - height * count / most, 1, height * count / most));
  };
  area(lives, "waiting");
  area(works, "reading");
  const busiest = mostAtOnce(run, [1, 2]);
  canvas.setAttribute("aria-label", "At most " + plural(busiest, "agent") + " at the model at a time");
  return busiest;
}

// Returns for each column of the chart how many agents are in one of the phases.
function atOnce(run, [from, to], columns, phases) {
  const change = new Float64Array(columns + 1);
  const column = (at) => Math.min(columns - 1, Math.max(0, Math.floor(columns * (at - from) / (to - from))));
  for (const agent of run.agents) {
    for (const [phase, start, end] of agent.phases) {
      if (!phases.includes(phase) || end < from || start > to) continue;
      change[column(start)] += 1;
      change[Math.max(column(start) + 1, column(end))] -= 1;
    }
  }
  let now = 0;
  return Array.from(change.subarray(0, columns), (step) => (now += step));
}

// Returns the most agents that are in one of the phases at any moment; one that ends then is not counted.
function mostAtOnce(run, phases) {
  const spans = run.agents.flatMap((agent) => agent.phases.filter(([phase]) => phases.includes(phase)));
  const edges = spans.flatMap(([, start, end]) => [[start, 1], [end, -1]]);
  edges.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  let now = 0;
  return edges.reduce((most, [, step]) => Math.max(most, (now += step)), 0);
}
