// Dialogs: what the bot wants shown at once (a form, something to read, a short word), and our own small ones.
import { post, Refused, say } from "./net.js";

let place = {};

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
      document.querySelector(opener.dataset.open).showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    // A click on the backdrop hits the dialog itself; one inside hits what it holds.
    if (event.target.matches("dialog.sheet-box") && !event.target.querySelector("[data-form]")) event.target.close();
  });
  document.addEventListener("click", press);
  for (const form of document.querySelectorAll("[data-submit]")) form.addEventListener("submit", submitOwn);
}

/** Shows what the bot answered. `where`: {channel, thread} of what was done, for what follows from it. */
export function show(now, where) {
  const dialog = document.getElementById("answer");
  if (!now || now.kind === "none") {
    if (dialog.open && where.inDialog) dialog.close();
    return;
  }
  if (now.kind === "toast") {
    if (dialog.open && where.inDialog) dialog.close();
    toast(now.text);
    return;
  }
  if (now.kind === "errors") {
    showErrors(dialog, now.errors);
    return;
  }
  place = { channel: where.channel, thread: where.thread };
  dialog.innerHTML = now.html;
  const heading = dialog.querySelector("h1, h2, h3");
  if (heading?.textContent.trim()) dialog.setAttribute("aria-label", heading.textContent.trim());
  dialog.querySelector("[data-form]")?.addEventListener("submit", submitForm);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".field :is(input, textarea, select):not([type=hidden])")?.focus();
}

/** A short word, for a while. */
export function toast(words) {
  const item = document.createElement("p");
  item.className = "toast";
  item.textContent = words;
  document.getElementById("toasts").append(item);
  setTimeout(() => item.remove(), 7000);
}

async function press(event) {
  const button = event.target.closest("[data-press]");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const where = whereIs(button);
  button.setAttribute("aria-busy", "true");
  try {
    const { press: action, value, message } = button.dataset;
    const told = await post("/press", { action, value, message, channel: where.channel, thread: where.thread });
    show(told.now, where);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function whereIs(element) {
  if (element.closest("dialog")) return { ...place, inDialog: true };
  const list = element.closest("[data-list]");
  return { channel: document.body.dataset.channel, thread: list?.dataset.root || "", inDialog: false };
}

async function submitForm(event) {
  event.preventDefault();
  const form = event.target;
  if (form.getAttribute("aria-busy") === "true") return;
  const body = new FormData(form);
  body.append("channel", place.channel || "");
  body.append("thread", place.thread || "");
  form.setAttribute("aria-busy", "true");
  showErrors(form, {});
  try {
    const told = await post("/submit", body);
    show(told.now, { ...place, inDialog: true });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    form.querySelector("[data-form-error]").textContent = error.message;
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** At each field what is wrong with it; what was typed stays. */
function showErrors(within, errors) {
  let first = null;
  const left = { ...errors };
  for (const field of within.querySelectorAll("[data-field]")) {
    const words = errors[field.dataset.field] || "";
    delete left[field.dataset.field];
    field.querySelector("[data-error]").textContent = words;
    for (const input of field.querySelectorAll("input:not([type=hidden]), textarea, select")) {
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (words && !first) first = input;
    }
  }
  const rest = within.querySelector("[data-form-error]");
  if (rest) rest.textContent = Object.values(left).join(" ");
  first?.focus();
}

async function submitOwn(event) {
  event.preventDefault();
  const form = event.target;
  const problem = form.querySelector(".problem");
  problem.textContent = "";
  try {
    const told = await post(form.dataset.submit, new FormData(form));
    if (told.go) location.assign(told.go);
  } catch (error) {
    problem.textContent = error instanceof Refused ? error.message : say("failed");
  }
}
