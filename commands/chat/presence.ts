/** Records the presence of people, and the loss of gateways. */
import { presence } from '../../domain/chat/presence.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { gatewayPresenceStream, presenceStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

export type ChangePresence = {
  readonly person: PersonId;
  readonly status: 'online' | 'offline';
  /** The status has lasted since then without a break. */
  readonly since: Instant;
  readonly lastActiveAt: Instant;
  readonly gateway?: string;
};

export const changePresence =
  ({ handle }: CommandHandling) =>
  ({ person, status, since, lastActiveAt, gateway }: ChangePresence, context: CommandContext) =>
    handle(
      presence,
      presenceStream(person),
      { type: 'record', person, presence: status, since, lastActiveAt, ...(gateway === undefined ? {} : { gateway }), at: context.at },
      context,
    );

export const recordGatewayLoss =
  ({ handle }: CommandHandling) =>
  ({ gateway, lastSeenAt }: { readonly gateway: string; readonly lastSeenAt: Instant }, context: CommandContext) =>
    handle(presence, gatewayPresenceStream(gateway), { type: 'lose-gateway', gateway, lastSeenAt }, context);
