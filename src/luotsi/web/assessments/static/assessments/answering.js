/* Keeps what is typed into a form on this device until it has been saved, and sends it when the connection is back.

   Kept: only fields changed and not saved yet, under the response they belong to. Taken away when they are saved, when
   someone else opens a form on the device, after a day, and at signing out (the server asks the browser for that).
   Without JavaScript each page is saved when it is sent. */
(() => {
  "use strict";
  const PREFIX = "luotsi-unsent:";
  const DAY = 24 * 60 * 60 * 1000;
  const AGAIN = 15 * 1000;
  const form = () => document.getElementById("answers");
  const named = (name) => [...form().elements].filter((each) => each.name === name && each.type !== "hidden");
  const revision = () => Number(document.getElementById("revision").value);
  const kept = (name) => name.startsWith("q-") || name.startsWith("o-");
  let sending = {};

  const key = () => PREFIX + form().dataset.response;
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(key())) || {};
    } catch {
      return {};
    }
  };
  const write = (fields) => {
    try {
      if (Object.keys(fields).length === 0) localStorage.removeItem(key());
      else localStorage.setItem(key(), JSON.stringify(fields));
    } catch {
      /* A browser that keeps nothing still sends. */
    }
    const owner = { user: form().dataset.user, at: Date.now() };
    try {
      localStorage.setItem(PREFIX + "owner", JSON.stringify(owner));
    } catch {
      /* As above. */
    }
  };

  const values = (name) =>
    named(name).flatMap((each) => {
      if (each.type === "radio" || each.type === "checkbox") return each.checked ? [each.value] : [];
      return [each.value];
    });

  const put = (fields) => {
    for (const [name, wanted] of Object.entries(fields)) {
      for (const each of named(name)) {
        if (each.type === "radio" || each.type === "checkbox") each.checked = wanted.includes(each.value);
        else if (each !== document.activeElement || each.value !== wanted[0]) each.value = wanted[0] ?? "";
      }
    }
  };

  /* What another user, or a day long gone, has left here. */
  const sweep = () => {
    let owner = {};
    try {
      owner = JSON.parse(localStorage.getItem(PREFIX + "owner")) || {};
    } catch {
      owner = {};
    }
    if (owner.user === form().dataset.user && Date.now() - owner.at < DAY) return;
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  };

  const tell = (state, text) => {
    const line = document.getElementById("saved");
    if (!line) return;
    line.dataset.state = state;
    if (text) line.textContent = text;
  };

  const resend = () => {
    if (form() && Object.keys(read()).length > 0) htmx.trigger(form(), "resend");
  };

  document.addEventListener("input", (event) => {
    if (!form() || event.target.form !== form() || !kept(event.target.name)) return;
    write({ ...read(), [event.target.name]: values(event.target.name) });
  });

  /* What waits from another page of the form goes along. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (!form() || event.detail.elt !== form()) return;
    for (const [name, now] of Object.entries(read()))
      if (named(name).length === 0) for (const each of now) event.detail.formData.append(name, each);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form()) return;
    sending = read();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    /* The form that asked may have been drawn anew by now; the request still knows it. */
    if (!form() || event.detail.requestConfig?.elt?.id !== "answers") return;
    if (!event.detail.successful) {
      tell("unsaved", form().dataset.unsaved);
      return;
    }
    const left = {};
    for (const [name, now] of Object.entries(read()))
      if (JSON.stringify(now) !== JSON.stringify(sending[name])) left[name] = now;
    write(left);
    tell("saved");
  });

  /* Questions that have been drawn anew lack what was typed while they were on their way. */
  document.addEventListener("htmx:afterSettle", () => {
    if (form()) put(read());
  });

  /* A page that is sent as a whole carries everything on it; without a connection it stays where it is. */
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    if (!navigator.onLine) {
      event.preventDefault();
      tell("unsaved", form().dataset.unsaved);
      return;
    }
    sessionStorage.setItem(PREFIX + "sent", JSON.stringify({ response: form().dataset.response, revision: revision(), fields: read() }));
  });

  window.addEventListener("online", resend);
  window.setInterval(resend, AGAIN);

  const begin = () => {
    if (!form()) return;
    sweep();
    /* What the page before this one sent is saved where the revision has moved on. */
    const sent = JSON.parse(sessionStorage.getItem(PREFIX + "sent") || "{}");
    sessionStorage.removeItem(PREFIX + "sent");
    const waiting = read();
    if (sent.response === form().dataset.response && sent.revision < revision())
      for (const [name, then] of Object.entries(sent.fields))
        if (JSON.stringify(waiting[name]) === JSON.stringify(then)) delete waiting[name];
    for (const [name, then] of Object.entries(waiting))
      if (named(name).length > 0 && JSON.stringify(values(name)) === JSON.stringify(then)) delete waiting[name];
    write(waiting);
    put(waiting);
    const errors = document.querySelector(".errors");
    if (errors) errors.focus();
    else resend();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
