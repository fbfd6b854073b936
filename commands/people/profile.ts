import type { Attachment } from '../../domain/media/attachments.ts';
import { login } from '../../domain/people/login.ts';
import { user, type ProfileChanges } from '../../domain/people/user.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { loginStream, userStream } from '../../domain/shared/streams.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { loadMedia } from '../media/load-media.ts';

/** `picture`: null for none. */
export type ChangeProfile = ProfileChanges & { readonly person: PersonId; readonly picture?: Attachment | null };

export const changeProfile =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ person, picture, ...changes }: ChangeProfile, context: CommandContext) => {
    const { attachments, readRevisions } = await loadMedia(dependencies, picture === undefined || picture === null ? [] : [picture]);
    const [target] = attachments;
    const chosen = target === undefined ? (picture === null ? { picture } : {}) : { picture: { person, target } };
    return dependencies.handle(user, userStream(person), { type: 'change-profile', ...changes, ...chosen }, context, { readRevisions });
  };

/** The person is erased from the event on. Their key is destroyed at once, and again by a process in case this one is interrupted. */
export const erasePerson = (dependencies: Uses<'vault' | 'keyring' | 'broadcast'>) => {
  const finish = finishErasing(dependencies);
  return async ({ person }: { readonly person: PersonId }, context: CommandContext) => {
    const handled = await dependencies.handle(user, userStream(person), { type: 'erase' }, context);
    if (handled.outcome !== 'refused') await finish({ person }, context);
    return handled;
  };
};

/** Destroys what the vault holds of an erased person, ends their sessions, and frees the login name. Repeating it changes nothing. */
export const finishErasing =
  ({ handle, loadState, vault, keyring, broadcast }: Uses<'vault' | 'keyring' | 'broadcast'>) =>
  async ({ person }: { readonly person: PersonId }, context: CommandContext): Promise<void> => {
    const { state } = await loadState(user, userStream(person));
    if (state.status !== 'erased') return;
    for (const { id: session } of await vault.owned('session', person)) broadcast.publish([person], { kind: 'session-ended', session } satisfies LiveHint);
    await keyring.erase(person, context.at);
    await handle(login, loginStream(state.login), { type: 'free', person }, context);
  };

/** Given by the sweeper: frees a claim whose person never registered. */
export const freeAbandonedLogin =
  ({ handle }: CommandHandling) =>
  ({ login: loginId, person }: { readonly login: string; readonly person: PersonId }, context: CommandContext) =>
    handle(login, loginStream(loginId), { type: 'free-abandoned', person, at: context.at }, context);
