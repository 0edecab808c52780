// The tree of agents with its timeline: only the rows that can be seen are in the page, so that thousands of
// agents scroll like ten.

const SLACK = 8;  // rows made above and below what is seen

class Tree {
  constructor(run, box, rows, choose) {
    Object.assign(this, { run, box, rows, choose });
    this.shown = null;  // the agents that a search leaves; null is all
    this.cursor = run.agents[0];
    this.chosen = null;
    this.range = [0, Math.max(1, run.end)];
    this.opened = openedAtFirst(run);
    this.list = [];
    box.addEventListener("scroll", () => this.draw());
    rows.addEventListener("click", (event) => this.clicked(event));
    this.change();
  }

  // ---------------------------------------------------------------- which rows there are

  change() {
    this.list = this.visible();
    this.places = new Map(this.list.map((agent, place) => [agent, place]));
    this.height = this.rowHeight();
    this.rows.style.height = this.list.length * this.height + "px";
    this.draw();
  }

  visible() {
    const { agents } = this.run;
    const list = [];
    for (let at = 0; at < agents.length;) {
      const agent = agents[at];
      if (this.shown && !this.shown.has(agent)) { at = agent.end; continue; }
      list.push(agent);
      at = this.isOpen(agent) ? at + 1 : agent.end;
    }
    return list;
  }

  // A search shows the way to what it finds.
  isOpen(agent) {
    return this.shown ? true : this.opened.has(agent);
  }

  rowHeight() {
    return parseFloat(getComputedStyle(this.box).getPropertyValue("--row"));
  }

  filter(found) {
    this.shown = null;
    if (found) {
      this.shown = new Set();
      for (const agent of found) {
        for (let one = agent; one && !this.shown.has(one); one = one.above) this.shown.add(one);
      }
    }
    this.found = new Set(found || []);
    this.box.scrollTop = 0;
    this.change();
    if (found && found.length) this.move(found[0]);
  }

  openAll(open) {
    const parents = this.run.agents.filter((agent) => agent.children.length);
    this.opened = new Set(open ? parents : parents.filter((agent) => agent.level === 0));
    if (!open) while (this.cursor && this.cursor.level > 1) this.cursor = this.cursor.above;
    this.change();
    if (this.cursor) this.move(this.cursor);
  }

  toggle(agent) {
    if (!agent.children.length) return;
    if (this.opened.has(agent)) this.opened.delete(agent);
    else this.opened.add(agent);
    this.change();
  }

  // ---------------------------------------------------------------- where one is

  // Brings an agent into sight, whatever has to be opened for that.
  reveal(agent) {
    if (this.shown && !this.shown.has(agent)) this.shown = null;
    for (let one = agent.above; one; one = one.above) this.opened.add(one);
    this.chosen = agent;
    this.change();
    this.move(agent);
  }

  move(agent) {
    this.cursor = agent;
    const top = (this.places.get(agent) || 0) * this.height;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop) this.box.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) this.box.scrollTop = top + this.height - clientHeight;
    this.draw();
  }

  key(name) {
    if (!this.cursor) return false;
    const page = this.page();
    const step = {
      ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, End: Infinity, Home: -Infinity,
    }[name];
    if (step) this.by(step);
    else if (name === "ArrowRight") this.inward();
    else if (name === "ArrowLeft") this.outward();
    else if (name === "Enter" || name === " ") this.choose(this.cursor);
    else return false;
    return true;
  }

  page() {
    return Math.max(1, Math.floor(this.box.clientHeight / this.height) - 1);
  }

  by(step) {
    const at = (this.places.has(this.cursor) ? this.places.get(this.cursor) : -1) + step;
    const agent = this.list[Math.min(this.list.length - 1, Math.max(0, at))];
    if (agent) this.move(agent);
  }

  inward() {
    if (!this.cursor.children.length) return;
    if (this.isOpen(this.cursor)) this.by(1);
    else this.toggle(this.cursor);
  }

  outward() {
    if (!this.shown && this.cursor.children.length && this.opened.has(this.cursor)) this.toggle(this.cursor);
    else if (this.cursor.above) this.move(this.cursor.above);
  }

  clicked(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    const agent = this.run.agents[Number(row.dataset.index)];
    this.cursor = agent;
    if (event.target.closest(".twist")) this.toggle(agent);
    else this.choose(agent);
    this.draw();
  }

  // ---------------------------------------------------------------- rows

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - SLACK);
    const count = Math.ceil((this.box.clientHeight || 600) / this.height) + 2 * SLACK;
    const rows = this.list.slice(first, first + count).map((agent, at) => this.row(agent, first + at));
    this.rows.replaceChildren(...rows);
    if (this.cursor) this.box.setAttribute("aria-activedescendant", "row-" + this.cursor.index);
  }

  row(agent, place) {
    const title = titleOf(this.run, agent);
    const row = el("div", {
      id: "row-" + agent.index, role: "treeitem", class: this.classes(agent), "data-index": agent.index,
      "aria-level": agent.level + 1, "aria-selected": String(agent === this.chosen),
      "aria-expanded": agent.children.length ? String(this.isOpen(agent)) : undefined,
      "aria-label": agent.id + " " + agent.status + " " + title,
    }, this.name(agent, title), this.bars(agent));
    row.style.top = place * this.height + "px";
    return row;
  }

  classes(agent) {
    const names = ["row", agent.status];
    if (agent === this.chosen) names.push("chosen");
    if (agent === this.cursor) names.push("cursor");
    if (this.shown && !this.found.has(agent)) names.push("dim");
    return names.join(" ");
  }

  name(agent, title) {
    const sign = agent.children.length ? (this.isOpen(agent) ? "▾" : "▸") : "";
    const name = el("span", { class: "name", title },
      el("span", { class: "twist", "aria-hidden": "true" }, sign),
      el("span", { class: "mark", "aria-hidden": "true" }, MARKS[agent.status] || "·"),
      el("b", {}, agent.id), " ", el("bdi", {}, title.slice(0, 200)));
    name.style.paddingLeft = Math.min(agent.level, 12) * 0.8 + "em";
    return name;
  }

  bars(agent) {
    const bars = el("span", { class: "bars" }, this.bar(agent.time, "lives"));
    for (const [phase, start, end] of agent.phases) bars.append(this.bar([start, end], PHASES[phase]));
    return bars;
  }

  bar([start, end], kind) {
    const bar = el("i", { class: "bar " + kind });
    const [from, to] = this.range;
    const left = Math.max(0, (start - from) / (to - from));
    const right = Math.min(1, (end - from) / (to - from));
    if (right < 0 || left > 1) bar.hidden = true;
    bar.style.left = 100 * left + "%";
    bar.style.width = 100 * Math.max(0, right - left) + "%";
    return bar;
  }
}

const PHASES = ["waiting", "reading", "writing"];
const FEW = 200;  // rows that are opened without being asked

// Opens the tree level by level while it stays easy to take in.
function openedAtFirst(run) {
  const opened = new Set();
  let level = run.agents.filter((agent) => !agent.above);
  let rows = level.length;
  while (level.length) {
    const next = level.flatMap((agent) => agent.children);
    if (rows + next.length > FEW && rows > 1) break;
    level.forEach((agent) => agent.children.length && opened.add(agent));
    rows += next.length;
    level = next;
  }
  return opened;
}
