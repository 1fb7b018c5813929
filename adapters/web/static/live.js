// Live updates. The browser reconnects by itself and says which event it saw last; the server continues there.
import { note, place } from "./lists.js";
import { html } from "./net.js";

let waiting = 0;

export function startLive() {
  const { channel, after } = document.body.dataset;
  const source = new EventSource(`/live?c=${encodeURIComponent(channel)}&after=${after}`);
  const offline = document.querySelector(".offline");
  let lost = 0;
  source.addEventListener("hello", () => {
    clearTimeout(lost);
    lost = 0;
    offline.hidden = true;
    document.body.dataset.live = "yes";
  });
  source.addEventListener("reload", () => location.reload());
  source.addEventListener("news", (event) => {
    const news = JSON.parse(event.data);
    place(news.messages, { announce: true });
    rooms(news.rooms);
    if (news.read) note(news.read);
    steps();
  });
  source.addEventListener("error", () => {
    // A blink is not worth a word; three seconds are.
    if (!lost) lost = setTimeout(() => { offline.hidden = false; }, 3000);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { source.close(); startLive(); }, 2000);
  });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function rooms(markup) {
  const list = document.getElementById("rooms");
  if (list.dataset.last === markup) return;
  list.dataset.last = markup;
  const held = list.contains(document.activeElement) && document.activeElement.dataset.room;
  list.innerHTML = markup;
  if (held) list.querySelector(`[data-room="${CSS.escape(held)}"]`)?.focus();
}

/** The bot ticks its first steps off a moment after it spoke. */
export function steps() {
  const panel = document.getElementById("steps");
  if (!panel) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const markup = await html("/steps");
    if (markup === null || panel.dataset.last === markup) return;
    panel.dataset.last = markup;
    const open = panel.querySelector("details")?.open;
    panel.innerHTML = markup;
    const details = panel.querySelector("details");
    if (details && open !== undefined) details.open = open;
    const count = document.querySelector("[data-steps-count]");
    if (count && details) count.textContent = panel.querySelector(".steps-count").textContent;
  }, 400);
}
