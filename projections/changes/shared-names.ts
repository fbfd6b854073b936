/**
 * What events concern, for all who follow changes in this process: those who share the work ask about the same events at about the same
 * time, and to decode an event costs more than to tell a document. Only ids and times are kept.
 */
import type { Instant } from '../../domain/shared/instant.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { Decode } from '../dependencies.ts';
import type { NamedDocuments } from './named-documents.ts';

const KEPT_EVENTS_MAX = 8_192;
/** Of all kept events together; some 25 MB. */
const KEPT_IDS_MAX = 200_000;
/** An event that names more is only told to those who ask while it is decoded: it would take the place of too many others. */
const IDS_OF_EVENT_MAX = 1_000;

/** `at`: when the event happened. */
export type NamedEvent = { readonly position: Position; readonly at: Instant; readonly named: NamedDocuments };

/** In order, without those that can't be decoded. `of`: which projector's names they are. Throws where the keys can't be reached. */
export type NamesOf = (
  events: readonly StoredEvent[],
  asked: { readonly of: string; readonly name: (event: Recorded) => Promise<NamedDocuments> },
) => Promise<readonly NamedEvent[]>;

type Naming = Promise<NamedEvent | undefined>;
/** `ids`: how many it names, as soon as that is known. */
type Kept = { readonly naming: Naming; ids: number };

/** `isLasting`: whether what the event concerns is the same whenever it is asked. */
export function shareNames(decode: Decode, isLasting: (event: StoredEvent) => boolean, tally: CacheTally = emptyTally()): NamesOf {
  const kept = new Map<string, Kept>();
  let ids = 0;
  const drop = (key: string) => {
    ids -= kept.get(key)?.ids ?? 0;
    kept.delete(key);
  };
  const makeRoom = () => {
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_EVENTS_MAX && ids <= KEPT_IDS_MAX) return;
      drop(oldest);
      tally.evictions += 1;
    }
  };
  const keep = (key: string, naming: Naming) => {
    drop(key);
    const entry: Kept = { naming, ids: 0 };
    kept.set(key, entry);
    naming.then(
      (event) => {
        if (kept.get(key) !== entry) return;
        entry.ids = event === undefined ? 0 : countNamed(event.named);
        ids += entry.ids;
        if (entry.ids > IDS_OF_EVENT_MAX) drop(key);
        makeRoom();
      },
      () => kept.get(key) === entry && drop(key), // the next who asks tries again
    );
  };
  return async (events, { of, name }) => {
    const keyOf = ({ position }: StoredEvent) => `${of} ${position}`;
    const missing = events.filter((event) => !kept.has(keyOf(event)));
    tally.hits += events.length - missing.length;
    tally.misses += missing.length;
    const decoding = missing.length === 0 ? Promise.resolve([]) : decode(missing);
    const made = new Map(
      missing.map((stored, index) => {
        const naming = decoding.then(async (decoded): Promise<NamedEvent | undefined> => {
          const event = decoded[index];
          return event === undefined || event instanceof Error ? undefined : { position: stored.position, at: event.metadata.at, named: await name(event) };
        });
        return [stored, naming] as const;
      }),
    );
    const all = events.map((event) => made.get(event) ?? kept.get(keyOf(event))?.naming ?? Promise.resolve(undefined));
    for (const [stored, naming] of made) if (isLasting(stored)) keep(keyOf(stored), naming);
    makeRoom();
    return (await Promise.all(all)).filter((one) => one !== undefined);
  };
}

const countNamed = ({ ids, conditions }: NamedDocuments): number => ids.values().reduce((sum, ofCollection) => sum + ofCollection.size, conditions.length);
