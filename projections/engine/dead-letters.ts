/**
 * Dead letters: an event that a projection can't process is set aside, and later events of its stream wait behind it, so that the
 * order within the stream holds; everything else goes on. One document a stream says where the waiting begins; the events themselves
 * stay in the log. Dead-lettering and resolving are events: an operator's command appends a resolution, and the runner acts on it
 * when it reaches that event.
 */
import { beginningOf } from '../../domain/shared/text/excerpt.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { deadLettersStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, logNumberOf } from '../../ports/event-log/position.ts';
import type { DocumentWrite, ViewSchema, ViewStore } from '../../ports/views/port.ts';
import type { AppendOperations, Decode, ReadableLog } from '../dependencies.ts';

const COLLECTION = 'dead-letters';
const PAGE_LETTERS_MAX = 1_000;
const ERROR_CHARACTERS_MAX = 300;

export const RESOLVED = 'operations.event-resolved.v1';
const DEAD_LETTERED = 'operations.event-set-aside.v1';

export const deadLettersSchema: ViewSchema = { [COLLECTION]: { indexes: [{ fields: ['checkpoint', 'stream'] }, { fields: ['projection', 'stream'] }] } };

/** One a stream. */
export type DeadLetter = {
  readonly projection: string;
  /** The runner's checkpoint: a rebuild has dead letters of its own. */
  readonly checkpoint: string;
  readonly stream: string;
  /** The event that can't be processed. */
  readonly revision: number;
  readonly position: string;
  readonly error: string;
  readonly at: Instant;
  /** How many events wait behind it. */
  readonly waiting: number;
  /** While the waiting events are being processed: the revision of the next one. */
  readonly next: number;
};

export type DeadLetterResolution = Recorded<Extract<OperationsEvent, { type: typeof RESOLVED }>>;

/** Has the runner retry or skip the event, and then process the waiting ones in order. Whether that succeeded shows in the dead letters. */
export async function resolveDeadLetter(
  { appendOperations, clock }: { readonly appendOperations: AppendOperations; readonly clock: () => Instant },
  { projection, stream, revision, position }: Pick<DeadLetter, 'projection' | 'stream' | 'revision' | 'position'>,
  how: 'retried' | 'skipped',
): Promise<void> {
  const logNumber = logNumberOf(position as Position);
  await appendOperations(deadLettersStream(projection, logNumber), { type: RESOLVED, data: { projection, stream, revision, how, at: clock() } });
}

/** One page of a projection's dead letters, by stream. */
export function findDeadLetters(
  views: Pick<ViewStore, 'find'>,
  { projection, afterStream, limit }: { readonly projection: string; readonly afterStream?: string; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  return views.find<DeadLetter>(COLLECTION, {
    where: { projection },
    ...(afterStream === undefined ? {} : { range: { field: 'stream', after: afterStream } }),
    order: { stream: 1 },
    limit,
  });
}

/** All dead letters of one runner, by stream. */
export async function loadDeadLetters(views: Pick<ViewStore, 'find'>, checkpoint: string): Promise<Map<string, DeadLetter>> {
  const deadLetters = new Map<string, DeadLetter>();
  for (let after = ''; ;) {
    const page = await views.find<DeadLetter>(COLLECTION, {
      where: { checkpoint },
      range: { field: 'stream', after },
      order: { stream: 1 },
      limit: PAGE_LETTERS_MAX,
    });
    for (const deadLetter of page) deadLetters.set(deadLetter.stream, deadLetter);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_LETTERS_MAX) return deadLetters;
    after = last.stream;
  }
}

export type DeadLetteredEvent = Extract<OperationsEvent, { type: typeof DEAD_LETTERED }>['data'];

/**
 * By stream: the events that a runner's log says are dead-lettered and not resolved, as far as the runner has come. A reactor that
 * lost the views restores its dead letters from them. A resolution after that point is still to come, when the runner reaches it.
 */
export async function openDeadLettersInLog(
  { log, decode }: { readonly log: ReadableLog; readonly decode: Decode },
  { projection, logNumber }: { readonly projection: { readonly name: string }; readonly logNumber: number },
  reached: Position | undefined,
): Promise<ReadonlyMap<string, DeadLetteredEvent>> {
  const open = new Map<string, DeadLetteredEvent>();
  for await (const stored of log.readStream(deadLettersStream(projection.name, logNumber))) {
    const [event] = await decode([stored]);
    if (event === undefined || event instanceof Error) continue;
    if (event.type === DEAD_LETTERED) open.set(event.data.stream, event.data);
    if (event.type !== RESOLVED || !covers(reached, stored.position)) continue;
    if (open.get(event.data.stream)?.revision === event.data.revision) open.delete(event.data.stream);
  }
  return open;
}

export const deadLetteredEvent = ({ projection, stream, revision, position, error, at }: DeadLetter): OperationsEvent => ({
  type: DEAD_LETTERED,
  data: { projection, stream, revision, position, error, at },
});

export const createDeadLetter = (
  { projection, checkpoint }: { readonly projection: string; readonly checkpoint: string },
  { stream, revision, position }: { readonly stream: string; readonly revision: number; readonly position: Position },
  { error, waiting, at }: { readonly error: unknown; readonly waiting: number; readonly at: Instant },
): DeadLetter => ({ projection, checkpoint, stream, revision, position, error: textOf(error), at, waiting, next: revision });

export const putDeadLetter = (deadLetter: DeadLetter): DocumentWrite => ({
  kind: 'put',
  collection: COLLECTION,
  id: idOf(deadLetter),
  document: deadLetter,
  seen: {},
});

export const removeDeadLetter = (deadLetter: DeadLetter): DocumentWrite => ({ kind: 'remove', collection: COLLECTION, id: idOf(deadLetter), seen: {} });

const idOf = ({ checkpoint, stream }: DeadLetter): string => `${checkpoint}|${stream}`;

const textOf = (error: unknown): string => beginningOf(error instanceof Error ? `${error.name}: ${error.message}` : String(error), ERROR_CHARACTERS_MAX);
