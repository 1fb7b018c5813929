// The thread panel and the welcome panel: opened in place, each with an address of its own.
import { startComposers } from "./composer.js";
import { point, toEnd } from "./lists.js";
import { html } from "./net.js";

const channel = document.body.dataset.channel;
let opener = null;

export function startPanel() {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const open = event.target.closest("[data-thread-open]");
    const close = event.target.closest("[data-thread-close]");
    if (open || close) event.preventDefault();
    if (open) openThread(open.dataset.threadOpen);
    if (close) closeThread();
    const toggle = event.target.closest("[data-toggle-welcome]");
    if (toggle) toggle.setAttribute("aria-expanded", String(document.body.classList.toggle("show-welcome")));
  });
  document.addEventListener("keydown", (event) => {
    const busy = document.querySelector("dialog[open], :popover-open, .edit-box");
    const typed = document.activeElement?.value;
    if (event.key === "Escape" && !busy && !typed && document.body.classList.contains("in-thread")) closeThread();
  });
  addEventListener("popstate", () => location.reload());
  ready();
}

export async function openThread(root) {
  const panel = document.getElementById("thread");
  opener = document.activeElement?.dataset.threadOpen || root;
  const markup = await html(`/c/${encodeURIComponent(channel)}/thread/${encodeURIComponent(root)}`);
  if (!markup) return location.assign(`/c/${channel}?t=${root}`);
  panel.innerHTML = markup;
  panel.hidden = false;
  document.body.classList.add("in-thread");
  history.pushState(null, "", `/c/${channel}?t=${root}`);
  startComposers(panel);
  ready();
  return panel.querySelector("textarea").focus();
}

function closeThread() {
  const panel = document.getElementById("thread");
  panel.hidden = true;
  panel.replaceChildren();
  document.body.classList.remove("in-thread");
  history.pushState(null, "", `/c/${channel}`);
  const back = opener && document.querySelector(`.room [data-thread-open="${CSS.escape(opener)}"]`);
  (back || document.querySelector("#text-room")).focus();
}

function ready() {
  const scroll = document.querySelector("#thread [data-scroll]");
  if (!scroll) return;
  const mark = document.getElementById(`t-${document.body.dataset.mark}`);
  if (mark) point(mark);
  else toEnd(scroll);
}
