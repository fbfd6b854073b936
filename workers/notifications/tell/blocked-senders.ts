import type { LoadState } from '../../../commands/handling/handle.ts';
import { relationBetween, relationships } from '../../../domain/people/relationships.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { relationshipsStream } from '../../../domain/shared/streams.ts';

/** Whether a block stands between the person and another, by the log; each is asked once. */
export function blocksOf(loadState: LoadState, person: PersonId): (other: PersonId) => Promise<boolean> {
  const known = new Map<PersonId, Promise<boolean>>();
  const load = async (of: PersonId) => ({ person: of, relationships: (await loadState(relationships, relationshipsStream(of))).state });
  let own: ReturnType<typeof load> | undefined;
  const look = async (other: PersonId) => {
    own ??= load(person);
    return relationBetween(...(await Promise.all([own, load(other)]))) === 'blocked';
  };
  return (other) => {
    const asked = known.get(other) ?? look(other);
    known.set(other, asked);
    return asked;
  };
}
