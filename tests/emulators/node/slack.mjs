// npm's `emulate` as a Slack workspace:  node slack.mjs '{"signing_secret": …, "users": […], …}'
// Prints {"url", "port"} once it listens, and ends with its standard input, so that it never outlives a test.
//
// emulate 0.12.2 has no public way to subscribe to Slack's events: its plugin is wrapped before it is loaded. It is
// internal, so package.json pins the version.
import { readdirSync, readFileSync } from 'node:fs';

process.stdin.on('end', () => process.exit()).resume();

const dist = new URL('node_modules/emulate/dist/', import.meta.url);
const chunks = readdirSync(dist).filter((name) => /^dist-.*\.js$/.test(name));
const chunk = chunks.find((name) => readFileSync(new URL(name, dist), 'utf8').includes('slackPlugin'));
const { slackPlugin, getSlackStore } = await import(new URL(chunk, dist));
const { register } = slackPlugin;

slackPlugin.register = (app, store, webhooks, baseUrl, tokens) => {
  app.post('/_test/subscribe', async (c) => {
    webhooks.register({ url: (await c.req.json()).url, owner: 'slack', active: true, events: ['*'] });
    return c.json({});
  });
  app.get('/_test/deliveries', (c) => c.json(webhooks.getDeliveries()));
  const { views, viewTriggers } = getSlackStore(store);
  // What only one person sees: no method of the Web API reads it.
  app.get('/_test/views', (c) => c.json(views.all()));
  // slack-sdk, as Slack allows, reads by GET and puts many arguments into the query; emulate mostly reads the body of a POST.
  const refused = [];
  app.get('/_test/refused', (c) => c.json(refused));
  app.use('*', async (c, next) => {
    if (!c.req.path.startsWith('/api/') || c.req.header('X-Again')) return next();
    const query = new URL(c.req.url).searchParams.toString();
    const type = query ? 'application/x-www-form-urlencoded' : (c.req.header('Content-Type') ?? '');
    const headers = { Authorization: c.req.header('Authorization') ?? '', 'Content-Type': type, 'X-Again': 'yes' };
    const answer = await fetch(baseUrl + c.req.path, { method: 'POST', headers, body: query || (await c.req.text()) });
    const { ok, error } = await answer.clone().json();
    if (!ok) refused.push({ method: c.req.path.slice(5), error: error ?? `status ${answer.status}` });
    // A trigger lives three of its whole seconds, so perhaps but two of ours. How long the door takes is not judged here.
    for (const one of viewTriggers.all()) viewTriggers.update(one.id, { expires_at: Infinity });
    return answer;
  });
  register(app, store, webhooks, baseUrl, tokens);
};

const { createEmulator } = await import(new URL('api.js', dist));
const seed = { slack: JSON.parse(process.argv[2]) };
const { url } = await createEmulator({ service: 'slack', port: 0, hostname: 'localhost', seed });
console.log(JSON.stringify({ url, port: Number(new URL(url).port) }));
