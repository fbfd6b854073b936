import test from 'ava';
import { positionAt } from '../ports/event-log/position.ts';
import { givenReadApi } from './test-fixture.ts';

/** What a query can’t be asked without. */
const REQUIRED: Readonly<Record<string, string>> = { '/v1/apps/{app}/funnel': '?from=2026-11-01&until=2026-11-02', '/v1/people': '?q=ada' };
/** A setting of the installation, and changes, whose cursor is a position itself. */
const WITHOUT_POSITION = /^\/v1\/(web-push|projections)\b/;
/** Not queries: a browser loads them by the URL alone, which an answer to a query has given. */
const LOADED_BY_URL = /\/(media|picture)\/|\/archive$/;
/** Paths that apps ask, and not people. */
const OF_APPS = /^\/v1\/(notifications|templates|apps|lists|schedules|categories)/;

const fill = (path: string, { app, other }: { readonly app: string; readonly other: string }): string =>
  path
    .replace('{post}', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
    .replace('{app}', app)
    .replace(/\{(seq|message)\}/, '0')
    .replaceAll(/\{\w+\}/g, other) + (REQUIRED[path] ?? '');

test('a query with the position of a write sees that write, every time', async (t) => {
  await using api = await givenReadApi();
  const ada = await api.person();
  for (let i = 1; i <= 30; i++) {
    await api.post(ada, `post ${i}`);
    const { body } = await api.requestAfterWrites(ada, '/v1/me/feed?limit=1');
    t.is(body.posts[0]?.text, `post ${i}`);
  }
});

test('every query waits for its position, and is refused when that isn’t reached in time', async (t) => {
  await using api = await givenReadApi({ minPositionTimeoutMs: 1 });
  const [ada, shop] = [await api.person(), await api.app()];
  const beyond = { 'min-position': positionAt(0, 999_999_999_999) };
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as { readonly paths: Readonly<Record<string, object>> };
  for (const path of Object.keys(document.paths).filter((path) => !LOADED_BY_URL.test(path) && !WITHOUT_POSITION.test(path))) {
    const filled = fill(path, { app: shop.app, other: ada.person });
    const { status, body, headers } = await api.request(OF_APPS.test(path) ? shop : ada, filled, beyond);
    t.deepEqual([status, body.code, headers.get('retry-after')], [503, 'position-not-reached', '1'], path);
  }
});

test('where the log was restored, every query refuses a position from before and waits for one of now', async (t) => {
  await using api = await givenReadApi({ epoch: 1_764_417_600, minPositionTimeoutMs: 1 });
  const [ada, shop] = [await api.person(), await api.app()];
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as { readonly paths: Readonly<Record<string, object>> };
  for (const path of Object.keys(document.paths).filter((path) => !LOADED_BY_URL.test(path) && !WITHOUT_POSITION.test(path))) {
    const filled = fill(path, { app: shop.app, other: ada.person });
    const caller = OF_APPS.test(path) ? shop : ada;
    for (const old of ['0.1', '1764417599-0.1']) {
      const { status, body } = await api.request(caller, filled, { 'min-position': old });
      t.deepEqual([status, body.code], [409, 'position-of-another-log'], path);
    }
    const beyond = '1764417600-0.999999999999';
    const { body } = await api.request(caller, filled, { 'min-position': beyond });
    t.like(body, { code: 'position-not-reached', facts: { position: beyond } }, path);
  }
});

test('where the log was restored, a query with the position of a write sees that write', async (t) => {
  await using api = await givenReadApi({ epoch: 1_764_417_600 });
  const ada = await api.person();
  await api.post(ada, 'after the restore');
  t.is((await api.requestAfterWrites(ada, '/v1/me/feed')).body.posts[0]?.text, 'after the restore');
});

test('a client that disconnects while it waits holds nothing up', async (t) => {
  await using api = await givenReadApi({ minPositionTimeoutMs: 600_000 });
  const ada = await api.person();
  await api.requestAfterWrites(ada, '/v1/me');
  const leaving = new AbortController();
  const path = '/v1/me/feed';
  const asked = fetch(api.url + path, {
    headers: { ...api.credentialsOf(ada, path), 'min-position': positionAt(0, 999_999_999_999) },
    signal: leaving.signal,
  });
  await api.requestAfterWrites(ada, '/v1/me');
  leaving.abort();
  await t.throwsAsync(asked);
  await api.stop();
  t.true(api.events.some((event) => event.type === 'request-finished' && event.operationId === 'getFeed' && event.ms < 60_000));
});
