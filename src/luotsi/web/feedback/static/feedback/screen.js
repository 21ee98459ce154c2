// The screen at a place: goes back to the questions after thanks, and forgets an answer that was begun and left, so that
// the next person begins with nothing.
"use strict";

const seconds = Number(document.body.dataset.idle) || 90;
let waiting;

function again() {
  window.location.replace(document.body.dataset.again || window.location.pathname);
}

function touched() {
  clearTimeout(waiting);
  waiting = setTimeout(again, seconds * 1000);
}

for (const kind of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(kind, touched, { passive: true });
}
touched();
