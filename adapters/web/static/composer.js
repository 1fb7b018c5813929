// The box to write in: Enter sends, what is typed is never lost, files by button, by drop or from the clipboard.
import { Completion } from "./complete.js";
import { show } from "./dialogs.js";
import { place } from "./lists.js";
import { steps } from "./live.js";
import { post, Refused, say } from "./net.js";

const BIGGEST = 10 * 1024 * 1024;
const MOST = 5;

export function startComposers(within) {
  for (const form of within.querySelectorAll("[data-composer]")) new Composer(form);
}

class Composer {
  constructor(form) {
    this.form = form;
    this.text = form.elements.text;
    this.files = [];
    this.draft = `draft ${document.body.dataset.me} ${form.dataset.channel} ${form.dataset.thread}`;
    this.text.value = sessionStorage.getItem(this.draft) || "";
    this.completion = new Completion(this.text, form.querySelector(".complete"));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("paste", (event) => this.add(event.clipboardData?.files || []));
    form.elements.files.addEventListener("change", (event) => {
      this.add(event.target.files);
      event.target.value = "";
    });
    this.dropZone(form.closest(".room, .panel"));
    this.grow();
  }

  key(event) {
    if (this.completion.key(event)) return;
    // While an input method composes a word, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  typed() {
    sessionStorage.setItem(this.draft, this.text.value);
    this.problem("");
    this.grow();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  async send() {
    if (this.busy || (!this.text.value.trim() && !this.files.length)) return;
    const { channel, thread } = this.form.dataset;
    const text = this.text.value;
    const body = new FormData();
    body.append("text", text);
    body.append("thread", thread);
    for (const file of this.files) body.append("files", file);
    this.completion.close();
    this.busy = true;
    this.form.classList.add("busy");
    try {
      const told = await post(`/c/${encodeURIComponent(channel)}/say`, body);
      if (this.text.value === text) this.text.value = "";
      this.files = [];
      this.showFiles();
      this.typed();
      place(told.messages || [], { own: true });
      show(told.now, { channel, thread });
      steps();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.problem(error.message);
    } finally {
      this.busy = false;
      this.form.classList.remove("busy");
      this.text.focus();
    }
  }

  add(files) {
    for (const file of files) {
      if (file.size > BIGGEST) this.problem(say("big_file", { name: file.name }));
      else if (this.files.length >= MOST) this.problem(say("many_files"));
      else this.files.push(file);
    }
    this.showFiles();
  }

  showFiles() {
    const list = this.form.querySelector(".attachments");
    list.hidden = !this.files.length;
    list.replaceChildren(...this.files.map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = file.name;
      name.dir = "auto";
      const off = document.createElement("button");
      off.type = "button";
      off.className = "tool";
      off.textContent = "✕";
      off.setAttribute("aria-label", say("detach", { name: file.name }));
      off.addEventListener("click", () => {
        this.files = this.files.filter((other) => other !== file);
        this.showFiles();
        this.text.focus();
      });
      item.append(name, off);
      return item;
    }));
  }

  problem(words) {
    this.form.querySelector(".problem").textContent = words;
  }

  dropZone(zone) {
    zone.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("dropping");
    });
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping");
    });
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("dropping");
      if (!event.dataTransfer.files.length || !this.form.isConnected) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }
}
