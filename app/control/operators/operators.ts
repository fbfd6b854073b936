/** Adds operators, changes and removes them, and reads back what operators did. */
import { randomUUID } from 'node:crypto';
import type { Commands } from '../../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../../commands/handling/command-context.ts';
import type { CommandResult } from '../../../commands/handling/results.ts';
import { actorOfOperator, type ActingOperator } from '../../../domain/operators/roles.ts';
import type { OperatorId } from '../../../domain/shared/ids.ts';
import { dayOf, type Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import { ControlFailure, type ControlOperations, type OperationRequest } from '../protocol.ts';
import type { AuditLine, IssuedTokenLine, OperatorLine } from './protocol.ts';

type Dependencies = {
  readonly commands: Pick<Commands, 'addOperator' | 'setOperatorRole' | 'rotateOperatorToken' | 'removeOperator' | 'listOperators' | 'readAudit'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const createOperatorOperations = (dependencies: Dependencies) =>
  ({
    'list-operators': async function* () {
      yield* (await dependencies.commands.listOperators()).filter(({ removed }) => !removed).map(lineOf);
    },
    'add-operator': (request, _signal, by) => addOperator(dependencies, request, by),
    'set-operator-role': async function* ({ operator, role }, _signal, by) {
      expectDone(await dependencies.commands.setOperatorRole({ operator, role }, contextFor(dependencies, by, 'set-operator-role')));
      yield await operatorWith(dependencies, operator);
    },
    'rotate-operator-token': (request, _signal, by) => rotateToken(dependencies, request, by),
    'remove-operator': async function* ({ operator }, _signal, by) {
      expectDone(await dependencies.commands.removeOperator({ operator }, contextFor(dependencies, by, 'remove-operator')));
      yield { operator };
    },
    'list-audit': (request) => listAudit(dependencies, request),
  }) satisfies ControlOperations;

async function* addOperator(dependencies: Dependencies, request: OperationRequest<'add-operator'>, by: ActingOperator): AsyncIterable<IssuedTokenLine> {
  const { id, handled, token } = await dependencies.commands.addOperator(request, contextFor(dependencies, by, 'add-operator'));
  expectDone(handled);
  yield issuedLine(await operatorWith(dependencies, id), token);
}

async function* rotateToken(
  dependencies: Dependencies,
  request: OperationRequest<'rotate-operator-token'>,
  by: ActingOperator,
): AsyncIterable<IssuedTokenLine> {
  const { handled, token } = await dependencies.commands.rotateOperatorToken(request, contextFor(dependencies, by, 'rotate-operator-token'));
  expectDone(handled);
  yield issuedLine(await operatorWith(dependencies, request.operator), token);
}

async function* listAudit(
  { commands, clock }: Dependencies,
  { day = dayOf(clock()), days, limit, by, action }: OperationRequest<'list-audit'>,
): AsyncIterable<AuditLine> {
  const known = await commands.listOperators();
  const names = new Map(known.map(({ operator, name }) => [String(operator), name]));
  const operators = by === undefined ? undefined : new Set([by, ...known.filter(({ name }) => name === by).map(({ operator }) => operator)]);
  let left = limit;
  for await (const taken of commands.readAudit({ to: day, days, operators, action })) {
    // Who was added has no id before.
    const added = known.find(({ correlationId }) => correlationId === taken.correlationId);
    yield { ...taken, of: { ...(added === undefined ? {} : { operator: added.operator }), ...taken.of }, name: names.get(taken.operator) ?? null };
    if (--left === 0) return;
  }
}

/** Also one that was removed a moment ago. */
async function operatorWith({ commands }: Dependencies, operator: OperatorId): Promise<OperatorLine> {
  const found = (await commands.listOperators()).find((known) => known.operator === operator);
  if (found === undefined) throw new ControlFailure('unknown', sentenceOf('operator-unknown'));
  return lineOf(found);
}

const lineOf = ({ operator, name, role, addedAt, tokenFrom }: OperatorLine): OperatorLine => ({ operator, name, role, addedAt, tokenFrom });

const issuedLine = ({ operator, name, role }: OperatorLine, token: string | undefined): IssuedTokenLine => ({ operator, name, role, token: token ?? null });

/** `correlationId`: of the action in the audit. */
type Correlated = ActingOperator & { readonly correlationId?: string };

/** For a command that the operator gives now: under a key that nobody else has. */
export function contextFor({ contextFor: make, clock }: Pick<Dependencies, 'contextFor' | 'clock'>, by: Correlated, type: string): CommandContext {
  const { operator, correlationId } = by;
  const correlated = correlationId === undefined ? {} : { correlationId };
  const made = make({ actor: actorOfOperator(operator), type, key: randomUUID(), fresh: true, body: {}, at: clock(), ...correlated });
  if (made.outcome === 'refused') throw new ControlFailure('failed', sentenceOf(made.refusal.code, made.refusal.facts));
  return made.context;
}

export function expectDone(result: CommandResult): void {
  if (result.outcome === 'refused') throw new ControlFailure('bad-request', sentenceOf(result.refusal.code, result.refusal.facts));
}
