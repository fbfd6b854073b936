/** Each person's last presence. Whether a person is online at this moment is in the presence store; this outlasts it. */
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { PresenceEvent } from '../../../domain/chat/presence-events.ts';
import type { Projector } from '../../projection.ts';

/** Id: the person. */
export type PresenceDocument = {
  readonly person: PersonId;
  readonly status: 'online' | 'offline';
  readonly lastActiveAt: Instant;
  readonly gateway: string | null;
};

/** Id: the gateway. People who were online there are offline since then. */
export type LostGatewayDocument = { readonly gateway: string; readonly lastSeenAt: Instant };

export const presence = {
  kind: 'projector',
  name: 'presence',
  version: 1,
  handles: ['chat.presence-changed.v1', 'chat.gateway-lost.v1'],
  indexes: { presence: [], 'lost-gateways': [] },

  project: (event, { presence, 'lost-gateways': gateways }) => {
    switch (event.type) {
      case 'chat.presence-changed.v1': {
        const { person, status, lastActiveAt, gateway = null } = event.data;
        presence.update(person, event, () => ({ person, status, lastActiveAt, gateway }));
        return;
      }
      case 'chat.gateway-lost.v1': {
        const { gateway, lastSeenAt } = event.data;
        gateways.update(gateway, event, () => ({ gateway, lastSeenAt }));
        return;
      }
    }
  },
} as const satisfies Projector<PresenceEvent, { presence: PresenceDocument; 'lost-gateways': LostGatewayDocument }>;

/** A person's status, given the loss of the gateway where the person was last, if it was lost. */
export function presenceStatusOf(
  { status, lastActiveAt, gateway }: PresenceDocument,
  lost: LostGatewayDocument | undefined,
): Pick<PresenceDocument, 'status' | 'lastActiveAt'> {
  const wasThere = status === 'online' && lost !== undefined && lost.gateway === gateway && lost.lastSeenAt >= lastActiveAt;
  return wasThere ? { status: 'offline', lastActiveAt: lost.lastSeenAt } : { status, lastActiveAt };
}
