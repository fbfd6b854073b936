/** Whom one follows, mutes and blocks. Each needs to know the other: whether they are there, and whether a block stands between the two. */
import { relationships, relationBetween, type RelationshipsCommand } from '../../domain/people/relationships.ts';
import type { Counterpart } from '../../domain/people/counterpart.ts';
import { user } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { relationshipsStream, userStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { LoadedState } from '../handling/handle.ts';
import { dropFeedsOf } from './drop-feeds.ts';

type Pair = { readonly person: PersonId; readonly other: PersonId };

/** The other person as this one's decisions need to see them, with the revisions that were readRevisions on. */
export async function counterpartOf(
  { loadState }: CommandDependencies,
  { person, other }: Pair,
): Promise<{ readonly counterpart: Counterpart; readonly readRevisions: readonly LoadedState<unknown>[] }> {
  const [itself, mine, theirs] = await Promise.all([
    loadState(user, userStream(other)),
    loadState(relationships, relationshipsStream(person)),
    loadState(relationships, relationshipsStream(other)),
  ]);
  const relation = relationBetween({ person, relationships: mine.state }, { person: other, relationships: theirs.state });
  return { counterpart: { person: other, user: itself.state, relation }, readRevisions: [itself, theirs] };
}

export const follow =
  (dependencies: CommandDependencies) =>
  async ({ person, other }: Pair, context: CommandContext) => {
    const { counterpart, readRevisions } = await counterpartOf(dependencies, { person, other });
    const handled = await dependencies.handle(relationships, relationshipsStream(person), { type: 'follow', actor: person, other: counterpart }, context, {
      readRevisions,
    });
    return dropFeedsOf([person], dependencies, handled);
  };

/** Muting and blocking ask only whether the other is there: one may block whoever has blocked one. */
const against =
  (type: 'mute' | 'block') =>
  ({ handle, loadState }: CommandDependencies) =>
  async ({ person, other }: Pair, context: CommandContext) => {
    const itself = await loadState(user, userStream(other));
    return handle(relationships, relationshipsStream(person), { type, actor: person, person: other, user: itself.state }, context, { readRevisions: [itself] });
  };

const takingBack =
  (type: Extract<RelationshipsCommand['type'], `un${string}`>) =>
  ({ handle }: CommandDependencies) =>
  ({ person, other }: Pair, context: CommandContext) =>
    handle(relationships, relationshipsStream(person), { type, person: other }, context);

/** What one hid one sees again. */
const showingAgain = (type: 'unmute' | 'unblock', readersOf: (pair: Pair) => readonly PersonId[]) => (dependencies: CommandDependencies) => {
  const takeBack = takingBack(type)(dependencies);
  return async (pair: Pair, context: CommandContext) => dropFeedsOf(readersOf(pair), dependencies, await takeBack(pair, context));
};

export const mute = against('mute');
export const block = against('block');
export const unfollow = takingBack('unfollow');
export const unmute = showingAgain('unmute', ({ person }) => [person]);
/** A block hides both from each other. */
export const unblock = showingAgain('unblock', ({ person, other }) => [person, other]);
