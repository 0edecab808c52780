// The text around a citation, put together from what agents were shown, with the cited words marked.

const REACH = 1500;  // characters before and after a citation that are shown
const MOST_VIEWS = 12;
const FEWEST = 12;  // letters of a quote that must agree for it to be marked in part

// Returns the pieces of text around a citation, in the source's order; empty where nobody read there.
function around(run, citation) {
  const [start, end] = citation.span;
  const pieces = [];
  for (const agent of run.readers) {
    const [from, to] = agent.spans[0];
    if (agent.spans.length > 1 || from >= end + REACH || to <= start - REACH) continue;
    const view = viewOf(run, agent);
    const last = pieces[pieces.length - 1];
    if (view && !(last && from < last.to)) pieces.push({ agent, from, to, lines: linesOf(view) });
  }
  const near = pieces.sort((one, other) => distance(one, start) - distance(other, start)).slice(0, MOST_VIEWS);
  return near.sort((one, other) => one.from - other.from);
}

function distance(piece, place) {
  if (piece.from <= place && place < piece.to) return 0;
  return Math.min(Math.abs(piece.from - place), Math.abs(piece.to - place));
}

// The view is the first part of the last message that has more than one.
function viewOf(run, agent) {
  for (const call of agent.calls) {
    const shown = (call.messages || []).filter(([, parts]) => parts.length > 1).pop();
    if (shown) return text(run, shown[1][0]);
  }
  return "";
}

// Each line of a view is a heading or a numbered block; a document's text can begin neither.
function linesOf(view) {
  return view.split("\n").filter(Boolean).map((line) => {
    const heading = line.startsWith("# ");
    return { heading, text: heading ? line.slice(2) : line.replace(/^\[\d+\] ?/, "") };
  });
}

// Returns the letters and digits of texts, in small letters, and where each stands: [text, offset].
function lettersOf(texts) {
  const letters = [];
  const places = [];
  texts.forEach((one, number) => {
    for (const found of one.matchAll(/[\p{L}\p{N}]/gu)) {
      letters.push(found[0].toLowerCase().charAt(0));
      places.push([number, found.index, found.index + found[0].length]);
    }
  });
  return { letters: letters.join(""), places };
}

// Returns the parts of the texts that hold a quote, whatever stands between its letters, as {text: [from, to]}.
function findQuote(texts, quote, share) {
  const held = lettersOf(texts);
  const wanted = lettersOf([quote]).letters;
  const found = longest(held.letters, wanted, share);
  const marks = new Map();
  for (const [number, from, to] of found ? held.places.slice(found[0], found[1]) : []) {
    marks.set(number, [marks.has(number) ? marks.get(number)[0] : from, to]);
  }
  return marks;
}

// Returns where the quote, or as much of its beginning or its end as there is, stands next to where it should.
function longest(held, wanted, share) {
  const whole = nearest(held, wanted, share);
  if (!wanted || whole >= 0) return wanted ? [whole, whole + wanted.length] : null;
  let length = 0;
  let part = null;
  for (const cut of [(size) => wanted.slice(0, size), (size) => wanted.slice(-size)]) {
    let low = FEWEST;
    for (let high = wanted.length; low < high;) {
      const middle = (low + high + 1) >> 1;
      if (held.includes(cut(middle))) low = middle; else high = middle - 1;
    }
    const at = nearest(held, cut(low), share);
    if (at >= 0 && low > length) [length, part] = [low, [at, at + low]];
  }
  return part;
}

function nearest(held, wanted, share) {
  let best = -1;
  for (let at = held.indexOf(wanted); at >= 0 && wanted; at = held.indexOf(wanted, at + 1)) {
    if (best < 0 || Math.abs(at - share * held.length) < Math.abs(best - share * held.length)) best = at;
  }
  return best;
}

// Makes the text around a citation; the quote is marked where it is found.
function passageOf(run, citation) {
  const pieces = around(run, citation);
  const lines = pieces.flatMap((piece, number) => withGap(piece, pieces[number - 1]));
  const blocks = lines.filter((line) => !line.heading);
  const marks = findQuote(blocks.map((line) => line.text), citation.quote || "", shareOf(pieces, citation));
  let heading = "";
  return el("div", { class: "source", dir: "auto" }, lines.map((line) => {
    if (!line.heading) return marked(line.text, marks.get(blocks.indexOf(line)));
    const same = line.text === heading;
    heading = line.text;
    return same ? null : el("h4", {}, line.text);
  }));
}

// Returns how far into the pieces the citation begins, from 0 to 1: a quote may stand there more than once.
function shareOf(pieces, citation) {
  if (!pieces.length) return 0;
  const first = pieces[0].from;
  return (citation.span[0] - first) / (pieces[pieces.length - 1].to - first);
}

function withGap(piece, before) {
  return before && before.to < piece.from ? [{ heading: false, text: "…" }, ...piece.lines] : piece.lines;
}

function marked(line, mark) {
  if (!mark) return el("p", {}, line);
  return el("p", {}, line.slice(0, mark[0]), el("mark", {}, line.slice(...mark)), line.slice(mark[1]));
}
