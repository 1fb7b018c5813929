// What can be done with a message: react, reply, copy its link, edit or delete one's own, put a private one away.
import { toast } from "./dialogs.js";
import { place } from "./lists.js";
import { post, Refused, say } from "./net.js";
import { openThread } from "./panel.js";

let current = null;

export function startTools() {
  const menu = document.getElementById("tools-menu");
  document.addEventListener("click", (event) => {
    const target = event.target;
    const tools = target.closest("[data-tools]");
    const chip = target.closest("[data-react]");
    const poster = target.closest("[data-post]");
    if (tools) openMenu(menu, tools);
    if (chip) act(`/m/${chip.dataset.message}/react`, { emoji: chip.dataset.react });
    if (poster) act(poster.dataset.post, {});
  });
  menu.addEventListener("click", (event) => {
    const quick = event.target.closest("[data-quick]");
    const item = event.target.closest("[data-menu]");
    if (!quick && !item) return;
    menu.hidePopover();
    if (quick) act(`/m/${current.dataset.id}/react`, { emoji: quick.dataset.quick });
    if (item) choose(item.dataset.menu);
  });
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...menu.querySelectorAll("button")].filter((b) => b.offsetParent);
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  document.querySelector("[data-delete-yes]").addEventListener("click", () => {
    document.getElementById("delete-sure").close();
    act(`/m/${current.dataset.id}/delete`, {});
  });
}

function openMenu(menu, button) {
  current = button.closest(".msg");
  menu.classList.toggle("of-mine", current.classList.contains("mine"));
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`;
  menu.querySelector("button").focus();
}

function choose(what) {
  if (what === "reply") openThread(current.dataset.thread || current.dataset.id);
  if (what === "link") copyLink();
  if (what === "edit") edit(current);
  if (what === "delete") document.getElementById("delete-sure").showModal();
}

async function act(address, fields) {
  try {
    const told = await post(address, fields);
    place(told.messages || []);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  }
}

async function copyLink() {
  const { id, thread } = current.dataset;
  const address = `/c/${document.body.dataset.channel}?m=${id}${thread ? `&t=${thread}` : ""}`;
  await navigator.clipboard.writeText(new URL(address, location.href).href);
  toast(say("copied"));
}

function edit(item) {
  const body = item.querySelector(".body");
  const form = document.getElementById("edit-box").content.firstElementChild.cloneNode(true);
  const text = form.querySelector("textarea");
  text.value = item.querySelector(".source").content.textContent;
  body.hidden = true;
  body.after(form);
  const fit = () => { text.style.height = "auto"; text.style.height = `${text.scrollHeight}px`; };
  const close = () => { form.remove(); body.hidden = false; item.focus({ preventScroll: true }); };
  const save = async () => {
    try {
      const told = await post(`/m/${item.dataset.id}/edit`, { text: text.value });
      close();
      place(told.messages);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      form.querySelector(".problem").textContent = error.message;
    }
  };
  text.addEventListener("input", fit);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); save(); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.querySelector("[data-edit-cancel]").addEventListener("click", close);
  fit();
  text.focus();
}
