// Keeps the waiting page true while the visitor waits: streams, falls back to polling, and goes on to
// the page that was asked for once admitted. The page works without this script, by reloading itself.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("dw-data").textContent);
  const text = data.messages;
  const ticket = data.ticket || {};
  const room = `${data.base}/rooms/${encodeURIComponent(data.room)}`;
  const self = room + "/tickets/self";
  const element = (id) => document.getElementById("dw-" + id);
  if (ticket.state === "waiting") ticket.opens_at = element("opens-at").dateTime;
  const number = new Intl.NumberFormat(data.lang);
  const plural = new Intl.PluralRules(data.lang);

  const silence_ms = 45000;      // longer than two heartbeats: the stream is dead
  const stream_failures_max = 3; // then poll, and try a stream again now and then
  const stream_retry_ms = 60000;
  const say_every_ms = 30000;
  const closed_ms = 60000;       // as long as Retry-After of a closed room

  let source = null;
  let failures = 0;
  let poll_timer = 0;
  let silence_timer = 0;
  let retry_timer = 0;
  let tick_timer = 0;
  let over = false;
  let said_at = 0;
  let said = "";

  // By the server's clock, since the device's may be wrong.
  const server_ahead_ms = data.now - Date.now();
  const server_now = () => Date.now() + server_ahead_ms;

  const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // A sentence with a number may have a form for one: { "one": …, "other": … }.
  function count(key, name, n) {
    const forms = text[key];
    return fill(typeof forms === "string" ? forms : forms[plural.select(n)] || forms.other, { [name]: number.format(n) });
  }

  // The same words as Words::eta in src/gateway/waiting_page/words.cpp.
  function eta_text(eta) {
    if (!eta) return text.eta_unknown;
    if (eta.high_s < 60) return text.eta_soon;
    const hours = eta.high_s > 5400;
    const unit = hours ? 3600 : 60;
    const low = Math.floor(eta.low_s / unit);
    const high = Math.ceil(eta.high_s / unit);
    if (low < 1) return count(hours ? "eta_hours_max" : "eta_minutes_max", "high", high);
    if (low === high) return count(hours ? "eta_hours_one" : "eta_minutes_one", "high", high);
    return fill(hours ? text.eta_hours : text.eta_minutes, { low: number.format(low), high: number.format(high) });
  }

  // The same words as Words::minutes there.
  function minutes_text(n) {
    if (n < 120) return count("minutes", "n", n);
    const days = n >= 2880;
    const unit = days ? 1440 : 60;
    const rest = Math.floor((n % unit) / (days ? 60 : 1));
    const larger = count(days ? "days" : "hours", "n", Math.floor(n / unit));
    return rest ? fill(text.two_units, { larger, smaller: count(days ? "hours" : "minutes", "n", rest) }) : larger;
  }

  // The same words as Words::until there.
  function until_text(left_ms) {
    if (left_ms < 60000) return text.eta_soon;
    const minutes = Math.ceil(left_ms / 60000);
    return fill(text.opens_about, { time: minutes_text(minutes < 2880 ? minutes : Math.ceil(minutes / 60) * 60) });
  }

  function digits_text(left_ms) {
    const left_s = Math.ceil(left_ms / 1000);
    const parts = [Math.floor(left_s / 60) % 60, left_s % 60].map((part) => String(part).padStart(2, "0"));
    return `${Math.floor(left_s / 3600)}:${parts.join(":")}`.replace(/^0:0?/, "");
  }

  // In the visitor's time zone, and as the browser's variant of the language writes it.
  function moment_text(opens_ms) {
    const moment = new Date(Math.ceil(opens_ms / 1000) * 1000);
    const own = (navigator.languages || []).find((tag) => tag.split("-")[0].toLowerCase() === data.lang);
    return new Intl.DateTimeFormat(own || data.lang, {
      weekday: "long", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short",
      year: moment.getFullYear() === new Date(server_now()).getFullYear() ? undefined : "numeric",
      second: moment.getSeconds() ? "2-digit" : undefined,
    }).format(moment);
  }

  function set(id, value) {
    const target = element(id);
    if (target && target.textContent !== value) target.textContent = value;
  }

  function say(sentence, now) {
    if (sentence === said || (!now && Date.now() - said_at < say_every_ms)) return;
    said = sentence;
    said_at = Date.now();
    set("say", sentence);
  }

  // The first place seen with this ticket is kept, so that a reload does not start the bar again.
  function first_place(position) {
    const key = "doorward." + ticket.ticket;
    try {
      const kept = Number(localStorage.getItem(key));
      if (kept >= position) return kept;
      localStorage.setItem(key, String(position));
    } catch { /* Storage is blocked: the bar begins here. */ }
    return position;
  }

  function show_progress(position) {
    const first = first_place(position);
    const share = Math.floor((100 * (first - position)) / first); // full is who is in
    const bar = element("bar");
    bar.hidden = false;
    bar.setAttribute("aria-valuenow", String(share));
    bar.firstElementChild.style.width = share + "%";
  }

  // Counts down to the opening, which asks nobody: who sees digits tick, and who hears has it in words.
  function show_opening() {
    clearTimeout(tick_timer);
    element("opens").hidden = !ticket.opens_at;
    if (!ticket.opens_at) return;
    const opens_ms = Date.parse(ticket.opens_at);
    const left_ms = opens_ms - server_now();
    const [digits, words] = element("opens-in").children;
    const ticks = left_ms > 0 && left_ms < 172800000;
    element("opens-label").hidden = left_ms <= 0;
    const label = ticket.reason === "draw" ? text.draws_label : text.opens_label;
    const moment = moment_text(opens_ms);
    const in_words = left_ms > 0 ? until_text(left_ms) : text.opens_now;
    const time = element("opens-at");
    if (time.dateTime !== ticket.opens_at) say(`${label}: ${in_words}. ${moment}`, true);
    time.dateTime = ticket.opens_at;
    set("opens-label", label);
    set("opens-at", moment);
    digits.textContent = ticks ? digits_text(left_ms) : "";
    if (words.textContent !== in_words) words.textContent = in_words;
    words.classList.toggle("dw-unseen", ticks);
    if (left_ms > 0) tick_timer = setTimeout(show_opening, ((left_ms - 1) % 1000) + 1);
    else say(text.opens_now, true);
  }

  function show_waiting() {
    const placed = Number.isInteger(ticket.position);
    // `reason`: why nobody is let in now (sold_out, paused, draw), as WaitingPage::lead says it.
    const lead = text["lead_" + ticket.reason] || (ticket.opens_at ? text.lead_opens : text.lead_waiting);
    show_opening();
    if (element("lead").textContent !== lead) {
      set("lead", lead);
      say(lead, true);
    }
    element("place").hidden = !placed;
    element("facts").hidden = !placed;
    if (!placed) return void (element("bar").hidden = true);
    set("position", number.format(ticket.position));
    set("ahead", number.format(ticket.ahead));
    set("waiting", number.format(ticket.waiting));
    set("eta", eta_text(ticket.eta));
    show_progress(ticket.position);
    document.title = `(${number.format(ticket.position)}) ${data.title}`;
    say(fill(data.lanes ? text.say_lane : text.say, { position: number.format(ticket.position), eta: eta_text(ticket.eta) }), false);
  }

  function stop() {
    over = true;
    if (source) source.close();
    for (const timer of [poll_timer, silence_timer, retry_timer, tick_timer]) clearTimeout(timer);
    element("opens").hidden = true;
  }

  // Only ever to a path of this site; a page that keeps coming back is asked for ever more slowly.
  function enter() {
    if (over) return;
    stop();
    set("lead", text.admitted);
    say(text.admitted, true);
    const there = new URL(data.go_on, location.origin);
    if (there.origin !== location.origin) return;
    let tries = 0;
    try {
      tries = Number(sessionStorage.getItem("doorward.tries")) || 0;
      sessionStorage.setItem("doorward.tries", String(tries + 1));
    } catch { /* Storage is blocked: no memory of tries. */ }
    setTimeout(() => location.replace(there.pathname + there.search), Math.min(30000, tries * tries * 500));
  }

  // Spread, since all pages of a room may begin to wait in the same moment.
  function come_back(path, after_ms) {
    setTimeout(() => location.replace(path), after_ms * (1 + Math.random() / 4));
  }

  function close(reason) {
    if (over) return;
    stop();
    for (const id of ["place", "facts", "what", "bar"]) element(id).hidden = true;
    const sentence = text["closed_" + reason] || text.closed;
    set("lead", sentence);
    say(sentence, true);
    fail("");
    document.title = data.title;
    link(null);
    const form = document.querySelector("#dw form");
    if (form) form.remove();
    // The room itself is over: nothing to join again, but it may be opened after all.
    if (reason === "room_closed" || reason === "room_removed") return come_back(data.go_on, closed_ms);
    const again = document.createElement("a");
    again.className = "dw-button";
    again.href = data.go_on;
    again.textContent = text.again;
    element("foot").append(again);
  }

  function link(state) {
    const target = element("link");
    target.hidden = state === null;
    if (state === null) return;
    target.classList.toggle("dw-off", state === "off");
    const word = text["link_" + state];
    const label = target.querySelector("b");
    if (label.textContent !== word) label.textContent = word;
  }

  function take(news) {
    if (over) return;
    Object.assign(ticket, news);
    try { sessionStorage.removeItem("doorward.tries"); } catch { /* Storage is blocked. */ }
    if (ticket.state === "admitted") return enter();
    if (ticket.state === "closed") return close(ticket.reason);
    show_waiting();
  }

  function heard() {
    failures = 0;
    link("live");
    clearTimeout(silence_timer);
    silence_timer = setTimeout(() => { drop(); connect(); }, silence_ms);
  }

  function drop() {
    if (source) source.close();
    source = null;
    clearTimeout(silence_timer);
  }

  function connect() {
    if (over || source) return;
    if (!window.EventSource) return poll();
    clearTimeout(poll_timer);
    clearTimeout(retry_timer);
    source = new EventSource(self + "/events");
    const on = (name, act) => source.addEventListener(name, (event) => { heard(); act(event); });
    on("position", (event) => take(JSON.parse(event.data)));
    on("heartbeat", (event) => take(JSON.parse(event.data)));
    on("admitted", (event) => take({ ...JSON.parse(event.data), state: "admitted" }));
    on("closed", (event) => take({ ...JSON.parse(event.data), state: "closed" }));
    source.onopen = heard;
    source.onerror = () => {
      if (over) return;
      drop();
      failures += 1;
      link("off");
      if (failures >= stream_failures_max) {
        poll();
        retry_timer = setTimeout(connect, stream_retry_ms);
      } else {
        // A stream also ends when the ticket does: ask once, then connect again.
        poll_once().then(() => { if (!over) retry_timer = setTimeout(connect, 1000 * failures * (1 + Math.random())); });
      }
    };
  }

  async function poll_once() {
    try {
      const answer = await fetch(self, { headers: { Accept: "application/json" }, cache: "no-store" });
      const after = Number(answer.headers.get("Retry-After"));
      if (answer.status === 401 || answer.status === 404) { close("forgotten"); return 0; }
      const body = await answer.json();
      if (answer.ok) take(body);
      else if (answer.status === 410) take({ state: "closed", reason: body.reason });
      link(answer.ok ? "poll" : "off");
      return after || body.poll_after_s || 5;
    } catch {
      link("off");
      return 5;
    }
  }

  // A Ticket does not say when the room opens; an event of the stream does.
  async function poll_opening() {
    if (over || !ticket.opens_at) return;
    try {
      const answer = await fetch(room, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok || over) return;
      const { opens_at } = await answer.json();
      take({ opens_at: Date.parse(opens_at) > server_now() ? opens_at : null });
    } catch { link("off"); }
  }

  async function poll() {
    clearTimeout(poll_timer);
    const wait_s = await poll_once();
    await poll_opening();
    if (!over && !source) poll_timer = setTimeout(poll, Math.max(1, wait_s) * 1000 * (0.9 + 0.2 * Math.random()));
  }

  // A tab that slept asks at once instead of waiting for its timers.
  function wake() {
    if (over || document.visibilityState === "hidden") return;
    drop();
    failures = 0;
    poll_once().then(connect);
  }

  async function leave(event) {
    event.preventDefault();
    if (!confirm(text.leave_sure)) return;
    fail("");
    try {
      const answer = await fetch(self, { method: "DELETE" });
      if (answer.ok || answer.status === 410 || answer.status === 401) return close("left");
    } catch { link("off"); }
    if (!over) fail(text.leave_failed);
  }

  function fail(sentence) {
    element("error").hidden = !sentence;
    set("error", sentence);
  }

  const form = document.querySelector("#dw form");
  if (form) form.addEventListener("submit", leave);
  if (ticket.state === "waiting") {
    show_waiting();
    let slept_at = 0;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") slept_at = Date.now();
      else if (Date.now() - slept_at > 5000) wake();
    });
    addEventListener("online", wake);
    addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
    connect();
  } else if (data.retry_s) {
    come_back(location.pathname + location.search, data.retry_s * 1000);
  }
})();
