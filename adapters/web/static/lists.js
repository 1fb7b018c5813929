// The message lists: putting messages in their place, grouping them, and keeping the reader's place.
import { html, post } from "./net.js";

const TOGETHER = 5 * 60 * 1000;
const { dataset } = document.body;
let read = Number(dataset.read);

export function startLists() {
  const scroll = roomScroll();
  const mark = dataset.mark && document.getElementById(`m-${dataset.mark}`);
  if (mark) point(mark);
  else if (!dataset.mark || !document.getElementById(`t-${dataset.mark}`)) toEnd(scroll);
  scroll.addEventListener("scroll", () => {
    document.querySelector("[data-newest]").hidden = atEnd(scroll);
  }, { passive: true });
  document.querySelector("[data-newest]").addEventListener("click", () => toEnd(scroll));
  document.querySelector("[data-older]").addEventListener("click", older);
  document.addEventListener("visibilitychange", markRead);
  markRead();
}

/** Puts messages in, or over their older selves. `own`: the reader wrote them, so they are shown at once. */
export function place(messages, { own = false, announce = false } = {}) {
  for (const message of messages) {
    const inRoom = document.querySelector('[data-list="room"]');
    const inThread = document.querySelector('[data-list="thread"]');
    let fresh = false;
    if (!message.thread) fresh = put(inRoom, message, message.html, "m", own);
    if (inThread && inThread.dataset.root === (message.thread || message.id)) {
      fresh = put(inThread, message, message.panel, "t", own) || fresh;
    }
    if (fresh && announce && !message.mine) tell(message.says);
  }
}

export function note(seq) {
  read = Math.max(read, seq);
  markRead();
}

/** Scrolls to a message and marks it for a moment. */
export function point(item) {
  item.scrollIntoView({ block: "center" });
  item.classList.add("marked");
  item.focus({ preventScroll: true });
}

export function toEnd(scroll) {
  scroll.scrollTop = scroll.scrollHeight;
}

/** The end of the list; of a message taller than the view its beginning, where reading starts. */
function settle(scroll, item) {
  toEnd(scroll);
  const above = scroll.getBoundingClientRect().top - item.getBoundingClientRect().top;
  if (above > 0 && item === item.parentElement.lastElementChild) scroll.scrollTop -= above;
}

export function roomScroll() {
  return document.querySelector(".room [data-scroll]");
}

function put(list, message, markup, prefix, own) {
  const scroll = list.closest("[data-scroll]");
  const stay = atEnd(scroll);
  const before = document.getElementById(`${prefix}-${message.id}`);
  if (message.gone) {
    before?.remove();
    return regroup(list);
  }
  const item = parse(markup);
  if (before) {
    if (before.querySelector(".edit-box")) return false;
    keepFocus(before, () => before.replaceWith(item));
  } else insert(list, item);
  regroup(list);
  if (stay || (own && !before)) settle(scroll, item);
  return !before;
}

function insert(list, item) {
  const key = order(item);
  let after = list.lastElementChild;
  while (after && order(after) > key) after = after.previousElementSibling;
  if (after) after.after(item);
  else list.prepend(item);
}

function order(item) {
  // ISO moments in UTC sort as text once they have the same number of digits.
  const [moment, rest = ""] = item.dataset.at.replace("+00:00", "").split(".");
  const root = item.parentElement?.dataset.root === item.dataset.id ? "0" : "1";
  return `${root}${moment}.${rest.padEnd(6, "0")}/${item.dataset.seq.padStart(12, "0")}`;
}

function regroup(list) {
  let last = null;
  for (const item of list.children) {
    item.classList.toggle("newday", !last || last.dataset.day !== item.dataset.day);
    const gap = last ? new Date(item.dataset.at) - new Date(last.dataset.at) : -1;
    const same = last && last.dataset.author === item.dataset.author && last.dataset.day === item.dataset.day;
    item.classList.toggle("follow", Boolean(same && !item.classList.contains("bot") && gap >= 0 && gap <= TOGETHER));
    last = item;
  }
  return false;
}

function keepFocus(item, change) {
  const held = item.contains(document.activeElement) ? document.activeElement : null;
  const way = held && [...item.querySelectorAll("a, button")].indexOf(held);
  const id = item.id;
  change();
  if (!held) return;
  const now = document.getElementById(id);
  (now?.querySelectorAll("a, button")[way] || now)?.focus({ preventScroll: true });
}

function parse(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}

function atEnd(scroll) {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
}

function tell(words) {
  const line = document.createElement("p");
  line.textContent = words;
  const announcer = document.getElementById("announcer");
  announcer.append(line);
  while (announcer.children.length > 5) announcer.firstElementChild.remove();
}

function markRead() {
  if (document.visibilityState !== "visible" || !read) return;
  const seq = read;
  read = 0;
  // Not worth a word to the reader when it fails: the next message marks it too.
  post(`/c/${encodeURIComponent(dataset.channel)}/read`, { seq }).catch(() => { read = Math.max(read, seq); });
}

async function older(event) {
  const list = document.querySelector('[data-list="room"]');
  const first = list.firstElementChild;
  if (!first) return;
  const markup = await html(`/c/${encodeURIComponent(dataset.channel)}/older?before=${first.dataset.id}`);
  const holder = document.createElement("template");
  holder.innerHTML = markup || "";
  const scroll = roomScroll();
  const distance = scroll.scrollHeight - scroll.scrollTop;
  event.target.hidden = holder.content.children.length < 60;
  list.prepend(holder.content);
  regroup(list);
  scroll.scrollTop = scroll.scrollHeight - distance;
}
