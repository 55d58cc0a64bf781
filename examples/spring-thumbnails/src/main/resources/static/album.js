const $ = id => document.getElementById(id);

const DRAWINGS = {
  WAITING: "M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  WORKING: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5h.01",
  FAILED: "M12 8v5m0 3.5h.01M12 3.5 2.8 19.5h18.4z",
};

/** An album, as its events tell of it. */
export class Album {
  onGone = () => {};
  #events = null;
  #pictures = new Map();
  #runners = new Map();

  /** Makes room for an album whose upload is under way. */
  expect() {
    this.#reset();
    $("summary").textContent = "Uploading …";
    $("progress").removeAttribute("value");
    $("album").hidden = false;
  }

  hide() {
    this.#reset();
    $("album").hidden = true;
  }

  show(id) {
    this.#reset();
    $("album").hidden = false;
    const root = `albums/${encodeURIComponent(id)}`;
    const events = new EventSource(`${root}/events`);
    this.#events = events;
    events.addEventListener("pictures", event => {
      JSON.parse(event.data).forEach(picture => this.#update(picture, root));
      this.#summarize();
    });
    events.addEventListener("end", () => events.close());
    events.onopen = () => { $("connection").textContent = ""; };
    events.onerror = () => {
      // The browser tries again by itself, and goes on after the last event; but not when it was told that there is no such album.
      if (events.readyState === EventSource.CLOSED) {
        this.hide();
        this.onGone();
      } else {
        $("connection").textContent = "Connection lost, trying again …";
      }
    };
  }

  #reset() {
    this.#events?.close();
    this.#pictures.clear();
    this.#runners.clear();
    $("pictures").replaceChildren();
    $("runners").replaceChildren();
    $("connection").textContent = "";
  }

  #update(picture, root) {
    const known = this.#pictures.get(picture.number);
    const tile = known?.tile ?? this.#insert(picture);
    this.#pictures.set(picture.number, { picture, tile });
    tile.dataset.state = picture.state;
    tile.querySelector(".name").textContent = picture.name;
    tile.querySelector(".name").title = picture.name;
    if (picture.runner) tile.dataset.runner = this.#colour(picture.runner);
    else delete tile.dataset.runner;
    const state = tile.querySelector(".state");
    state.replaceChildren(...(picture.runner ? [dot()] : []), describe(picture));
    if (picture.state !== known?.picture.state) {
      tile.querySelector(".frame").replaceChildren(
        picture.state === "DONE" ? image(`${root}/pictures/${picture.number}`, picture) : drawing(DRAWINGS[picture.state]));
    }
  }

  /** Pages of a PDF are known late, and stand where the PDF does. */
  #insert(picture) {
    const tile = document.createElement("li");
    tile.className = "picture";
    tile.dataset.file = picture.file;
    tile.append(element("div", "frame"), element("div", "caption"));
    tile.querySelector(".caption").append(element("p", "name"), element("p", "state"));
    const next = [...$("pictures").children].find(other => Number(other.dataset.file) > picture.file);
    $("pictures").insertBefore(tile, next ?? null);
    return tile;
  }

  #colour(runner) {
    if (!this.#runners.has(runner)) this.#runners.set(runner, this.#runners.size % 6);
    return this.#runners.get(runner);
  }

  #summarize() {
    const all = [...this.#pictures.values()].map(entry => entry.picture);
    const count = state => all.filter(picture => picture.state === state).length;
    const [done, failed, working, waiting] = ["DONE", "FAILED", "WORKING", "WAITING"].map(count);
    const parts = [`${done} of ${all.length} done`];
    if (failed) parts.push(`${failed} failed`);
    if (working) parts.push(`${working} on runners`);
    if (waiting) parts.push(`${waiting} waiting`);
    $("summary").textContent = parts.join(" · ");
    $("progress").max = all.length;
    $("progress").value = done + failed;
    $("runners").replaceChildren(...this.#chips(all, waiting));
  }

  #chips(all, waiting) {
    const chips = [...this.#runners].sort().map(([runner, colour]) => {
      const own = all.filter(picture => picture.runner === runner);
      const busy = own.filter(picture => picture.state === "WORKING").length;
      const chip = element("li", "");
      chip.dataset.runner = colour;
      chip.append(dot(), `${runner}: ${own.length - busy} made${busy ? `, ${busy} in the making` : ""}`);
      return chip;
    });
    if (chips.length === 0 && waiting) {
      const chip = element("li", "none");
      chip.textContent = "a runner is starting: the first picture waits for it";
      chips.push(chip);
    }
    return chips;
  }
}

function describe(picture) {
  switch (picture.state) {
    case "WORKING": return `on ${picture.runner}`;
    case "DONE": return `done in ${picture.millis} ms on ${picture.runner}`;
    case "FAILED": return `failed: ${picture.problem}`;
    default: return "waiting";
  }
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function dot() {
  const made = element("span", "dot");
  made.ariaHidden = "true";
  return made;
}

function image(source, picture) {
  const made = document.createElement("img");
  made.src = source;
  made.alt = `Thumbnail of ${picture.name}`;
  made.width = picture.width;
  made.height = picture.height;
  return made;
}

function drawing(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", "40");
  svg.setAttribute("height", "40");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
