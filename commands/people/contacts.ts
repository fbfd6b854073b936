/**
 * Sets and removes a person's addresses, removes devices, and blocks both. An endpoint's id is a hash of its address under the person's own
 * key: the same address is the same endpoint, and nobody can tell which address it was once the key is destroyed.
 */
import { createHmac } from 'node:crypto';
import { contacts } from '../../domain/people/contacts.ts';
import { emailAddressKey } from '../../domain/people/email-address.ts';
import type { EndpointLoss, HardBlock } from '../../domain/people/events.ts';
import type { ContactKind } from '../../domain/people/notification-channels.ts';
import { confirmationOf } from '../../domain/people/one-time-code.ts';
import { user, type UserState } from '../../domain/people/user.ts';
import type { DeviceId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream, userStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { SubjectErased } from '../../ports/event-log/keyring.ts';
import { findCode, removeCodes, sendCode } from '../accounts/one-time-codes.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import type { CommandHandling, LoadedState } from '../handling/handle.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

/** `country`: of a telephone number, where it is known. */
export type SetContact = { readonly person: PersonId; readonly kind: ContactKind; readonly address: string; readonly country?: string };

/** What was confirmed before stays in use until the new address is: a code is sent to it. */
export const setContact =
  (dependencies: Uses<'keyring' | 'vault' | 'log' | 'codec'>) =>
  async ({ person, kind, address, country }: SetContact, context: CommandContext): Promise<CreateResult<EndpointId>> =>
    withEndpoint(dependencies, person, `${kind}\n${addressKey(kind, address)}`, context, async (endpoint, owner) => {
      const { handle, loadState } = dependencies;
      const command = { type: 'set-contact', kind, endpoint, address, ...(country !== undefined && { country }), user: owner.state } as const;
      const handled = await handle(contacts, contactsStream(person), command, context, { readRevisions: [owner] });
      if (handled.outcome !== 'appended') return handled;
      // Repeated after the address was confirmed or replaced, it sends nothing.
      const { state } = await loadState(contacts, contactsStream(person));
      const channel = kind === 'email' ? 'email' : 'sms';
      if (state.unconfirmed?.[kind] === endpoint) await sendCode(dependencies, { person, purpose: confirmationOf(kind), endpoint, channel }, context);
      return handled;
    });

/** `code`: from the message. */
export const confirmContact =
  (dependencies: Uses<'vault'>) =>
  async (
    { person, kind, code: digits }: { readonly person: PersonId; readonly kind: ContactKind; readonly code: string },
    context: CommandContext,
  ): Promise<CommandResult> => {
    const { handle, loadState, findEarlierResult, vault } = dependencies;
    const earlier = await findEarlierResult(contacts, contactsStream(person), context);
    if (earlier !== undefined) return earlier;
    const [owner, { state }] = await Promise.all([loadState(user, userStream(person)), loadState(contacts, contactsStream(person))]);
    const endpoint = state.unconfirmed?.[kind];
    if (endpoint === undefined) return refused('endpoint-unknown');
    const purpose = confirmationOf(kind);
    if ((await findCode(vault, { person, purpose, endpoint, digits }, context.at)) === undefined) return refused('code-invalid');
    const command = { type: 'confirm-contact', kind, endpoint, user: owner.state } as const;
    const handled = await handle(contacts, contactsStream(person), command, context, { readRevisions: [owner] });
    if (handled.outcome !== 'refused') await removeCodes(vault, { person, purpose });
    return handled;
  };

/** Counts how often an address is written to, by whomever: the same for the same one, and nobody can tell from it which. */
export const addressIdOf = (secret: Uint8Array, kind: ContactKind, address: string): string =>
  createHmac('sha256', secret)
    .update(`contact\n${kind}\n${addressKey(kind, address)}`)
    .digest('base64url')
    .slice(0, 32);

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
