const STEP = 100;

function says(form, text) { form.querySelector("[role=status]").textContent = text; }

function typing(form, changed) {
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("input").addEventListener("input", (event) => changed(event.target.value.trim()));
}

function findPlaces(form) {
  typing(form, (wanted) => {
    let count = 0;
    for (const township of document.querySelectorAll(".township")) {
      const whole = township.dataset.name.includes(wanted);
      let shown = whole;
      for (const village of township.querySelectorAll("li")) {
        village.hidden = !whole && !village.dataset.name.includes(wanted);
        shown = shown || !village.hidden;
      }
      township.hidden = !shown;
      count += shown ? 1 : 0;
    }
    says(form, wanted === "" ? "" : count === 0 ? "没有找到这个地方" : `找到 ${count} 个乡镇`);
  });
}

function findPeople(form) {
  const section = form.parentElement, rows = [...section.querySelectorAll("tbody tr")];
  const more = section.querySelector(".more"), texts = rows.map((row) => row.textContent);
  let wanted = "", most = STEP;
  function show() {
    let found = 0;
    rows.forEach((row, place) => {
      const fits = texts[place].includes(wanted);
      if (fits) found += 1;
      row.hidden = !fits || found > most;
    });
    more.hidden = found <= most;
    more.textContent = `再显示 ${Math.min(STEP, found - most)} 行（共 ${found} 行）`;
    says(form, wanted === "" ? "" : found === 0 ? "没有找到" : `找到 ${found} 行`);
  }
  more.addEventListener("click", () => { most += STEP; show(); });
  addEventListener("beforeprint", () => { most = Infinity; show(); });
  typing(form, (text) => { wanted = text; most = STEP; show(); });
  show();
}

addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
});

for (const form of document.querySelectorAll(".find")) {
  if (form.classList.contains("places-find")) findPlaces(form); else findPeople(form);
}
