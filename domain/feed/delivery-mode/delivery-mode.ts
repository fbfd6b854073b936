/** Whether the posts of one author are pushed into feeds or pulled by readers, with hysteresis: an author near one threshold doesn't turn to and fro. */
import { accept, type Decider } from '../../shared/decider.ts';
import type { PersonId } from '../../shared/ids.ts';
import type { DeliveryModeEvent } from './events.ts';

/** In active followers: feeds that were warm when the author's posts came. */
export type PullThresholds = {
  /** With so many or more, an author's posts are pulled. */
  readonly pullFromFollowers: number;
  /** With so many or fewer, they are pushed again. */
  readonly pushUpToFollowers: number;
};

/** Where a push costs more than the pulls that it saves: a reader pulls some 30 such authors. */
export const PULL_THRESHOLDS: PullThresholds = { pullFromFollowers: 10_000, pushUpToFollowers: 7_000 };

/** `turn`: the last turn to pulling; 0 where there was none. */
export type DeliveryModeState = { readonly mode: 'push' | 'turning' | 'pull'; readonly turn: number };

export type DeliveryModeCommand =
  | { readonly type: 'count'; readonly author: PersonId; readonly activeFollowers: number; readonly thresholds: PullThresholds }
  /** All readers of the author know that they pull. */
  | { readonly type: 'finish-turn'; readonly author: PersonId; readonly turn: number };

export const deliveryMode: Decider<DeliveryModeState, DeliveryModeCommand, DeliveryModeEvent> = {
  reads: 'tail',
  initialState: { mode: 'push', turn: 0 },

  evolve: (_, event) => {
    const { turn } = event.data;
    switch (event.type) {
      case 'feed.turning-to-pull.v1':
        return { mode: 'turning', turn };
      case 'feed.turned-to-pull.v1':
        return { mode: 'pull', turn };
      case 'feed.turned-to-push.v1':
        return { mode: 'push', turn };
    }
  },

  decide: ({ mode, turn }, command) => {
    const { author } = command;
    switch (command.type) {
      case 'count': {
        const { activeFollowers } = command;
        const wanted = modeFor(mode, command);
        if (wanted === 'push') return mode === 'push' ? accept() : accept({ type: 'feed.turned-to-push.v1', data: { author, turn, activeFollowers } });
        return mode === 'push' ? accept({ type: 'feed.turning-to-pull.v1', data: { author, turn: turn + 1, activeFollowers } }) : accept();
      }
      case 'finish-turn':
        return mode === 'turning' && turn === command.turn ? accept({ type: 'feed.turned-to-pull.v1', data: { author, turn } }) : accept();
    }
  },
};

/** The mode that an author with so many active followers should have. Between the thresholds it is the one that the author has. */
export function modeFor(
  mode: DeliveryModeState['mode'],
  { activeFollowers, thresholds }: { readonly activeFollowers: number; readonly thresholds: PullThresholds },
): 'push' | 'pull' {
  if (activeFollowers >= thresholds.pullFromFollowers) return 'pull';
  if (activeFollowers <= thresholds.pushUpToFollowers) return 'push';
  return mode === 'push' ? 'push' : 'pull';
}

/** How a post that is published now is stamped. */
export const stampFor = ({ mode }: DeliveryModeState): 'push' | 'pull' => (mode === 'pull' ? 'pull' : 'push');
