import test from 'ava';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { givenEdge } from '../test-fixture.ts';
import type { Problem } from '../problem.ts';
import { respond, noContent, route, type RouteResponse } from './routes.ts';

const twice = (by: 'caller' | 'address', handle: () => Promise<RouteResponse<{ readonly 204: typeof noContent }>> = async () => respond(204)) =>
  route({
    method: 'get',
    path: '/v1/limited',
    operationId: 'limited',
    summary: 'Twice.',
    callers: by === 'caller' ? ['person'] : ['public'],
    limits: [{ limit: { name: 'twice', points: 2, windowSeconds: 60 }, by }],
    responses: { 204: noContent },
    refusals: ['write-contention', 'blocked'],
    handle,
  });

test('a caller over a limit is told which one and when to try again; others are not held back', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([twice('caller')]);
  const [one, other] = await Promise.all([edge.person(), edge.person()]);
  const ask = (token: string) => fetch(`${server.url}/v1/limited`, { headers: { authorization: `Bearer ${token}` } });
  t.deepEqual([(await ask(one.token)).status, (await ask(one.token)).status], [204, 204]);
  const over = await ask(one.token);
  const problem = (await over.json()) as Problem;
  t.deepEqual([problem.status, problem.code, problem.facts?.['limit']], [429, 'rate-limited', 'twice']);
  const seconds = Number(over.headers.get('retry-after'));
  t.true(seconds >= 1 && seconds <= 60, String(seconds));
  t.is((await ask(other.token)).status, 204);
});

test('while the rate limiter can’t be reached, requests are let through and reported', async (t) => {
  await using edge = await givenEdge();
  const away = () => Promise.reject(new Error('no connection'));
  await using server = await edge.serve([twice('address')], { rateLimit: { take: away, refund: away } });
  t.is((await fetch(`${server.url}/v1/limited`)).status, 204);
  t.true(edge.events.some((event) => event.type === 'limit-unavailable' && event.limit === 'twice'));
});

test('a request that fails because the log is unavailable doesn’t count: a client that retried through an outage goes on after it', async (t) => {
  await using edge = await givenEdge();
  const outage = () => Promise.reject(new LogUnavailable('down'));
  // A failure that a caller could provoke counts, whoever is to blame.
  const outcomes = [
    outage,
    outage,
    outage,
    async () => ({ refusal: { code: 'write-contention' } }) as const,
    async () => ({ refusal: { code: 'blocked' } }) as const,
  ];
  await using server = await edge.serve([twice('address', async () => outcomes.shift()?.() ?? respond(204))]);
  const statuses: number[] = [];
  for (let n = 0; n < 6; n++) statuses.push((await fetch(`${server.url}/v1/limited`)).status);
  t.deepEqual(statuses, [503, 503, 503, 503, 403, 429]);
});

test('behind a trusted proxy, each client is counted for itself; without one, all that come through it are one', async (t) => {
  await using edge = await givenEdge();
  await using server = await edge.serve([twice('address')], { trustedProxies: ['127.0.0.0/8'] });
  await using untrusting = await edge.serve([twice('address')]);
  const ask = async (url: string, client: string) => (await fetch(`${url}/v1/limited`, { headers: { 'x-forwarded-for': client } })).status;
  for (let n = 0; n < 2; n++) t.is(await ask(server.url, '203.0.113.9'), 204);
  t.is(await ask(server.url, '1.1.1.1, 203.0.113.9'), 429, 'whatever the client claims of itself');
  t.is(await ask(server.url, '198.51.100.4'), 204);
  for (let n = 0; n < 2; n++) t.is(await ask(server.url, `2001:db8:1:2::${n}`), 204);
  t.is(await ask(server.url, '2001:db8:1:2:ffff::9'), 429, 'one network at home has many addresses');
  t.deepEqual([await ask(untrusting.url, '203.0.113.9'), await ask(untrusting.url, '198.51.100.4'), await ask(untrusting.url, '192.0.2.1')], [204, 204, 429]);
});
