import test from 'ava';
import { z } from 'zod';
import { OPERATOR_TOKEN_PREFIX } from '../../domain/operators/roles.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { LogUnavailable } from '../../ports/event-log/port.ts';
import { openApiOf } from '../docs/openapi.ts';
import { ADMIN_TOKEN, givenEdge } from '../test-fixture.ts';
import { checkRoutes } from './check-routes.ts';
import { noContent, respond, route, type Route } from './routes.ts';

type Outcome = { readonly handled: string[]; outcome: 'done' | RefusalCode | Error };

/** What operators may do, by name, each a POST to its path. */
function routesOf(to: Outcome, callers: readonly ('operator' | 'app')[] = ['operator']): readonly Route[] {
  return ['getRouting', 'endSessionsOf', 'erasePersonOf'].map((operationId) =>
    route({
      method: 'post',
      path: `/v1/${operationId}/:person`,
      operationId,
      summary: operationId,
      callers,
      limits: [{ limit: { name: 'tries', points: 1_000, windowSeconds: 60 }, by: 'caller' }],
      params: z.strictObject({ person: z.string() }),
      responses: { 204: noContent },
      refusals: [],
      handle: async () => {
        to.handled.push(operationId);
        if (to.outcome instanceof Error) throw to.outcome;
        return to.outcome === 'done' ? respond(204) : { refusal: { code: to.outcome } };
      },
    }),
  );
}

async function givenOperators(more: Parameters<Awaited<ReturnType<typeof givenEdge>>['serve']>[1] = {}) {
  const edge = await givenEdge();
  const outcome: Outcome = { handled: [], outcome: 'done' };
  const server = await edge.serve(routesOf(outcome), more);
  const ask = async (token: string, operationId: string, reason?: string) => {
    const headers = { authorization: `Bearer ${token}`, ...(reason === undefined ? {} : { 'tidings-reason': reason }) };
    const response = await fetch(`${server.url}/v1/${operationId}/ann`, { method: 'POST', headers });
    return response.status === 204 ? 'done' : ((await response.json()) as { readonly code: string }).code;
  };
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await edge[Symbol.asyncDispose]();
  };
  return { edge, outcome, ask, [Symbol.asyncDispose]: dispose };
}

const of = (role: string) => `${OPERATOR_TOKEN_PREFIX}${role}`;

test('an operator does what the role allows, and nothing else', async (t) => {
  await using given = await givenOperators();
  const { ask, outcome } = given;
  t.is(await ask(of('viewer'), 'getRouting'), 'done');
  t.is(await ask(of('viewer'), 'endSessionsOf'), 'role-too-low');
  t.is(await ask(of('support'), 'endSessionsOf'), 'done');
  t.is(await ask(of('moderator'), 'erasePersonOf', 'asked'), 'role-too-low');
  t.is(await ask(of('admin'), 'erasePersonOf', 'asked'), 'done');
  t.is(await ask(of('nobody'), 'getRouting'), 'token-invalid');
  t.deepEqual(outcome.handled, ['getRouting', 'endSessionsOf', 'erasePersonOf']);
});

test('what destroys needs a reason, whoever asks', async (t) => {
  await using given = await givenOperators();
  t.is(await given.ask(ADMIN_TOKEN, 'erasePersonOf'), 'reason-missing');
  t.is(await given.ask(ADMIN_TOKEN, 'erasePersonOf', '%20'), 'reason-missing');
  t.is(await given.ask(of('admin'), 'erasePersonOf', 'a'.repeat(1_001)), 'reason-too-long');
  t.deepEqual([given.outcome.handled, given.edge.actions], [[], []]);
});

test('the audit has who did what to whom and why, in any language; and not who looked', async (t) => {
  await using given = await givenOperators();
  await given.ask(ADMIN_TOKEN, 'erasePersonOf', encodeURIComponent('본인 요청, 4711'));
  await given.ask(of('support'), 'endSessionsOf', '100% sure');
  await given.ask(of('viewer'), 'getRouting');
  t.deepEqual(
    given.edge.actions.map(({ action, by, of: ids, reason }) => [action, by.operator, by.role, ids, reason]),
    [
      ['erasePersonOf', 'admin-token', 'admin', { person: 'ann' }, '본인 요청, 4711'],
      ['endSessionsOf', 'the-support', 'support', { person: 'ann' }, '100% sure'],
    ],
  );
});

test('what could not be done is in the audit as that, refused or thrown', async (t) => {
  await using given = await givenOperators();
  given.outcome.outcome = 'person-unknown';
  t.is(await given.ask(of('support'), 'endSessionsOf'), 'person-unknown');
  given.outcome.outcome = new LogUnavailable('away');
  t.is(await given.ask(of('support'), 'endSessionsOf'), 'log-unavailable');
  t.deepEqual(
    given.edge.actions.map(({ failed }) => failed),
    ['person-unknown', 'log-unavailable'],
  );
});

test('nothing is done that the audit can’t have first', async (t) => {
  await using given = await givenOperators({ recordAction: () => Promise.reject(new LogUnavailable('away')) });
  t.is(await given.ask(of('support'), 'endSessionsOf'), 'log-unavailable');
  t.is(await given.ask(of('support'), 'getRouting'), 'done');
  t.deepEqual(given.outcome.handled, ['getRouting']);
});

test('the security log names the operator who acted, and the one who may not', async (t) => {
  await using given = await givenOperators();
  await given.ask(of('support'), 'endSessionsOf');
  await given.ask(of('viewer'), 'endSessionsOf');
  await given.ask(ADMIN_TOKEN, 'endSessionsOf');
  t.deepEqual(
    given.edge.events.flatMap((event) => (event.type === 'security' ? [[event.security.event, event.security.actor]] : [])),
    [
      ['operator-action', 'operator:the-support'],
      ['access-denied', 'operator:the-viewer'],
      ['operator-action', 'admin-token'],
    ],
  );
});

test('a route that admits operators to something unheard of is not served', (t) => {
  const [known] = routesOf({ handled: [], outcome: 'done' });
  if (known === undefined) return t.fail();
  t.throws(() => checkRoutes([{ ...known, operationId: 'crownKing' }]), { message: /crownKing admits operators; give it a row/ });
});

test('the document says which role an operator needs, and where the reason goes', (t) => {
  const document = openApiOf(routesOf({ handled: [], outcome: 'done' }), { title: 'Test', version: '1', description: 'A test.' });
  const erase = document.paths?.['/v1/erasePersonOf/{person}']?.post;
  t.regex(erase?.description ?? '', /needs the role `admin`/);
  const names = (operation: typeof erase) => (operation?.parameters ?? []).map((parameter) => ('name' in parameter ? parameter.name : ''));
  t.true(names(erase).includes('Tidings-Reason'));
  t.false(names(document.paths?.['/v1/getRouting/{person}']?.post).includes('Tidings-Reason'));
});
