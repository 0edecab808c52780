// A call of the model: what it was shown, what it wrote, and how probable that was.

function callTitle(at, calls) {
  return calls > 1 ? "Call " + (at + 1) + " of " + calls : "Call";
}

function callPart(run, call) {
  const cut = call.cut ? "; cut off at its limit" : "";
  return el("div", { class: "call" },
    el("p", {}, "Came back at " + seconds(call.at || 0) + ": " + tokensTold(call.used) + cut),
    call.messages ? promptPart(run, call) : null,
    call.text === undefined ? null : [el("h4", {}, "Written"), exact(text(run, call.text))],
    call.tokens ? [el("h4", {}, "Log-probabilities"), tokensPart(run, call.tokens)] : null,
    call.choices ? [el("h4", {}, "Weighed"), choicesPart(run, call.choices)] : null);
}

function promptPart(run, call) {
  const message = ([role, places]) => [el("h4", {}, role), places.map((place) => exact(text(run, place)))];
  const rules = facts([
    ["most tokens", call.most],
    ["grammar", call.grammar === undefined ? "" : exact(text(run, call.grammar))],
    ["sampling", call.sampling ? JSON.stringify(call.sampling) : ""],
  ]);
  return el("details", { open: "" },
    el("summary", {}, "View: the exact prompt"), call.messages.map(message), rules);
}

// ------------------------------------------------------------------ tokens

// Shows what was written, the less probable the stronger its colour; a touch tells the number.
function tokensPart(run, [places, logprobs]) {
  const told = el("p", { class: "told", "aria-live": "polite" }, "Colour marks the improbable; point at a token.");
  const tokens = places.map((place, at) => tokenPart(text(run, place), logprobs[at], told));
  return el("div", {}, el("div", { class: "tokens", dir: "ltr" }, tokens), told);
}

function tokenPart(written, logprob, told) {
  const probability = Math.exp(logprob / 1000);
  const numbers = "probability " + (100 * probability).toPrecision(3) + " %, logarithm " + logprob / 1000;
  const tell = () => told.replaceChildren(visible(JSON.stringify(written) + ": " + numbers));
  const token = el("span", { class: "token", pointerenter: tell, click: tell }, spelt(written));
  token.style.setProperty("--doubt", (1 - probability).toFixed(3));
  return token;
}

// What a token says; its place is seen even where its text was left out.
function spelt(written) {
  return written.replace(/\n/g, "↵\n") || "▯";
}

// ------------------------------------------------------------------ choices

// The share says how probable a choice is among those that there were.
function choicesPart(run, choices) {
  const sorted = [...choices].sort((one, other) => other[1] - one[1]);
  const weights = sorted.map((choice) => Math.exp((choice[1] - sorted[0][1]) / 1000));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return el("ol", { class: "choices" }, sorted.map((choice, at) => choicePart(run, choice, weights[at] / total)));
}

function choicePart(run, [place, logprob, tokens], share) {
  const bar = el("i", { class: "share" });
  bar.style.width = 100 * share + "%";
  const percent = el("b", {}, (100 * share).toFixed(1) + " %");
  const logarithm = el("small", {}, (logprob / 1000).toFixed(2));
  const line = [bar, percent, " ", logarithm, " ", el("code", { dir: "auto" }, text(run, place))];
  return el("li", {}, tokens ? withTokens(run, line, tokens) : line);
}

// Hundreds of tokens are made only for who opens them.
function withTokens(run, line, tokens) {
  const opened = el("details", {}, el("summary", {}, line));
  opened.addEventListener("toggle", () => opened.append(tokensPart(run, tokens)), { once: true });
  return opened;
}
