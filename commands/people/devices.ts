/**
 * Registers a device for pushes. Its token is claimed first: whichever of two registrations of one token, by whomever, claims it last
 * has it, and the senders go by the claim. A command that is interrupted after the claim leaves the token with a device that isn't
 * registered, so nothing is sent to it; repeated, it goes on.
 */
import { createHmac } from 'node:crypto';
import { contacts } from '../../domain/people/contacts.ts';
import type { PushTokenEvent } from '../../domain/people/events.ts';
import type { Platform } from '../../domain/people/notification-channels.ts';
import { mayUseToken, pushToken } from '../../domain/people/push-token.ts';
import { refusalIfAbsent } from '../../domain/people/user.ts';
import type { AppId, DeviceId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { contactsStream, pushTokenStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { withFreshCommandId, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult, CreateResult } from '../handling/results.ts';
import { withEndpoint } from './contacts.ts';
import { sessionDigestOf } from '../accounts/log-out.ts';

export type PushToken = { readonly platform: Platform; readonly token: string };

export type RegisterDevice = PushToken & {
  readonly person: PersonId;
  readonly device: DeviceId;
  readonly app?: AppId;
  /** The session that registers it. */
  readonly session?: string;
};

type Claim = { readonly person: PersonId; readonly device: DeviceId; readonly endpoint: EndpointId };

/** The name of a token's stream: nobody can tell from it which token it is. */
export const pushTokenIdOf = (secret: Uint8Array, { platform, token }: PushToken): string =>
  createHmac('sha256', secret).update(`push-token\n${platform}\n${token}`).digest('hex').slice(0, 32);

export const registerDevice =
  (dependencies: Uses<'keyring' | 'vault' | 'logins' | 'broadcast'>) =>
  async ({ person, device, platform, token, app, session }: RegisterDevice, context: CommandContext): Promise<CreateResult<EndpointId>> =>
    withEndpoint(dependencies, person, `${platform}\n${token}`, context, async (endpoint, owner) => {
      const { handle, loadState, findEarlierResult, vault, logins, broadcast } = dependencies;
      // 1. A command that was completed before gets its first result, and takes the token from nobody who has registered it since.
      const earlier = await findEarlierResult(contacts, contactsStream(person), context);
      if (earlier !== undefined) return earlier;
      const absence = refusalIfAbsent(owner.state);
      if (absence?.outcome === 'refused') return absence;

      // 2. Claim the token.
      const claims = pushTokenStream(pushTokenIdOf(logins.secret, { platform, token }));
      const claimed = await claim(dependencies, claims, { person, device, endpoint }, context);
      if (claimed.outcome === 'refused') return claimed;
      const { at: claimedAt } = claimed;
      const at = claimedAt > context.at ? claimedAt : context.at;

      // 3. Register the device.
      const registered = {
        device,
        endpoint,
        platform,
        token,
        ...(app !== undefined && { app }),
        ...(session !== undefined && { session: sessionDigestOf(session) }),
        at,
      };
      const handled = await handle(contacts, contactsStream(person), { type: 'register-device', ...registered, user: owner.state, claimedAt }, context, {
        readRevisions: [owner],
      });
      for (const evicted of evictedIn(handled)) broadcast.publish([person], { kind: 'device-removed', device: evicted } satisfies LiveHint);

      // 4. Remove the token from the device that had it; and from this one, where another was faster. Where this is interrupted, the
      // sender that finds the claim does it.
      if (claimed.from !== undefined) await invalidateFormerOwner(dependencies, { ...claimed.from, deadSince: claimedAt }, context);
      const { state } = await loadState(pushToken, claims);
      if (state.status === 'claimed' && !mayUseToken(state, { person, device }))
        await invalidateFormerOwner(dependencies, { person, device, endpoint, deadSince: state.at }, context);

      // 5. The session may have been logged out meanwhile, when this device wasn't there yet.
      if (session !== undefined && (await vault.get('session', session))?.endedAt !== undefined) {
        const command = { type: 'end-session', session: sessionDigestOf(session), later: [] } as const;
        await handle(contacts, contactsStream(person), command, withFreshCommandId(context));
      }
      return handled;
    });

/** The devices that this command has made room with. */
export function evictedIn(handled: CommandResult): readonly DeviceId[] {
  if (handled.outcome !== 'appended') return [];
  return handled.events.flatMap(({ type, data }) =>
    type === 'people.device-invalidated.v1' && (data as { readonly reason?: unknown }).reason === 'too-many-devices'
      ? [(data as { readonly device: DeviceId }).device]
      : [],
  );
}

type Claimed = { readonly outcome: 'claimed'; readonly at: Instant; readonly from: Claim | undefined };

async function claim(
  { handle, loadState }: CommandHandling,
  stream: string,
  owner: Claim,
  context: CommandContext,
): Promise<Claimed | Extract<CommandResult, { outcome: 'refused' }>> {
  const handled = await handle(pushToken, stream, { type: 'claim', ...owner, at: context.at }, withFreshCommandId(context));
  if (handled.outcome === 'refused') return handled;
  const [event] = handled.outcome === 'appended' ? (handled.events as readonly PushTokenEvent[]) : [];
  if (event !== undefined) return { outcome: 'claimed', at: event.data.at, from: event.data.from };
  const { state } = await loadState(pushToken, stream);
  return { outcome: 'claimed', at: state.status === 'claimed' ? state.at : context.at, from: undefined };
}

/** In nobody's name: a person who logs in on a phone does nothing to the person who had it. */
const invalidateFormerOwner = async (
  { handle }: CommandHandling,
  { person, device, endpoint, deadSince }: Claim & { readonly deadSince: Instant },
  context: CommandContext,
): Promise<void> => {
  const command = { type: 'invalidate-endpoint', endpoint, device, reason: 'token-claimed', deadSince } as const;
  await handle(contacts, contactsStream(person), command, { ...withFreshCommandId(context), actor: 'system:push-token' });
};
