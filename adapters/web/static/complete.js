// Completion in the message box: /commands at the start of the line, @people anywhere.
import { say } from "./net.js";

const commands = JSON.parse(document.body.dataset.commands || "[]");
const people = ["Guyub", ...JSON.parse(document.body.dataset.people || "[]")];
const MOST = 8;

export class Completion {
  constructor(text, list) {
    this.text = text;
    this.list = list;
    this.found = [];
    text.addEventListener("input", () => this.look());
    text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.take(Number(option.dataset.index));
    });
  }

  /** Whether the key was for the completion. */
  key(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose((this.at + step + this.found.length) % this.found.length);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && this.wanted())) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Enter sends a command that is complete as it stands; it completes one that is not. */
  wanted() {
    return this.text.value.slice(this.start, this.text.selectionStart).trim() !== this.found[this.at].insert.trim();
  }

  look() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const command = /^\/(\w*)$/.exec(before);
    const mention = /(?:^|[\s(])@([\p{L}\p{N}]*(?: [\p{L}\p{N}]+)?)$/u.exec(before);
    if (command) {
      this.start = 0;
      this.list.setAttribute("aria-label", say("commands"));
      this.offer(matching(command[1].toLowerCase()));
    } else if (mention) {
      this.start = before.length - mention[1].length - 1;
      const typed = mention[1].toLowerCase();
      this.list.setAttribute("aria-label", say("people"));
      this.offer(people.filter((name) => name.toLowerCase().startsWith(typed)).map((name) => ({
        label: `@${name}`, other: "", help: "", insert: `@${name} `,
      })));
    } else this.close();
  }

  offer(found) {
    this.found = found.slice(0, MOST);
    if (!this.found.length) return this.close();
    this.list.replaceChildren(...this.found.map((one, index) => this.option(one, index)));
    this.list.hidden = false;
    return this.choose(0);
  }

  option(one, index) {
    const option = document.createElement("div");
    option.role = "option";
    option.id = `${this.list.id}-${index}`;
    option.dataset.index = index;
    for (const [part, words] of [["name", one.label], ["other", one.other], ["help", one.help]]) {
      if (!words) continue;
      const span = document.createElement("span");
      span.className = part;
      span.textContent = words;
      option.append(span);
    }
    return option;
  }

  choose(index) {
    this.at = index;
    for (const option of this.list.children) {
      const on = Number(option.dataset.index) === index;
      option.setAttribute("aria-selected", String(on));
      if (on) {
        option.scrollIntoView({ block: "nearest" });
        this.text.setAttribute("aria-activedescendant", option.id);
      }
    }
  }

  take(index) {
    const { insert } = this.found[index];
    this.text.setRangeText(insert, this.start, this.text.selectionStart, "end");
    this.close();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.text.focus();
  }

  close() {
    this.list.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }
}

/** Commands whose name in either language begins with what is typed; the reader's own language first. */
function matching(typed) {
  const own = commands.filter((c) => c.name.startsWith(typed));
  const others = commands.filter((c) => !c.name.startsWith(typed) && c.other.startsWith(typed));
  return [...own.map((c) => line(c, c.name, c.other)), ...others.map((c) => line(c, c.other, c.name))];
}

function line(command, name, other) {
  const usage = command.usage.replace(/^\/\S+\s*/, "");
  return {
    label: `/${name}${usage ? ` ${usage}` : ""}`,
    other: other === name ? "" : `/${other}`,
    help: command.help,
    insert: `/${name}${usage ? " " : ""}`,
  };
}
