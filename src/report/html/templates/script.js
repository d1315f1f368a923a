"use strict";
// A curve's exact values, under the pointer or by the arrow keys. They are read from the table below the curve.
for (const figure of document.querySelectorAll(".curve")) {
  const svg = figure.querySelector("svg");
  const sheet = figure.querySelector(".sheet");
  const cursor = svg.querySelector(".cursor");
  const says = figure.querySelector("output");
  const rows = Array.from(figure.querySelectorAll("tbody tr"), row => Array.from(row.cells, cell => cell.textContent));
  const words = row => `${row[0]}: ${row[1]} live (${row[2]} bytes${row[3] === "–" ? "" : `, ${row[3]} blocks`})`;
  const xs = Array.from(figure.querySelectorAll("tbody tr"), row => Number(row.dataset.x));
  const last = rows.length - 1;
  let at = last;
  const show = next => {
    at = Math.max(0, Math.min(last, next));
    cursor.removeAttribute("hidden");
    cursor.setAttribute("transform", `translate(${xs[at]} 0)`);
    says.textContent = words(rows[at]);
    sheet.setAttribute("aria-valuenow", at);
    sheet.setAttribute("aria-valuetext", says.textContent);
  };
  const hide = () => {
    cursor.setAttribute("hidden", "");
    says.textContent = "";
  };
  sheet.tabIndex = 0;
  sheet.setAttribute("role", "slider");
  sheet.setAttribute("aria-label", svg.querySelector("title").textContent);
  sheet.setAttribute("aria-valuemin", 0);
  sheet.setAttribute("aria-valuemax", last);
  sheet.setAttribute("aria-valuenow", at);
  sheet.setAttribute("aria-valuetext", words(rows[at]));
  sheet.addEventListener("focus", () => show(at));
  sheet.addEventListener("blur", hide);
  sheet.addEventListener("pointermove", event => {
    const box = sheet.getBoundingClientRect();
    const x = 600 * (event.clientX - box.left) / box.width;
    show(xs.reduce((best, other, next) => Math.abs(other - x) < Math.abs(xs[best] - x) ? next : best, 0));
  });
  sheet.addEventListener("pointerleave", () => document.activeElement === sheet || hide());
  sheet.addEventListener("keydown", event => {
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      show(to);
    }
  });
}

// A table that can be sorted and searched.
const table = document.getElementById("students");
if (table) {
  const body = table.tBodies[0];
  let rows = Array.from(body.rows);
  const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  const find = document.getElementById("find");
  const choose = document.getElementById("show");
  const count = document.getElementById("count");
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = (!choose.value || row.classList.contains(choose.value)) && words.every(word => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  };
  let waiting = 0;
  find.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  choose.addEventListener("change", filter);
  document.querySelector(".controls").hidden = false;
  filter();
  const order = new Intl.Collator(undefined, { numeric: true });
  Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
    const number = head.dataset.by === "number";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      const down = before ? before === "ascending" : number;
      for (const other of table.tHead.rows[0].cells) {
        other.removeAttribute("aria-sort");
      }
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => {
        const text = row.cells[column].textContent;
        return number ? (text === "" ? -Infinity : parseFloat(text)) : text;
      };
      const keys = new Map(rows.map(row => [row, key(row)]));
      const sign = down ? -1 : 1;
      rows.sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        return sign * (number ? (x > y) - (x < y) : order.compare(x, y));
      });
      body.append(...rows);
    });
  });
}

// Both sides of a pair show the same match.
for (const link of document.querySelectorAll("a.jump, .tag a")) {
  link.addEventListener("click", event => {
    const number = link.hash.slice(2);
    const sides = ["l", "r"].map(side => document.getElementById(side + number));
    if (sides.every(Boolean)) {
      event.preventDefault();
      for (const row of document.querySelectorAll(".tag.now")) {
        row.classList.remove("now");
      }
      for (const row of sides) {
        const box = row.closest(".scroll");
        row.classList.add("now");
        box.scrollTop += row.getBoundingClientRect().top - box.getBoundingClientRect().top - 8;
      }
      sides[0].closest(".sides").scrollIntoView({ block: "nearest" });
    }
  });
}

// A link to something in a closed place opens it.
const reveal = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let place = target; place; place = place.parentElement) {
    if (place.tagName === "DETAILS") {
      place.open = true;
    }
  }
};
addEventListener("hashchange", reveal);
reveal();
