"use strict";
// Everything is readable without this file: it adds filters, sorting, and opens what a link points to.

function filterBar(bar) {
  const list = document.getElementById(bar.dataset.filters);
  const items = [...list.querySelectorAll("[data-item]")];
  const choices = [...bar.querySelectorAll("select")];
  const search = bar.querySelector("input");
  const output = bar.querySelector("output");
  const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));

  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const chosen = choices.every((c) => !c.value || item.dataset[c.dataset.key] === c.value);
      item.hidden = !(chosen && words.every((word) => texts.get(item).includes(word)));
      shown += item.hidden ? 0 : 1;
    }
    const noun = output.dataset.noun + (items.length === 1 ? "" : "s");
    output.textContent = `${shown} of ${items.length} ${noun}`;
  }

  bar.hidden = false;
  bar.addEventListener("input", apply);
  bar.querySelector("button").addEventListener("click", () => {
    for (const choice of choices) choice.value = "";
    search.value = "";
    apply();
  });
  apply();
}

function cellValue(row, index) {
  const cell = row.cells[index];
  return cell.dataset.value ?? cell.textContent.trim();
}

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => order.compare(cellValue(a, index), cellValue(b, index)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}

function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let node = target; node; node = node.parentElement) {
    if (node.tagName === "DETAILS") node.open = true;
    node.hidden = false;
  }
  target?.scrollIntoView();
}

function traceable(graph) {
  for (const node of graph.querySelectorAll("[data-node]")) {
    const name = node.dataset.node;
    const own = [...graph.querySelectorAll(".edge")].filter((e) => e.dataset.from === name || e.dataset.to === name);
    const show = (on) => {
      graph.classList.toggle("asked", on);
      for (const edge of own) edge.classList.toggle("on", on);
    };
    node.addEventListener("pointerenter", () => show(true));
    node.addEventListener("pointerleave", () => show(false));
  }
}

function follow() {
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  for (const id of links.keys()) seen.observe(document.getElementById(id));
}

function printing() {
  const closed = new Set();
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      closed.add(details);
      details.open = true;
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    closed.clear();
  });
}

document.querySelectorAll("[data-filters]").forEach(filterBar);
document.querySelectorAll("table[data-sort]").forEach(sortable);
document.querySelectorAll(".graph").forEach(traceable);
window.addEventListener("hashchange", reveal);
reveal();
follow();
printing();
