import type { DeliveryModeEvent } from '../../feed/delivery-mode/events.ts';
import type { PersonId } from '../../shared/ids.ts';
import type { Samples } from '../samples.ts';

const author = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;

export const deliveryModeSamples: Samples<DeliveryModeEvent> = {
  'feed.turning-to-pull.v1': { author, turn: 1, activeFollowers: 10_204 },
  'feed.turned-to-pull.v1': { author, turn: 1 },
  'feed.turned-to-push.v1': { author, turn: 1, activeFollowers: 6_920 },
};
