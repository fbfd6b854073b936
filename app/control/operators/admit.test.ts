import test from 'ava';
import {
  isOperatorAction,
  needsReason,
  OFFLINE_ACTIONS,
  OPERATOR_ACTIONS,
  type OperatorAction,
  type RecordAction,
  type TakenAction,
} from '../../../domain/operators/actions.ts';
import { hasRole, LOCAL_OPERATOR, OPERATOR_ROLES } from '../../../domain/operators/roles.ts';
import type { OperatorId } from '../../../domain/shared/ids.ts';
import { READ_LIMITS } from '../../../read-api/limits.ts';
import { readRoutes } from '../../../read-api/read-api.ts';
import { handleRecorded } from '../../../edge/http/operator-actions.ts';
import { LogUnavailable } from '../../../ports/event-log/port.ts';
import { WRITE_LIMITS } from '../../../write-api/limits.ts';
import { writeRoutes } from '../../../write-api/write-api.ts';
import { requestSchemas, type OperationName } from '../protocol.ts';
import { actionOf, runRecorded, type AskedOperation, type Asking } from './admit.ts';

const OPERATIONS = Object.keys(requestSchemas) as OperationName[];
/** Each operation, and those that are another action by what is asked. */
const ASKED: readonly AskedOperation[] = [
  ...OPERATIONS.map((name) => ({ name, request: {} })),
  { name: 'read-log', request: { personal: 'revealed' } },
  { name: 'export-log', request: { personal: 'revealed' } },
  { name: 'show-state', request: { personal: 'revealed' } },
  { name: 'show-view', request: { personal: 'revealed' } },
  { name: 'resolve-dead-letters', request: { how: 'skipped' } },
];
const ruleOf = (action: OperatorAction) => OPERATOR_ACTIONS[action];

async function* run() {
  yield 'done';
}

/** The lines, or the code with which it failed. */
const ask = (asked: AskedOperation, { by = LOCAL_OPERATOR, reason = 'a test', report = () => undefined }: Partial<Asking> = {}, recordAction = recordNothing) =>
  Array.fromAsync(runRecorded(asked, { by, reason, report }, { recordAction, run })).then(
    ([line = '']) => line,
    (error: unknown) => (error as { readonly code: string }).code,
  );
const recordNothing: RecordAction = async () => ({ failed: async () => undefined });

test('every operation and every route for operators has a row in the table of actions, and every row is one of them', (t) => {
  const known = new Set([...ASKED.map(actionOf), ...OFFLINE_ACTIONS, ...operatorRoutes().map(({ operationId }) => operationId)]);
  t.deepEqual(
    [...known].filter((action) => !isOperatorAction(action)),
    [],
  );
  t.deepEqual(
    Object.keys(OPERATOR_ACTIONS).filter((action) => !known.has(action)),
    [],
  );
});

test('every operation is done for the roles that the table says, and for no other', async (t) => {
  for (const asked of ASKED) {
    for (const role of OPERATOR_ROLES) {
      const denied: string[] = [];
      const by = { operator: 'jin' as OperatorId, role };
      const expected = hasRole(role, ruleOf(actionOf(asked)).role) ? 'done' : 'forbidden';
      t.is(await ask(asked, { by, report: (event) => denied.push(event) }), expected, `${actionOf(asked)} as ${role}`);
      t.deepEqual(denied, [expected === 'done' ? 'operator-action' : 'access-denied']);
    }
  }
});

test('every operation that reveals, restricts or destroys is refused without a reason, and no other', async (t) => {
  for (const asked of ASKED) {
    const needsOne = needsReason(actionOf(asked));
    const result = await Array.fromAsync(
      runRecorded(asked, { by: LOCAL_OPERATOR, reason: undefined, report: () => undefined }, { recordAction: undefined, run }),
    ).catch((error: Error) => error.message);
    if (needsOne && asked.name !== 'set-aside-event') t.regex(String(result), /with --reason/, actionOf(asked));
    else t.deepEqual(result, ['done'], actionOf(asked));
  }
});

test('the audit has the ids of what is asked for, and nothing that was typed freely', async (t) => {
  const taken: TakenAction[] = [];
  const record = async (action: TakenAction) => {
    taken.push(action);
    return { failed: async () => undefined };
  };
  await ask({ name: 'add-operator', request: { name: 'jin.park', role: 'support' } }, { reason: undefined }, record);
  await ask({ name: 'read-log', request: { personal: 'revealed', stream: 'channel-7', types: ['chat.message-posted.v1'] } }, {}, record);
  await ask({ name: 'set-aside-event', request: { position: 4711, reason: 'a bit flipped' } }, { reason: undefined }, record);
  t.like(taken, [
    { action: 'add-operator', of: { role: 'support' } },
    { action: 'reveal-log', of: { stream: 'channel-7' }, reason: 'a test' },
    { action: 'set-aside-event', of: { position: 4711 } },
  ]);
  t.false(JSON.stringify(taken).includes('jin.park'));
});

test('without the log, what changes something is not done, and what may mend the log is', async (t) => {
  const away = () => Promise.reject(new LogUnavailable('away'));
  await t.throwsAsync(
    Array.fromAsync(
      runRecorded({ name: 'set-routing', request: {} }, { by: LOCAL_OPERATOR, reason: undefined, report: () => undefined }, { recordAction: away, run }),
    ),
    {
      instanceOf: LogUnavailable,
    },
  );
  t.is(await ask({ name: 'scavenge-store', request: {} }, {}, away), 'done');
  t.is(await ask({ name: 'set-aside-event', request: { position: 1, reason: 'damaged' } }, {}, away), 'done');
  t.is(await ask({ name: 'list-projections', request: {} }, {}, away), 'done');
});

test('an operation that fails is in the audit as one that failed', async (t) => {
  const failed: string[] = [];
  const record = async () => ({ failed: async (code: string) => void failed.push(code) });
  const fail = async function* () {
    yield 'begun';
    throw new Error('The disk is on fire.');
  };
  const asking = { by: LOCAL_OPERATOR, reason: undefined, report: () => undefined };
  await t.throwsAsync(Array.fromAsync(runRecorded({ name: 'rebuild-projection', request: {} }, asking, { recordAction: record, run: fail })), {
    message: /on fire/,
  });
  t.deepEqual(failed, ['failed']);
});

test('whatever an operator does, by the command line or over HTTP, is in the audit with who, by which role and why, before it is done; looking alone is not', async (t) => {
  const by = { operator: 'jin' as OperatorId, role: 'admin' } as const;
  const table: Record<string, 'before' | 'never'> = {};
  const audited = async (action: OperatorAction, act: (recordAction: RecordAction, run: () => void) => Promise<unknown>) => {
    const order: string[] = [];
    await act(
      async (taken) => {
        t.like(taken, { action, by, reason: 'a test' });
        t.truthy(taken.correlationId, action);
        order.push('recorded');
        return { failed: async () => undefined };
      },
      () => order.push('done'),
    );
    t.is(order.at(-1), 'done', action);
    table[action] = order[0] === 'recorded' ? 'before' : 'never';
  };
  for (const asked of ASKED) {
    await audited(actionOf(asked), (recordAction, run) => {
      const running = async function* () {
        run();
        yield 'done';
      };
      return Array.fromAsync(runRecorded(asked, { by, reason: 'a test', report: () => undefined }, { recordAction, run: running }));
    });
  }
  for (const route of operatorRoutes()) {
    await audited(route.operationId as OperatorAction, (recordAction, run) => {
      const request = { caller: { kind: 'operator', ...by }, params: {}, query: {}, requestId: 'a request' } as never;
      const handle = async () => {
        run();
        return { status: 200, body: {} } as never;
      };
      return handleRecorded({ ...route, handle } as never, { request, reason: 'a test', recordAction });
    });
  }
  const actions = (Object.keys(OPERATOR_ACTIONS) as OperatorAction[]).filter((action) => !OFFLINE_ACTIONS.includes(action));
  t.deepEqual(table, Object.fromEntries(actions.map((action) => [action, ruleOf(action).kind === 'looks' ? 'never' : 'before'])));
});

const operatorRoutes = () =>
  [...writeRoutes({ limits: WRITE_LIMITS } as never), ...readRoutes({ limits: READ_LIMITS } as never)].filter(({ callers }) => callers.includes('operator'));
