/** What changed in who is there, gathered and passed on in batches: signs of life to the presence store, coming and going to those who watch. */
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { DevicePresence, Presence, Status } from '../../ports/presence/port.ts';

export type Known = {
  readonly person: PersonId;
  readonly status: Status['status'];
  readonly lastActiveMs: number;
  /** What the watchers were told last. */
  told: Status['status'];
};

export type PresencePublisher<Person extends Known> = {
  readonly beat: (connection: DevicePresence) => void;
  readonly leave: (connection: DevicePresence, lastSeenMs: number) => void;
  readonly changed: (person: Person) => void;
  readonly flush: (nowMs: number) => Promise<void>;
};

export type PresencePublisherDependencies<Person extends Known> = {
  readonly presence: Pick<Presence, 'beat' | 'leave' | 'statusOf'>;
  readonly tell: (hint: Extract<LiveHint, { kind: 'presence' }>) => void;
  /** Gone from here, but at another gateway, which speaks for the person from now on. */
  readonly isElsewhere: (person: Person) => void;
};

export function createPresencePublisher<Person extends Known>(
  { presence, tell, isElsewhere }: PresencePublisherDependencies<Person>,
  { ttlMs }: { readonly ttlMs: number },
): PresencePublisher<Person> {
  const beating = new Map<string, DevicePresence>();
  const leaving = new Map<string, { readonly connection: DevicePresence; readonly lastSeenMs: number }>();
  const changed = new Set<Person>();

  const passOnSigns = async (nowMs: number) => {
    const connections = [...beating.values()];
    const left = [...leaving.values()];
    beating.clear();
    leaving.clear();
    await Promise.all(left.map(({ connection, lastSeenMs }) => presence.leave(connection, instant(lastSeenMs))));
    if (connections.length > 0) await presence.beat(connections, { at: instant(nowMs), ttlMs });
  };

  /** Before anybody is told that somebody is gone, the store is asked whether the person is elsewhere. */
  const tellChanges = async (nowMs: number) => {
    const news = [...changed].filter(({ status, told }) => status !== told);
    changed.clear();
    if (news.length === 0) return;
    const people = news.map(({ person }) => person);
    const statuses = await presence.statusOf(people, instant(nowMs));
    for (const person of news) {
      const known = statuses.get(person.person);
      if (person.status === 'offline' && known?.status === 'online') {
        person.told = person.status; // what is told of them from now on is the other's to tell, and this one begins anew
        isElsewhere(person);
        continue;
      }
      person.told = person.status;
      tell({ kind: 'presence', person: person.person, status: person.status, lastActiveAt: known?.lastActiveAt ?? instant(person.lastActiveMs) });
    }
  };

  return {
    beat: (connection) => {
      leaving.delete(keyOf(connection));
      beating.set(keyOf(connection), connection);
    },
    leave: (connection, lastSeenMs) => {
      beating.delete(keyOf(connection));
      leaving.set(keyOf(connection), { connection, lastSeenMs });
    },
    changed: (person) => void changed.add(person),
    flush: async (nowMs) => {
      await passOnSigns(nowMs);
      await tellChanges(nowMs);
    },
  };
}

const keyOf = ({ person, device }: DevicePresence): string => `${person}/${device}`;
