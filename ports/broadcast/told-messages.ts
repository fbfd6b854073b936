/** What people have been told of by whoever appended it. Bounded: what is forgotten is told twice, which is harmless. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import { slotOf } from '../event-log/slots.ts';
import type { Position } from '../event-log/port.ts';
import type { ToldHint, ToldMessages } from './hints.ts';
import type { Broadcast, Hint, Listening } from './port.ts';

/** Some 100 bytes each. It is looked up within a second. */
const REMEMBERED_MAX = 20_000;

/** Of this process alone. */
export function createToldMessages(): ToldMessages {
  const told = rememberPositions();
  return { remember: ({ position }) => told.add(position), has: ({ position }) => told.has(position) };
}

function rememberPositions() {
  const positions = new Set<Position>();
  return {
    has: (position: Position): boolean => positions.has(position),
    add: (position: Position): void => {
      positions.add(position);
      if (positions.size <= REMEMBERED_MAX) return;
      for (const oldest of positions) {
        positions.delete(oldest);
        break;
      }
    },
  };
}

/** Of streams. Where shards divide this number, a process that works on one of them listens to none of the others' topics. */
const TOPICS = 16;
/** Between two hints of one process; what it told people has left it before. */
const SHARED_AFTER_MS = 20;
/** A process listens to a topic while it asks for messages of its streams, and so long after. */
const LISTENED_MS = MINUTE_MS;

/**
 * Of all processes: each tells those that ask for such messages what it has told. A hint that is lost or late costs that people are told
 * twice.
 */
export function shareToldMessages(
  broadcast: Pick<Broadcast, 'publish' | 'listen'>,
  { listenedMs = LISTENED_MS }: { readonly listenedMs?: number } = {},
): ToldMessages & Disposable {
  const told = rememberPositions();
  const unshared = new Map<PersonId, Position[]>();
  const listened = new Map<PersonId, { readonly listening: Listening; readonly ending: NodeJS.Timeout }>();
  let sharing: NodeJS.Timeout | undefined;
  const share = () => {
    sharing = undefined;
    for (const [topic, positions] of unshared) broadcast.publish([topic], { kind: 'messages-told', positions } satisfies ToldHint);
    unshared.clear();
  };
  const hear = (hint: Hint) => (hint as ToldHint).positions.forEach(told.add);
  const endListening = (topic: PersonId) => {
    listened.get(topic)?.listening[Symbol.dispose]();
    listened.delete(topic);
  };

  return {
    remember: ({ stream, position }) => {
      told.add(position);
      const topic = topicOf(stream);
      const others = unshared.get(topic);
      if (others === undefined) unshared.set(topic, [position]);
      else others.push(position);
      sharing ??= setTimeout(share, SHARED_AFTER_MS).unref();
    },
    has: ({ stream, position }) => {
      const topic = topicOf(stream);
      const before = listened.get(topic);
      if (before === undefined) listened.set(topic, { listening: broadcast.listen(topic, hear), ending: setTimeout(endListening, listenedMs, topic).unref() });
      else before.ending.refresh();
      return told.has(position);
    },
    [Symbol.dispose]: () => {
      clearTimeout(sharing);
      for (const [topic, { ending }] of listened) {
        clearTimeout(ending);
        endListening(topic);
      }
    },
  };
}

/** Processes listen to it, where a person has listeners elsewhere. */
const topicOf = (stream: string): PersonId => `messages-told:${slotOf(stream) % TOPICS}` as PersonId;
