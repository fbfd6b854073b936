/** The operations of the command line on a replay: those that look. */
import { isOperatorAction, OPERATOR_ACTIONS, type OperatorAction } from '../../domain/operators/actions.ts';
import { ControlFailure, type ControlOperations } from '../control/protocol.ts';

/** So that several may look, each under a name of their own in the audit. */
const OF_OPERATORS: readonly OperatorAction[] = ['add-operator', 'set-operator-role', 'rotate-operator-token', 'remove-operator'];
const LOOKING: readonly string[] = ['looks', 'looks-up', 'reveals'];

const isLooking = (name: string): boolean => isOperatorAction(name) && (LOOKING.includes(OPERATOR_ACTIONS[name].kind) || OF_OPERATORS.includes(name));

/** The others are refused. */
export const lookingOnly = (operations: ControlOperations): ControlOperations =>
  Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, isLooking(name) ? operation : refuse]));

const refuse = (): never => {
  throw new ControlFailure('failed', 'This is a replay, to be looked at only: nothing is changed in it.');
};
