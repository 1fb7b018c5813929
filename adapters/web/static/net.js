// Talking to the messenger: forms out, JSON or ready HTML back.
const words = JSON.parse(document.body.dataset.words || "{}");

export function say(key, fields = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

/** Thrown with kind words to show. */
export class Refused extends Error {}

/** POST a form; what comes back is an object. Throws Refused where it did not work, with words for a person. */
export async function post(address, fields) {
  const body = fields instanceof FormData ? fields : toForm(fields || {});
  let response;
  try {
    response = await fetch(address, { method: "POST", body, headers: { accept: "application/json" } });
  } catch {
    throw new Refused(say("unreachable"));
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(told.say || say("failed"));
  return told;
}

/** GET ready HTML; null where there is none. */
export async function html(address) {
  try {
    const response = await fetch(address);
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

function toForm(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}
