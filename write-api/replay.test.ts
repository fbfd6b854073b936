/** An attacker who captured a signed request of an app can cause nothing with it: not in a process that never saw it, and under no other key. */
import test, { type ExecutionContext } from 'ava';
import { plus, SECOND_MS } from '../domain/shared/instant.ts';
import { signRequest } from '../edge/auth/app-signature.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { givenWriteApi, type WriteApiFixture } from './test-fixture.ts';

const PATH = '/v1/notifications';
type App = Awaited<ReturnType<WriteApiFixture['app']>>;

async function givenCaptured(key?: string) {
  const api = await givenWriteApi();
  const person = await api.person();
  const app = await api.app(person);
  const raw = JSON.stringify({ recipients: [person.person], category: 'news', content: { body: 'Sent once.' } });
  const headers = signRequest(app, { method: 'POST', path: PATH, body: raw, key }, api.commands.now);
  return {
    api,
    app,
    raw,
    headers: { ...headers, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
type Captured = Awaited<ReturnType<typeof givenCaptured>>;

const eventsIn = async ({ commands: { log } }: WriteApiFixture): Promise<number> => {
  let events = 0;
  for await (const _ of log.readAll(log.logs[0] ?? '')) events++;
  return events;
};

/** Sends the request, and then replays it with these headers added, seconds later and each time to a process that has never seen it. */
async function replayed({ api, raw, headers }: Captured, more: readonly (readonly [string, Readonly<Record<string, string>>])[], t: ExecutionContext) {
  const first = await api.request('anonymous', 'POST', PATH, { raw, headers });
  t.is(first.status, 201);
  t.is((await api.request('anonymous', 'POST', PATH, { raw, headers })).body.code, 'signature-replayed', 'in the same process');
  const before = await eventsIn(api);
  const answers: Record<string, unknown> = {};
  for (const [name, others] of more) {
    api.commands.now = plus(api.commands.now, 10 * SECOND_MS);
    const { url } = await api.startAnother();
    const { status, body } = await api.request('anonymous', 'POST', PATH, { raw, headers: { ...headers, ...others }, url });
    answers[name] = status === 201 && body.id === first.body.id ? 'the first answer' : body.code;
  }
  t.is(await eventsIn(api), before, 'nothing was caused');
  return answers;
}

test('a signed request without a key is refused when it is replayed after a restart, with an added key too', async (t) => {
  await using captured = await givenCaptured();
  const answers = await replayed(
    captured,
    [
      ['as it was', {}],
      ['with a key', { 'idempotency-key': 'one-more' }],
    ],
    t,
  );
  t.deepEqual(answers, { 'as it was': 'signature-replayed', 'with a key': 'signature-invalid' });
});

test('a signed request with a key gets its first response after a restart, and is refused under another key', async (t) => {
  await using captured = await givenCaptured('order-7');
  const { 'idempotency-key': _, ...headers } = captured.headers as Record<string, string>;
  t.is((await captured.api.request('anonymous', 'POST', PATH, { raw: captured.raw, headers })).body.code, 'signature-invalid', 'without its key');
  const answers = await replayed(
    captured,
    [
      ['as it was', {}],
      ['with another key', { 'idempotency-key': 'one-more' }],
    ],
    t,
  );
  t.deepEqual(answers, { 'as it was': 'the first answer', 'with another key': 'signature-invalid' });
});

test('two processes that receive the same signature at once execute it once', async (t) => {
  await using captured = await givenCaptured();
  const { api, raw, headers } = captured;
  const urls = [api.url, ...(await Promise.all([api.startAnother(), api.startAnother()])).map(({ url }) => url)];
  const before = await eventsIn(api);
  const answers = await Promise.all(urls.map((url) => api.request('anonymous', 'POST', PATH, { raw, headers, url })));
  t.is(await eventsIn(api), before + 1);
  const done = answers.filter(({ status }) => status === 201);
  t.is(new Set(done.map(({ body }) => body.id)).size, 1);
  t.true(answers.every((answer) => done.includes(answer) || answer.body.code === 'signature-replayed'));
});

test('an app that retries under its key, with a new signature, gets the first response from any process', async (t) => {
  await using captured = await givenCaptured();
  const { api, app, raw } = captured;
  const ask = async (url: string) => {
    api.commands.now = plus(api.commands.now, 1_000);
    return api.request(app, 'POST', PATH, { raw, headers: { 'idempotency-key': 'order-7' }, url });
  };
  const first = await ask(api.url);
  for (const url of [api.url, (await api.startAnother()).url]) {
    const again = await ask(url);
    t.deepEqual([again.status, again.body], [201, first.body]);
    t.is(again.headers.get('idempotency-replayed'), 'true');
  }
});

test('a request that was executed although the log’s answer was lost is not taken for a replay', async (t) => {
  await using captured = await givenCaptured();
  const { api, app, raw } = captured;
  const person = await api.person();
  const { log } = api.commands;
  const append = log.append.bind(log);
  const asking = [() => api.request(app, 'POST', PATH, { raw }), () => api.request(person, 'POST', '/v1/me/feed', { body: { text: 'Hello' } })];
  for (const ask of asking) {
    log.append = async (...appending) => {
      log.append = append;
      await append(...appending);
      throw new LogUnavailable('The answer was lost.');
    };
    t.is((await ask()).status, 201);
  }
});

test('without a key, an app that signs the same request again makes a new request', async (t) => {
  await using captured = await givenCaptured();
  const { api, app, raw } = captured;
  const ids = new Set<string>();
  for (let i = 0; i < 3; i++) {
    api.commands.now = plus(api.commands.now, 1);
    ids.add((await api.request(app, 'POST', PATH, { raw })).body.id);
  }
  t.is(ids.size, 3);
});

test('one signature publishes one template version and makes one secret, and a replay doesn’t learn the secret', async (t) => {
  await using captured = await givenCaptured();
  const { api, app } = captured;
  const { id: template } = (await api.request(app, 'POST', '/v1/templates', { body: { body: 'One' } })).body;
  const requests = [
    ['/v1/templates', JSON.stringify({ template, body: 'Two' })],
    [`/v1/apps/${app.app}/secret`, undefined],
  ] as const;
  for (const [path, raw] of requests) {
    api.commands.now = plus(api.commands.now, 1);
    const asking = { headers: signed(app, api, path, raw), ...(raw === undefined ? {} : { raw }) };
    t.is((await api.request('anonymous', 'POST', path, asking)).status, 201);
    const before = await eventsIn(api);
    api.commands.now = plus(api.commands.now, 1);
    const { body } = await api.request('anonymous', 'POST', path, { ...asking, url: (await api.startAnother()).url });
    t.like(body, { code: 'signature-replayed', secret: undefined });
    t.is(await eventsIn(api), before);
  }
});

const signed = (app: App, { commands }: WriteApiFixture, path: string, body: string | undefined) =>
  signRequest(app, { method: 'POST', path, ...(body === undefined ? {} : { body }) }, commands.now);
