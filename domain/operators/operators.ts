/** The operators of an installation. There may be none: the holder of the admin token, and whoever owns the data folder, can do everything. */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { OperatorId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { OperatorEvent } from './events.ts';
import type { OperatorRole } from './roles.ts';

export const OPERATORS_MAX = 200;
export const OPERATOR_NAME_CHARACTERS_MAX = 40;
const OPERATOR_NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/;
/** Named so in the audit, without being operators who were added. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['admin-token', 'local']);

export type OperatorState = { readonly nameId: string; readonly role: OperatorRole; readonly token: string };
/** Those who were removed are not in it. */
export type OperatorsState = { readonly operators: Readonly<Record<OperatorId, OperatorState>> };

export type OperatorsCommand =
  | {
      readonly type: 'add';
      readonly operator: OperatorId;
      readonly name: string;
      readonly nameId: string;
      readonly role: OperatorRole;
      readonly token: string;
      readonly at: Instant;
    }
  | { readonly type: 'set-role'; readonly operator: OperatorId; readonly role: OperatorRole; readonly at: Instant }
  | { readonly type: 'rotate-token'; readonly operator: OperatorId; readonly token: string; readonly at: Instant }
  | { readonly type: 'remove'; readonly operator: OperatorId; readonly at: Instant };

export const operators: Decider<OperatorsState, OperatorsCommand, OperatorEvent> = {
  initialState: { operators: {} },
  snapshotVersion: 1,

  evolve: (state, event) => {
    const { operator } = event.data;
    switch (event.type) {
      case 'operators.operator-added.v1': {
        const { nameId, role, token } = event.data;
        return { operators: { ...state.operators, [operator]: { nameId, role, token } } };
      }
      case 'operators.role-changed.v1':
        return changed(state, operator, { role: event.data.role });
      case 'operators.token-rotated.v1':
        return changed(state, operator, { token: event.data.token });
      case 'operators.operator-removed.v1': {
        const { [operator]: _, ...left } = state.operators;
        return { operators: left };
      }
    }
  },

  decide: (state, command) => {
    const { operator, at } = command;
    const known = state.operators[operator];
    switch (command.type) {
      case 'add':
        return add(state, command);
      case 'set-role': {
        const { role } = command;
        if (known === undefined) return refuse('operator-unknown');
        return known.role === role ? accept() : accept({ type: 'operators.role-changed.v1', data: { operator, role, at } });
      }
      case 'rotate-token':
        return known === undefined ? refuse('operator-unknown') : accept({ type: 'operators.token-rotated.v1', data: { operator, token: command.token, at } });
      case 'remove':
        return known === undefined ? refuse('operator-unknown') : accept({ type: 'operators.operator-removed.v1', data: { operator, at } });
    }
  },
};

function add(state: OperatorsState, { operator, name, nameId, role, token, at }: Extract<OperatorsCommand, { type: 'add' }>): Decision<OperatorEvent> {
  if (name.length > OPERATOR_NAME_CHARACTERS_MAX || !OPERATOR_NAME.test(name) || RESERVED_NAMES.has(name))
    return refuse('operator-name-invalid', { max: OPERATOR_NAME_CHARACTERS_MAX });
  const others = Object.values(state.operators);
  if (others.some((other) => other.nameId === nameId)) return refuse('operator-name-taken');
  if (others.length >= OPERATORS_MAX) return refuse('operators-full', { max: OPERATORS_MAX });
  return accept({ type: 'operators.operator-added.v1', data: { operator, name, nameId, role, token, at } });
}

/** An event of an operator who was never added, or was removed, changes nothing. */
function changed(state: OperatorsState, operator: OperatorId, changes: Partial<OperatorState>): OperatorsState {
  const known = state.operators[operator];
  return known === undefined ? state : { operators: { ...state.operators, [operator]: { ...known, ...changes } } };
}
