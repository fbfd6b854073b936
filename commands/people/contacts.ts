/** Where a person can be reached. An endpoint is named by its address under the person's own key: the same address is the same endpoint, and nobody can tell which once the key is gone. */
import { createHmac } from 'node:crypto';
import { contacts } from '../../domain/people/contacts.ts';
import type { EndpointLoss, HardBlock } from '../../domain/people/events.ts';
import type { ContactKind, Platform } from '../../domain/people/notification-channels.ts';
import { user } from '../../domain/people/user.ts';
import type { AppId, DeviceId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream, userStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { SubjectErased } from '../../ports/event-log/keyring.ts';
import { refused, type CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

export type RegisterDevice = {
  readonly person: PersonId;
  readonly device: DeviceId;
  readonly platform: Platform;
  readonly token: string;
  readonly app?: AppId;
};

export const registerDevice =
  (dependencies: CommandDependencies) =>
  async ({ person, device, platform, token, app }: RegisterDevice, context: CommandContext): Promise<CreateResult<EndpointId>> =>
    withEndpoint(dependencies, person, `${platform}\n${token}`, context, (endpoint, itself) =>
      dependencies.handle(
        contacts,
        contactsStream(person),
        { type: 'register-device', device, endpoint, platform, token, ...(app === undefined ? {} : { app }), user: itself.state, at: context.at },
        context,
        { readRevisions: [itself] },
      ),
    );

export const setContact =
  (dependencies: CommandDependencies) =>
  async (
    { person, kind, address }: { readonly person: PersonId; readonly kind: ContactKind; readonly address: string },
    context: CommandContext,
  ): Promise<CreateResult<EndpointId>> =>
    withEndpoint(dependencies, person, `${kind}\n${address.trim().toLowerCase()}`, context, (endpoint, itself) =>
      dependencies.handle(contacts, contactsStream(person), { type: 'set-contact', kind, endpoint, address, user: itself.state }, context, {
        readRevisions: [itself],
      }),
    );

export const removeContact =
  (dependencies: CommandDependencies) =>
  ({ person, kind }: { readonly person: PersonId; readonly kind: ContactKind }, context: CommandContext) =>
    dependencies.handle(contacts, contactsStream(person), { type: 'remove-contact', kind }, context);

export const invalidateDevice =
  (dependencies: CommandDependencies) =>
  async ({ person, device, reason }: { readonly person: PersonId; readonly device: DeviceId; readonly reason: EndpointLoss }, context: CommandContext) => {
    const handled = await dependencies.handle(contacts, contactsStream(person), { type: 'invalidate-device', device, reason }, context);
    if (handled.outcome !== 'refused' && reason === 'removed-by-person')
      dependencies.broadcast.publish([person], { kind: 'device-removed', device } satisfies LiveHint);
    return handled;
  };

/** A vendor says that the endpoint is dead, perhaps since when. */
export const invalidateEndpoint =
  (dependencies: CommandDependencies) =>
  (
    {
      person,
      endpoint,
      reason,
      deadSince,
    }: { readonly person: PersonId; readonly endpoint: EndpointId; readonly reason: EndpointLoss; readonly deadSince?: Instant },
    context: CommandContext,
  ) =>
    dependencies.handle(
      contacts,
      contactsStream(person),
      { type: 'invalidate-endpoint', endpoint, reason, ...(deadSince === undefined ? {} : { deadSince }) },
      context,
    );

export const blockEndpoint =
  (dependencies: CommandDependencies) =>
  ({ person, endpoint, reason }: { readonly person: PersonId; readonly endpoint: EndpointId; readonly reason: HardBlock }, context: CommandContext) =>
    dependencies.handle(contacts, contactsStream(person), { type: 'block-endpoint', endpoint, reason }, context);

/** Whoever said STOP, complained or bounced is written to again. Nobody takes that back but who operates this, and knows that the person wants it. */
export const unblockContact =
  (dependencies: CommandDependencies) =>
  async ({ person, kind }: { readonly person: PersonId; readonly kind: ContactKind }, context: CommandContext) => {
    const itself = await dependencies.loadState(user, userStream(person));
    return dependencies.handle(contacts, contactsStream(person), { type: 'unblock-contact', kind, user: itself.state }, context, { readRevisions: [itself] });
  };

async function withEndpoint(
  { loadState, keyring }: CommandDependencies,
  person: PersonId,
  address: string,
  context: CommandContext,
  act: (endpoint: EndpointId, itself: Awaited<ReturnType<typeof loadState<UserOf, never, never>>>) => Promise<CreateResult<EndpointId>['handled']>,
): Promise<CreateResult<EndpointId>> {
  const itself = await loadState(user, userStream(person));
  const nowhere = createdIdOf<EndpointId>(context.command, 'endpoint');
  if (itself.state.status === 'none') return { id: nowhere, handled: refused('person-unknown') };
  try {
    const { key } = await keyring.sealingKeyOf(person);
    const endpoint = createHmac('sha256', key).update(address).digest('hex').slice(0, 32) as EndpointId;
    return { id: endpoint, handled: await act(endpoint, itself) };
  } catch (error) {
    if (error instanceof SubjectErased) return { id: nowhere, handled: refused('person-erased') };
    throw error;
  }
}

type UserOf = (typeof user)['initialState'];
