/** People by groups. Those of a group are in one slot of a cluster, and so in one script; a single server has them all in one. */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { hashSlot } from '../redis/hash-slot.ts';

const CLUSTER_GROUPS = 64;
/** In one script, during which the server does nothing else. */
const SCRIPT_PEOPLE_MAX = 1_000;

export type Group = number;

export const groupOf = ({ isCluster }: RedisConnection, person: PersonId): Group => (isCluster ? hashSlot(person) % CLUSTER_GROUPS : 0);
export const generationKey = (group: Group): string => `live:{${group}}`;
export const personKey = (group: Group, person: PersonId): string => `live:{${group}}:${person}`;

/** What one script takes at a time. */
export function scriptsFor(redis: RedisConnection, people: Iterable<PersonId>): readonly { readonly group: Group; readonly people: readonly PersonId[] }[] {
  return [...Map.groupBy(people, (person) => groupOf(redis, person))].flatMap(([group, all]) =>
    Array.from({ length: Math.ceil(all.length / SCRIPT_PEOPLE_MAX) }, (_, i) => ({
      group,
      people: all.slice(i * SCRIPT_PEOPLE_MAX, (i + 1) * SCRIPT_PEOPLE_MAX),
    })),
  );
}

export const keysOf = (group: Group, people: readonly PersonId[]): readonly string[] => people.map((person) => personKey(group, person));
