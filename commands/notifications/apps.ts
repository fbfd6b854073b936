/** The apps that may ask for notifications. An app's key is its id; its secret is in the vault, and shown once. */
import { randomBytes } from 'node:crypto';
import { app } from '../../domain/notifications/apps/app.ts';
import type { SenderIdentity } from '../../domain/notifications/apps/events.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { appStream } from '../../domain/shared/streams.ts';
import { refused, type CommandResult, type CreateResult } from '../handling/results.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';

const SECRET_BYTES = 32;
/** How long the old secret stays valid after a rotation. */
const SECRET_OVERLAP_MS = DAY_MS;

/** Registering again under the same key answers the same secret, for the first answer may have been lost. */
export const registerApp =
  ({ handle, vault }: Uses<'vault'>) =>
  async (
    { name, sandbox }: { readonly name: string; readonly sandbox?: boolean },
    context: CommandContext,
  ): Promise<CreateResult<AppId> & { readonly secret: string }> => {
    const id = createdIdOf<AppId>(context.command, 'app');
    const kept = await vault.putIfAbsent('app-secret', id, { app: id, secrets: [{ secret: newSecret() }] }, { owner: id });
    const handled = await handle(app, appStream(id), { type: 'register', app: id, name, ...(sandbox !== undefined && { sandbox }) }, context);
    return { id, handled, secret: kept.secrets[0]?.secret ?? '' };
  };

/** `signedBy`: the secret that the app itself asks with; absent where an operator asks. `replaced`: what becomes of the secret until now. */
export type RotateSecret = { readonly app: AppId; readonly signedBy?: 'newest' | 'replaced'; readonly replaced?: 'expires' | 'ends' };

/** The new secret is stored before the event and valid after it: interrupted in between, or requested twice at once, there is one new secret. */
export const rotateSecret =
  ({ handle, loadState, findEarlierResult, vault }: Uses<'vault'>) =>
  async (
    { app: id, signedBy = 'newest', replaced = 'expires' }: RotateSecret,
    context: CommandContext,
  ): Promise<{ readonly handled: CommandResult; readonly secret: string }> => {
    // The rotation that replaced it may be repeated with it, for the first answer may have been lost.
    if (signedBy === 'replaced' && (await findEarlierResult(app, appStream(id), context)) === undefined)
      return { handled: refused('app-secret-replaced'), secret: '' };
    const { state } = await loadState(app, appStream(id));
    const made =
      state.status === 'active'
        ? await vault.putIfAbsent('app-secret-made', context.command, { app: id, secret: newSecret() }, { owner: id })
        : await vault.get('app-secret-made', context.command);
    const handled = await handle(app, appStream(id), { type: 'rotate-secret', app: id }, context);
    if (handled.outcome === 'refused' || made === undefined) return { handled, secret: '' };
    // Repeated after a later rotation, it takes nothing back.
    const isNewest = (await loadState(app, appStream(id))).revision === handled.revision;
    const { secrets = [] } = (await vault.get('app-secret', id)) ?? {};
    if (isNewest && !secrets.some(({ secret }) => secret === made.secret)) {
      const older = replaced === 'ends' ? [] : secrets.slice(0, 1).map(({ secret }) => ({ secret, until: plus(context.at, SECRET_OVERLAP_MS) }));
      await vault.put('app-secret', id, { app: id, secrets: [{ secret: made.secret }, ...older] }, { owner: id });
    }
    return { handled, secret: made.secret };
  };

const newSecret = () => randomBytes(SECRET_BYTES).toString('base64url');

/** The decisions of all commands go by the log; the mark in the vault keeps the app from reading too. Repeated, it is made if it is missing. */
export const disableApp =
  ({ handle, vault }: Uses<'vault'>) =>
  async ({ app: id }: { readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const handled = await handle(app, appStream(id), { type: 'disable', app: id }, context);
    if (handled.outcome !== 'refused') await vault.putIfAbsent('app-disabled', id, { at: context.at }, { owner: id });
    return handled;
  };

/** In whose name the app's messages go out from now on, those that wait included. */
export const setSenderIdentity =
  ({ handle }: Pick<Uses<'vault'>, 'handle'>) =>
  ({ app: id, identity }: { readonly app: AppId; readonly identity: SenderIdentity }, context: CommandContext): Promise<CommandResult> =>
    handle(app, appStream(id), { type: 'set-identity', app: id, identity }, context);
