/** Keys of an app beside its secret, which may do less; how much it may ask for; and what it may do at this moment. */
import { randomBytes } from 'node:crypto';
import { app, keysOf, refusalOfInactive, type ActiveApp } from '../../domain/notifications/apps/app.ts';
import type { AppQuota, KeyScope } from '../../domain/notifications/apps/events.ts';
import type { AppId, AppKeyId } from '../../domain/shared/ids.ts';
import { appStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult, type CreateResult, type RefusedResult } from '../handling/results.ts';

const KEY_SECRET_BYTES = 32;

export type AddAppKey = { readonly app: AppId; readonly name: string; readonly scopes: readonly KeyScope[] };

/** In the vault after the log, so that no key is good for anything that the log doesn't know. Repeated, it answers the same secret, unless the key was removed since. */
export const addAppKey =
  ({ handle, loadState, vault }: Uses<'vault'>) =>
  async ({ app: id, name, scopes }: AddAppKey, context: CommandContext): Promise<CreateResult<AppKeyId> & { readonly secret?: string }> => {
    const key = createdIdOf<AppKeyId>(context.command, 'app-key');
    const handled = await handle(app, appStream(id), { type: 'add-key', app: id, key, name, scopes }, context);
    const { state } = await loadState(app, appStream(id));
    const added = keysOf(state).find((one) => one.key === key);
    if (handled.outcome === 'refused' || added === undefined) return { id: key, handled };
    const made = { app: id, secret: randomBytes(KEY_SECRET_BYTES).toString('base64url'), scopes: added.scopes };
    const kept = await vault.putIfAbsent('app-key', vaultIdOf(id, key), made, { owner: id });
    return { id: key, handled, secret: kept.secret };
  };

/** Gone from the vault before the log says so: what was to be taken away is, whatever is interrupted. */
export const removeAppKey =
  ({ handle, vault }: Uses<'vault'>) =>
  async ({ app: id, key }: { readonly app: AppId; readonly key: AppKeyId }, context: CommandContext): Promise<CommandResult> => {
    await vault.remove('app-key', vaultIdOf(id, key));
    return handle(app, appStream(id), { type: 'remove-key', app: id, key }, context);
  };

const vaultIdOf = (app: AppId, key: AppKeyId): string => `${app}:${key}`;

/** In place of the quota before. */
export const setAppQuota =
  ({ handle }: CommandHandling) =>
  ({ app: id, quota }: { readonly app: AppId; readonly quota: AppQuota }, context: CommandContext): Promise<CommandResult> =>
    handle(app, appStream(id), { type: 'set-quota', app: id, quota }, context);

/** As the log has it now. */
export const getApp =
  ({ loadState }: CommandHandling) =>
  async ({ app: id }: { readonly app: AppId }): Promise<ActiveApp | RefusedResult> => {
    const { state } = await loadState(app, appStream(id));
    if (state.status === 'active') return state;
    const refusal = refusalOfInactive(state);
    return refusal?.outcome === 'refused' ? refusal : refused('app-unknown');
  };
