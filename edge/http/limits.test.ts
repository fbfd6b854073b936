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
