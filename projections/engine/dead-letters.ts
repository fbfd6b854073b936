/**
 * What a projection can't digest is set aside, and what comes later in the same stream waits behind it, so that the order within
 * the stream holds; everything else goes on. One document a stream says where its list begins; the events themselves stay in the
 * log. Setting aside and resolving are events: whoever resolves appends, and the runner takes it up where it stands in the log.
 */
import type { Recorded } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { deadLettersStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { covers, logNumberOf } from '../../ports/event-log/position.ts';
import type { ViewSchema, ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import type { AppendOperations, Decode, ReadableLog } from '../dependencies.ts';

const COLLECTION = 'dead-letters';
const PAGE_LETTERS_MAX = 1_000;
const ERROR_CHARACTERS_MAX = 300;

export const RESOLVED = 'operations.event-resolved.v1';
export const deadLettersSchema: ViewSchema = { [COLLECTION]: { indexes: [{ fields: ['checkpoint', 'stream'] }, { fields: ['projection', 'stream'] }] } };

export type DeadLetter = {
  readonly projection: string;
  /** The runner's checkpoint: a rebuild has lists of its own. */
  readonly checkpoint: string;
  readonly stream: string;
  /** The event that can't be digested. */
  readonly revision: number;
  readonly position: string;
  readonly error: string;
  readonly at: Instant;
  /** How many wait behind it. */
  readonly waiting: number;
  /** While the list is being worked off: what comes next. */
  readonly next: number;
};

export type DeadLetterResolution = Recorded<Extract<OperationsEvent, { type: typeof RESOLVED }>>;

/** Has the event tried again, or given up, and then what waits behind it done in order. Whether it went well is seen in the list. */
export async function resolveDeadLetter(
  { appendOperations, clock }: { readonly appendOperations: AppendOperations; readonly clock: () => Instant },
  { projection, stream, revision, position }: Pick<DeadLetter, 'projection' | 'stream' | 'revision' | 'position'>,
  how: 'retried' | 'skipped',
): Promise<void> {
  const itsLog = logNumberOf(position as Position);
  await appendOperations(deadLettersStream(projection, itsLog), { type: RESOLVED, data: { projection, stream, revision, how, at: clock() } });
}

/** One page of the lists of a projection, by stream. */
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

/** All lists of one runner, by stream. */
export async function loadDeadLetters(views: Pick<ViewStore, 'find'>, checkpoint: string): Promise<Map<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  for (let after = ''; ;) {
    const page = await views.find<DeadLetter>(COLLECTION, {
      where: { checkpoint },
      range: { field: 'stream', after },
      order: { stream: 1 },
      limit: PAGE_LETTERS_MAX,
    });
    for (const letter of page) letters.set(letter.stream, letter);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_LETTERS_MAX) return letters;
    after = last.stream;
  }
}

/**
 * What a runner's log says is set aside and not resolved, as far as the runner has come: from it a reactor's lists are known again when the
 * views are lost. What was resolved behind that is still to be worked off, when the runner comes to it.
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
    if (event.type === 'operations.event-set-aside.v1') open.set(event.data.stream, event.data);
    if (event.type !== RESOLVED || !covers(reached, stored.position)) continue;
    if (open.get(event.data.stream)?.revision === event.data.revision) open.delete(event.data.stream);
  }
  return open;
}

export type DeadLetteredEvent = Extract<OperationsEvent, { type: 'operations.event-set-aside.v1' }>['data'];

export const deadLetteredEvent = ({ projection, stream, revision, position, error, at }: DeadLetter): OperationsEvent => ({
  type: 'operations.event-set-aside.v1',
  data: { projection, stream, revision, position, error, at },
});

export const createDeadLetter = (
  { projection, checkpoint }: { readonly projection: string; readonly checkpoint: string },
  event: { readonly stream: string; readonly revision: number; readonly position: Position },
  { error, waiting, at }: { readonly error: unknown; readonly waiting: number; readonly at: Instant },
): DeadLetter => {
  const { stream, revision, position } = event;
  return { projection, checkpoint, stream, revision, position, error: textOf(error), at, waiting, next: revision };
};

export const putDeadLetter = (letter: DeadLetter): DocumentWrite => ({
  kind: 'put',
  collection: COLLECTION,
  id: idOf(letter),
  document: letter,
  seen: {},
});

export const removeDeadLetter = (letter: DeadLetter): DocumentWrite => ({ kind: 'remove', collection: COLLECTION, id: idOf(letter), seen: {} });

const idOf = ({ checkpoint, stream }: DeadLetter): string => `${checkpoint}|${stream}`;

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, ERROR_CHARACTERS_MAX);
