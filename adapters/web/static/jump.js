// Ctrl+K (or Cmd+K): switch to another channel from the keyboard.
export function startJump() {
  const dialog = document.getElementById("jump");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[data-jump-list]");
  const fill = () => {
    const typed = input.value.trim().toLowerCase();
    const rooms = [...document.querySelectorAll("#rooms [data-room]")];
    list.replaceChildren(...rooms.filter((room) => room.querySelector(".label").textContent.toLowerCase().includes(typed)).map((room) => {
      const item = document.createElement("li");
      item.append(room.cloneNode(true));
      return item;
    }));
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    input.value = "";
    fill();
    if (!dialog.open) dialog.showModal();
    input.focus();
  });
  input.addEventListener("input", fill);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("a")?.click();
    if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("a")?.focus(); }
  });
}
