/** The events of presence. */
import type { PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

/** `presenceStream` of a person, and `gatewayPresenceStream`: states that lasted, never heartbeats. */
export type PresenceEvent =
  | {
      readonly type: 'chat.presence-changed.v1';
      /** `gateway`: where the person was connected last, so that the loss of a gateway ends the presence of everybody there. */
      readonly data: { readonly person: PersonId; readonly status: 'online' | 'offline'; readonly lastActiveAt: Instant; readonly gateway?: string };
    }
  | { readonly type: 'chat.gateway-lost.v1'; readonly data: { readonly gateway: string; readonly lastSeenAt: Instant } };
