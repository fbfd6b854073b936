/**
 * Releases abandoned reservations. A person reserves a place among the friends before the request or the acceptance is appended to
 * another stream, so a command that is interrupted in between leaves a reservation behind. Each reservation is open work until the
 * other event arrives; the sweeper releases those that stay. In the log a reservation is called a friend slot.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { RESERVATION_ABANDONED_MS } from '../../domain/people/relationships.ts';
import type { RelationshipsEvent, FriendshipEvent } from '../../domain/people/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';

const SWEPT_MAX = 1_000;

/** Id: `friendId` of the two. */
export type OpenReservation = { readonly person: PersonId; readonly friend: PersonId; readonly takenAt: Instant };

type Handled =
  | Extract<RelationshipsEvent, { type: 'people.friend-slot-taken.v1' | 'people.friend-slot-freed.v1' }>
  | Extract<FriendshipEvent, { type: 'people.friend-requested.v1' | 'people.friend-accepted.v1' }>;

export const openReservations: TidingsReactor<Handled> = {
  kind: 'reactor',
  name: 'taken-slots',
  version: 1,
  handles: ['people.friend-slot-taken.v1', 'people.friend-slot-freed.v1', 'people.friend-requested.v1', 'people.friend-accepted.v1'],
  after: [],
  indexes: { 'taken-slots': [{ fields: ['takenAt'] }] },
  openWork: (event, { 'taken-slots': open }) => {
    switch (event.type) {
      case 'people.friend-slot-taken.v1': {
        const person = event.key as PersonId;
        const { friend, at: takenAt } = event.data;
        open?.update(friendId(person, friend), event, () => ({ person, friend, takenAt }));
        return;
      }
      case 'people.friend-slot-freed.v1':
        open?.update(friendId(event.key as PersonId, event.data.friend), event, () => undefined);
        return;
      case 'people.friend-requested.v1':
        open?.update(friendId(event.data.from, event.data.to), event, () => undefined);
        return;
      case 'people.friend-accepted.v1':
        open?.update(friendId(event.data.to, event.data.from), event, () => undefined);
        return;
    }
  },
  react: async () => undefined,
};

type Dependencies = {
  readonly openWork: OpenWork;
  readonly commands: Pick<Commands, 'releaseAbandonedReservation'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'finish'>;
  readonly clock: () => Instant;
};

export const sweepAbandonedReservations = ({ openWork, commands, contextFor, progress, clock }: Dependencies): Sweep => ({
  name: 'abandoned-slots',
  everyMs: RESERVATION_ABANDONED_MS / 2,
  sweep: async () => {
    const abandoned = await openWork.longestWaiting<OpenReservation>('taken-slots', {
      field: 'takenAt',
      until: plus(clock(), -RESERVATION_ABANDONED_MS),
      limit: SWEPT_MAX,
    });
    for (const { person, friend, takenAt } of abandoned) {
      const body = { person, friend };
      // The decider looks at the log: a reservation whose round has become a request or a friendship stays.
      await commands.releaseAbandonedReservation(body, freshContext({ contextFor, worker: 'abandoned-slots', type: 'free-abandoned-slot', body, at: clock() }));
      progress.finish('taken-slots', friendId(person, friend), { takenAt });
    }
    return abandoned.length;
  },
});
