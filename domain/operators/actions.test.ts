import test from 'ava';
import { isOperatorAction, needsReason, OPERATOR_ACTIONS, REASON_CHARACTERS_MAX, recordingOf, refusalOfAction, type OperatorAction } from './actions.ts';
import { OPERATOR_ROLES, type OperatorRole } from './roles.ts';

const ACTIONS = Object.keys(OPERATOR_ACTIONS) as OperatorAction[];
const actionsOf = (role: OperatorRole): readonly OperatorAction[] => ACTIONS.filter((action) => refusalOfAction(action, { role }, 'a test') === undefined);

test('each role may do what the ones before it may, and more', (t) => {
  const [viewer, support, moderator, admin] = OPERATOR_ROLES.map((role) => new Set(actionsOf(role)));
  for (const [less, more] of [
    [viewer, support],
    [support, moderator],
    [moderator, admin],
  ])
    t.true(less?.isSubsetOf(more ?? new Set()) === true && less.size < (more?.size ?? 0));
  t.is(admin?.size, ACTIONS.length);
});

test('who only looks changes nothing, and sees nothing of a person', (t) => {
  t.deepEqual(
    actionsOf('viewer').filter((action) => recordingOf(action) !== 'never' || needsReason(action)),
    [],
  );
});

test('only an admin reveals personal data, erases people, sets the routing, and says who is an operator', (t) => {
  for (const action of [
    'reveal-log',
    'list-outbox',
    'erasePersonOf',
    'set-routing',
    'setRoutingRules',
    'add-operator',
    'remove-operator',
    'list-audit',
  ] as const)
    t.deepEqual(refusalOfAction(action, { role: 'moderator' }, 'a test'), { code: 'role-too-low', facts: { role: 'moderator', needed: 'admin' } }, action);
});

test('what reveals or destroys needs a reason that says something in one line, and is in the log first', (t) => {
  for (const action of ACTIONS.filter(needsReason)) {
    t.is(refusalOfAction(action, { role: 'admin' }, undefined)?.code, 'reason-missing', action);
    t.is(refusalOfAction(action, { role: 'admin' }, ' \u200b ')?.code, 'reason-missing', action);
    t.not(recordingOf(action), 'never', action);
  }
  const codeOf = (reason: string) => refusalOfAction('erasePersonOf', { role: 'admin' }, reason)?.code;
  t.is(codeOf('a'.repeat(REASON_CHARACTERS_MAX)), undefined);
  t.is(codeOf('a'.repeat(REASON_CHARACTERS_MAX + 1)), 'reason-too-long');
  t.is(codeOf('two\nlines'), 'text-not-one-line');
});

test('a role that is too low is refused before anybody is asked for a reason', (t) => {
  t.is(refusalOfAction('erasePersonOf', { role: 'support' }, undefined)?.code, 'role-too-low');
});

test('what may mend the log goes on where the log can’t be written', (t) => {
  t.deepEqual(
    ACTIONS.filter((action) => recordingOf(action) === 'if-possible'),
    ['scavenge-store', 'set-aside-event'],
  );
});

test('names of actions are looked up among its own', (t) => {
  t.true(isOperatorAction('set-routing'));
  t.false(isOperatorAction('toString'));
});
