import test from 'ava';
import { given } from '../shared/given-when-then.ts';
import type { OperatorId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { OperatorEvent } from './events.ts';
import { OPERATORS_MAX, operators } from './operators.ts';

const at = '2026-07-01T09:30:00.000Z' as Instant;
const jin = 'jin' as OperatorId;
const added = { operator: jin, name: 'jin.park', nameId: 'of jin.park', role: 'support', token: 'first', at } as const;
const add = { type: 'add', ...added } as const;
const wasAdded: OperatorEvent = { type: 'operators.operator-added.v1', data: added };
const wasRemoved: OperatorEvent = { type: 'operators.operator-removed.v1', data: { operator: jin, at } };

test('an operator is added with a role, under a name that nobody else has', (t) => {
  given(operators).when(add).then(t, wasAdded);
  given(operators, wasAdded)
    .when({ ...add, operator: 'another' as OperatorId })
    .thenRefused(t, 'operator-name-taken');
});

test('the name of an operator who was removed is free again', (t) => {
  const another = { ...added, operator: 'another' as OperatorId };
  given(operators, wasAdded, wasRemoved)
    .when({ type: 'add', ...another })
    .then(t, { type: 'operators.operator-added.v1', data: another });
});

test('a name is one that can be typed anywhere, and none that the audit has for others', (t) => {
  for (const name of ['', 'Jin', 'jin park', 'jin..park', '-jin', 'jin_', 'a'.repeat(41), '진', 'local', 'admin-token'])
    given(operators)
      .when({ ...add, name })
      .thenRefused(t, 'operator-name-invalid');
});

test('there are only so many operators', (t) => {
  const many = Array.from({ length: OPERATORS_MAX }, (_, i): OperatorEvent => ({
    type: 'operators.operator-added.v1',
    data: { ...added, operator: `operator-${i}` as OperatorId, nameId: `${i}` },
  }));
  given(operators, ...many)
    .when(add)
    .thenRefused(t, 'operators-full');
});

test('a role is changed, once; a token as often as it is asked for', (t) => {
  const changed: OperatorEvent = { type: 'operators.role-changed.v1', data: { operator: jin, role: 'admin', at } };
  const rotated: OperatorEvent = { type: 'operators.token-rotated.v1', data: { operator: jin, token: 'second', at } };
  given(operators, wasAdded).when({ type: 'set-role', operator: jin, role: 'admin', at }).then(t, changed);
  given(operators, wasAdded, changed).when({ type: 'set-role', operator: jin, role: 'admin', at }).then(t);
  given(operators, wasAdded).when({ type: 'rotate-token', operator: jin, token: 'second', at }).then(t, rotated);
  given(operators, wasAdded, rotated).when({ type: 'rotate-token', operator: jin, token: 'second', at }).then(t, rotated);
});

test('nothing is done to an operator who was removed, or never added', (t) => {
  for (const before of [[], [wasAdded, wasRemoved]]) {
    given(operators, ...before)
      .when({ type: 'set-role', operator: jin, role: 'admin', at })
      .thenRefused(t, 'operator-unknown');
    given(operators, ...before)
      .when({ type: 'rotate-token', operator: jin, token: 'second', at })
      .thenRefused(t, 'operator-unknown');
    given(operators, ...before)
      .when({ type: 'remove', operator: jin, at })
      .thenRefused(t, 'operator-unknown');
  }
  given(operators, wasAdded).when({ type: 'remove', operator: jin, at }).then(t, wasRemoved);
});
