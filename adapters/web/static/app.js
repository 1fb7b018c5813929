// The page comes ready from the server; these modules only add what a page cannot do by itself.
import { startComposers } from "./composer.js";
import { startDialogs } from "./dialogs.js";
import { startJump } from "./jump.js";
import { startLive } from "./live.js";
import { startLists } from "./lists.js";
import { startPanel } from "./panel.js";
import { startTools } from "./tools.js";

startDialogs();
if (document.body.dataset.channel) {
  startLists();
  startComposers(document);
  startPanel();
  startTools();
  startJump();
  startLive();
}
