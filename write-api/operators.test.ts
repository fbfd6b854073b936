/** Named operators at the write API: by their own tokens, as far as their roles go, and in the audit. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { OPERATOR_ACTIONS, isOperatorAction } from '../domain/operators/actions.ts';
import { hasRole, OPERATOR_ROLES, type OperatorRole } from '../domain/operators/roles.ts';
import { isErased } from '../domain/shared/event.ts';
import { userStream } from '../domain/shared/streams.ts';
import { accessTable } from '../edge/http/routes.ts';
import { eventsIn } from '../commands/test-fixture.ts';
import { WRITE_LIMITS } from './limits.ts';
import { givenWriteApi, type WriteApiFixture } from './test-fixture.ts';
import { writeRoutes } from './write-api.ts';

/** Only the declarations are used, so the routes need no dependencies. */
const routesOfOperators = () => accessTable(writeRoutes({ limits: WRITE_LIMITS } as never)).filter(({ callers }) => callers.includes('operator'));

async function operatorOf({ commands: given }: WriteApiFixture, role: OperatorRole) {
  const { commands } = given.process();
  const { id, token = '' } = await commands.addOperator({ name: `the-${role}`, role }, given.context('local'));
  // No person's token: it is sent the same way.
  return { operator: id, caller: { person: randomUUID() as never, loginName: role, token } };
}

const auditOf = ({ commands: given }: WriteApiFixture) => Array.fromAsync(given.process().commands.readAudit({ to: given.now.slice(0, 10), days: 1 }));

test('every route for operators is open to the roles that the table of actions says, and to no other', async (t) => {
  await using api = await givenWriteApi();
  for (const role of OPERATOR_ROLES) {
    const { caller } = await operatorOf(api, role);
    for (const { operationId, method, path } of routesOfOperators()) {
      if (!isOperatorAction(operationId)) throw new Error(operationId);
      const filled = path.replace(/:kind\b/, 'email').replaceAll(/:\w+/g, () => randomUUID());
      // No route takes this parameter. It is refused after the role and the reason, and before the handler runs.
      const { body } = await api.request(caller, method.toUpperCase(), `${filled}?nonsense=yes`, { headers: { 'tidings-reason': 'a%20test' } });
      const expected = hasRole(role, OPERATOR_ACTIONS[operationId].role) ? 'bad-request' : 'role-too-low';
      t.is(body.code, expected, `${operationId} as ${role}`);
    }
  }
  t.deepEqual(await auditOf(api), [], 'nothing was done');
});

test('what an operator does has the operator for its actor, in the log and in the audit', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { operator, caller } = await operatorOf(api, 'support');
  t.is((await api.request(caller, 'DELETE', `/v1/people/${ada.person}/sessions`, { headers: { 'tidings-reason': 'lost%20her%20phone' } })).status, 204);
  t.is((await api.request(ada, 'GET', '/v1/me/sessions')).body.code, 'session-ended');
  t.is((await api.request(caller, 'DELETE', `/v1/people/${randomUUID()}/contacts/email/block`)).body.code, 'person-unknown');
  t.like(await auditOf(api), [
    { operator, action: 'unblockContact', reason: null, failed: 'person-unknown' },
    { operator, action: 'endSessionsOf', reason: 'lost her phone', failed: null, of: { person: ada.person } },
  ]);
});

test('an operator whose token was rotated, or who was removed, is refused at once', async (t) => {
  await using api = await givenWriteApi();
  const { commands } = api.commands.process();
  const { operator, caller } = await operatorOf(api, 'viewer');
  t.is((await api.request(caller, 'GET', '/v1/routing')).status, 200);
  const { token = '' } = await commands.rotateOperatorToken({ operator }, api.commands.context('local'));
  t.is((await api.request(caller, 'GET', '/v1/routing')).body.code, 'token-invalid');
  t.is((await api.request({ ...caller, token }, 'GET', '/v1/routing')).status, 200);
  await commands.removeOperator({ operator }, api.commands.context('local'));
  t.is((await api.request({ ...caller, token }, 'GET', '/v1/routing')).body.code, 'token-invalid');
});

test('an admin erases a person who asked for it, with a reason; the reason outlives the person', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { operator, caller } = await operatorOf(api, 'admin');
  const erase = (headers = {}) => api.request(caller, 'DELETE', `/v1/people/${ada.person}`, { headers });
  t.is((await erase()).body.code, 'reason-missing');
  t.is((await erase({ 'tidings-reason': 'asked%20by%20letter' })).status, 200);
  const [registered] = await eventsIn(api.commands, userStream(ada.person));
  if (registered === undefined) return t.fail();
  const { data } = await api.commands.codec.decode(registered);
  t.true('name' in data && isErased(data.name));
  t.is((await api.request(ada, 'GET', '/v1/me/sessions')).status, 401);
  t.like(await auditOf(api), [{ operator, action: 'erasePersonOf', reason: 'asked by letter', failed: null }]);
  t.is((await api.request(caller, 'DELETE', `/v1/people/${randomUUID()}`, { headers: { 'tidings-reason': 'x' } })).body.code, 'person-unknown');
});
