// Pages of supervisors and administrators: parts that renew themselves, contact data on a click. All else is forms.

const csrf = document.body.dataset.csrf;

async function renew(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(part.dataset.live, { cache: "no-store", redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    part.innerHTML = await answer.text();
    part.classList.remove("stale");
  } catch {
    part.classList.add("stale");
  }
}

for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(() => renew(part), Number(part.dataset.every || 5) * 1000);
  document.addEventListener("visibilitychange", () => renew(part));
}

async function reveal(button) {
  const line = document.getElementById(button.getAttribute("aria-controls"));
  try {
    const answer = await fetch(button.dataset.reveal, { method: "POST", headers: { "X-CSRF-Token": csrf } });
    const found = await answer.json();
    line.textContent = answer.ok ? [found.name, found.phone, found.address].filter(Boolean).join("，") || "—" : found.detail;
    button.hidden = answer.ok;
  } catch {
    line.textContent = button.dataset.failed;
  }
  line.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (button) reveal(button);
});

for (const input of document.querySelectorAll("[data-select]")) {
  input.addEventListener("focus", () => input.select());
}
