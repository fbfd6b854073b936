/** Who may ask for an operation of the command line, and the audit of what is asked for. */
import { randomUUID } from 'node:crypto';
import { idsIn, recordingOf, refusalOfAction, type OperatorAction, type RecordAction, type TakenAction } from '../../../domain/operators/actions.ts';
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import { ControlFailure, type OperationName } from '../protocol.ts';

/** Of a request that was parsed. */
export type AskedOperation = { readonly name: OperationName; readonly request: Readonly<Record<string, unknown>> };

/** What is asked for, as the table of actions names it. */
export function actionOf({ name, request }: AskedOperation): OperatorAction {
  if (request['personal'] === 'revealed') {
    if (name === 'read-log' || name === 'export-log') return 'reveal-log';
    if (name === 'show-state') return 'reveal-state';
    if (name === 'show-view') return 'reveal-view';
  }
  if (name === 'resolve-dead-letters' && request['how'] === 'skipped') return 'skip-dead-letters';
  return name;
}

export type Asking = {
  readonly by: ActingOperator;
  readonly reason: string | undefined;
  /** For the security log. */
  readonly report: (event: 'operator-action' | 'access-denied', operation: OperationName) => void;
};

/**
 * Runs the operation for an operator whose role allows it, once the audit has it. `recordAction` is absent in a process that has no log
 * of Tidings: one of the event store alone. Throws `ControlFailure`.
 */
export async function* runRecorded<Line>(
  asked: AskedOperation,
  { by, reason = reasonIn(asked), report }: Asking,
  {
    recordAction,
    run,
  }: { readonly recordAction: RecordAction | undefined; readonly run: (by: ActingOperator & { readonly correlationId: string }) => AsyncIterable<Line> },
): AsyncIterable<Line> {
  const action = actionOf(asked);
  const refusal = refusalOfAction(action, by, reason);
  if (refusal !== undefined) {
    const isDenied = refusal.code === 'role-too-low';
    if (isDenied) report('access-denied', asked.name);
    throw new ControlFailure(isDenied ? 'forbidden' : 'bad-request', sentenceOf(refusal.code, refusal.facts));
  }
  report('operator-action', asked.name);
  const correlationId = randomUUID();
  const taken = await record({ action, by, reason, of: idsIn(asked.request), correlationId }, recordAction);
  try {
    yield* run({ ...by, correlationId });
  } catch (error) {
    await taken?.failed(error instanceof ControlFailure ? error.code : 'failed').catch(() => undefined); // the operator is to be told of the first
    throw error;
  }
}

async function record(taken: TakenAction, recordAction: RecordAction | undefined): Promise<Awaited<ReturnType<RecordAction>> | undefined> {
  switch (recordingOf(taken.action)) {
    case 'never':
      return undefined;
    case 'if-possible':
      return await recordAction?.(taken).catch(() => undefined);
    case 'before':
      return await recordAction?.(taken);
  }
}

/** An event that is set aside has its reason in the log's own notice too. */
const reasonIn = ({ name, request }: AskedOperation): string | undefined => (name === 'set-aside-event' ? String(request['reason']) : undefined);
