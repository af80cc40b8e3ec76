const form = document.querySelector(".find"), input = form.querySelector("input"), found = document.getElementById("found");
form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("input", () => {
  const wanted = input.value.trim();
  let count = 0;
  for (const township of document.querySelectorAll(".township")) {
    const whole = township.dataset.name.includes(wanted);
    let shown = whole;
    for (const village of township.querySelectorAll("li")) {
      const fits = whole || village.dataset.name.includes(wanted);
      village.hidden = !fits;
      if (fits) count += 1;
      shown = shown || fits;
    }
    township.hidden = !shown;
  }
  found.textContent = wanted === "" ? "" : count === 0 ? "没有找到这个地方" : `找到 ${count} 个村`;
});
