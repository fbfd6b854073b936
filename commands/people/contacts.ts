/**
 * Sets and removes a person's addresses, removes devices, and blocks both. An endpoint's id is a hash of its address under the person's own
 * key: the same address is the same endpoint, and nobody can tell which address it was once the key is destroyed.
 */
import { createHmac } from 'node:crypto';
import { contacts } from '../../domain/people/contacts.ts';
import { emailAddressKey } from '../../domain/people/email-address.ts';
import type { EndpointLoss, HardBlock } from '../../domain/people/events.ts';
import type { ContactKind } from '../../domain/people/notification-channels.ts';
import { user, type UserState } from '../../domain/people/user.ts';
import type { DeviceId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream, userStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { SubjectErased } from '../../ports/event-log/keyring.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import type { CommandHandling, LoadedState } from '../handling/handle.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

export const setContact =
  (dependencies: Uses<'keyring'>) =>
  async (
    { person, kind, address }: { readonly person: PersonId; readonly kind: ContactKind; readonly address: string },
    context: CommandContext,
  ): Promise<CreateResult<EndpointId>> =>
    withEndpoint(dependencies, person, `${kind}\n${addressKey(kind, address)}`, context, (endpoint, owner) =>
      dependencies.handle(contacts, contactsStream(person), { type: 'set-contact', kind, endpoint, address, user: owner.state }, context, {
        readRevisions: [owner],
      }),
    );

function addressKey(kind: ContactKind, address: string): string {
  switch (kind) {
    case 'email':
      return emailAddressKey(address);
    case 'phone':
      return address.trim();
  }
}

export const removeContact =
  (dependencies: CommandHandling) =>
  ({ person, kind }: { readonly person: PersonId; readonly kind: ContactKind }, context: CommandContext) =>
    dependencies.handle(contacts, contactsStream(person), { type: 'remove-contact', kind }, context);

export const invalidateDevice =
  (dependencies: Uses<'broadcast'>) =>
  async ({ person, device, reason }: { readonly person: PersonId; readonly device: DeviceId; readonly reason: EndpointLoss }, context: CommandContext) => {
    const handled = await dependencies.handle(contacts, contactsStream(person), { type: 'invalidate-device', device, reason }, context);
    if (handled.outcome !== 'refused' && reason === 'removed-by-person')
      dependencies.broadcast.publish([person], { kind: 'device-removed', device } satisfies LiveHint);
    return handled;
  };

export type InvalidateEndpoint = {
  readonly person: PersonId;
  readonly endpoint: EndpointId;
  /** All devices that have it where it is absent. */
  readonly device?: DeviceId;
  readonly reason: EndpointLoss;
  readonly deadSince?: Instant;
};

/** Given when a vendor reports that the endpoint is dead, and perhaps since when; and when another device has claimed it. */
export const invalidateEndpoint =
  (dependencies: CommandHandling) =>
  ({ person, ...invalidated }: InvalidateEndpoint, context: CommandContext) =>
    dependencies.handle(contacts, contactsStream(person), { type: 'invalidate-endpoint', ...invalidated }, context);

export const blockEndpoint =
  (dependencies: CommandHandling) =>
  ({ person, endpoint, reason }: { readonly person: PersonId; readonly endpoint: EndpointId; readonly reason: HardBlock }, context: CommandContext) =>
    dependencies.handle(contacts, contactsStream(person), { type: 'block-endpoint', endpoint, reason }, context);

/** Lets the person be written to again after a STOP, a complaint or a bounce. Only an operator may, who knows that the person wants it. */
export const unblockContact =
  (dependencies: CommandHandling) =>
  async ({ person, kind }: { readonly person: PersonId; readonly kind: ContactKind }, context: CommandContext) => {
    const owner = await dependencies.loadState(user, userStream(person));
    return dependencies.handle(contacts, contactsStream(person), { type: 'unblock-contact', kind, user: owner.state }, context, { readRevisions: [owner] });
  };

export async function withEndpoint(
  { loadState, keyring }: Uses<'keyring'>,
  person: PersonId,
  address: string,
  context: CommandContext,
  act: (endpoint: EndpointId, owner: LoadedState<UserState>) => Promise<CommandResult>,
): Promise<CreateResult<EndpointId>> {
  const owner = await loadState(user, userStream(person));
  const unusedId = createdIdOf<EndpointId>(context.command, 'endpoint');
  if (owner.state.status === 'none') return { id: unusedId, handled: refused('person-unknown') };
  try {
    const { key } = await keyring.sealingKeyOf(person);
    const endpoint = createHmac('sha256', key).update(address).digest('hex').slice(0, 32) as EndpointId;
    return { id: endpoint, handled: await act(endpoint, owner) };
  } catch (error) {
    if (error instanceof SubjectErased) return { id: unusedId, handled: refused('person-erased') };
    throw error;
  }
}
