// The arrow keys go from page to page of a meeting's deck. Without this the links of each page do the same.
addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
  if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea, [role=region]")) return;
  const pages = [...document.querySelectorAll(".deck-page")];
  const now = pages.findIndex((page) => page.getBoundingClientRect().bottom > innerHeight / 3);
  const next = pages[Math.min(pages.length - 1, Math.max(0, now + steps[event.key]))];
  if (!next) return;
  event.preventDefault();
  history.replaceState(null, "", `#${next.id}`);
  next.scrollIntoView({ block: "start" });
  next.focus({ preventScroll: true });
});
