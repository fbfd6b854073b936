/** Authors who have ever been pulled, and how their posts are delivered now. They are few: what a reader pulls is found among them, by id. */
import type { DeliveryModeEvent } from '../../domain/feed/delivery-mode/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Projector } from '../projection.ts';

/** Id: the author. While it says anything but `push`, readers must pull the author; while it says `pull`, nothing need be pushed. */
export type DeliveryModeDocument = { readonly author: PersonId; readonly mode: 'push' | 'turning' | 'pull'; readonly turn: number };

const MODES: { readonly [Type in DeliveryModeEvent['type']]: DeliveryModeDocument['mode'] } = {
  'feed.turning-to-pull.v1': 'turning',
  'feed.turned-to-pull.v1': 'pull',
  'feed.turned-to-push.v1': 'push',
};

export const deliveryModes = {
  kind: 'projector',
  name: 'delivery-modes',
  version: 1,
  handles: ['feed.turning-to-pull.v1', 'feed.turned-to-pull.v1', 'feed.turned-to-push.v1'],
  indexes: { 'delivery-modes': [] },

  project: (event, { 'delivery-modes': modes }) => {
    const { author, turn } = event.data;
    modes.update(author, event, () => ({ author, mode: MODES[event.type], turn }));
  },
} as const satisfies Projector<DeliveryModeEvent, { 'delivery-modes': DeliveryModeDocument }>;
