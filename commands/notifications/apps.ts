/** The apps that may ask for notifications. An app's key is its id; its secret is in the vault, and shown once. */
import { randomBytes } from 'node:crypto';
import { app } from '../../domain/notifications/app.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import type { Answer } from '../answer.ts';
import type { CommandContext } from '../context.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { Handled } from '../handle.ts';
import { createdIdOf } from '../identity.ts';

const SECRET_BYTES = 32;
/** So long is the old secret still good after a new one was made. */
const SECRET_OVERLAP_MS = DAY_MS;

export const appStreamOf = (id: AppId) => `app-${id}`;

/** The secret is the same when the same registration is asked for again, for the first answer may have been lost. */
export const registerApp =
  ({ handle, vault }: CommandDependencies) =>
  async ({ name }: { readonly name: string }, context: CommandContext): Promise<Answer<AppId> & { readonly secret: string }> => {
    const id = createdIdOf<AppId>(context.command, 'app');
    const kept = await vault.putIfAbsent('app-secret', id, { app: id, secrets: [{ secret: randomBytes(SECRET_BYTES).toString('base64url') }] }, { owner: id });
    const handled = await handle(app, appStreamOf(id), { type: 'register', app: id, name }, context);
    return { id, handled, secret: kept.secrets[0]?.secret ?? '' };
  };

export const rotateSecret =
  ({ handle, vault, answered }: CommandDependencies) =>
  async ({ app: id }: { readonly app: AppId }, context: CommandContext): Promise<{ readonly handled: Handled; readonly secret: string }> => {
    const before = await answered(app, appStreamOf(id), context);
    const kept = await vault.get('app-secret', id);
    if (before !== undefined || kept === undefined) {
      const handled = before ?? (await handle(app, appStreamOf(id), { type: 'rotate-secret', app: id }, context));
      return { handled, secret: kept?.secrets[0]?.secret ?? '' };
    }
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const handled = await handle(app, appStreamOf(id), { type: 'rotate-secret', app: id }, context);
    if (handled.outcome === 'refused') return { handled, secret: '' };
    const [newest] = kept.secrets;
    const older = newest === undefined ? [] : [{ secret: newest.secret, until: plus(context.at, SECRET_OVERLAP_MS) }];
    await vault.put('app-secret', id, { app: id, secrets: [{ secret }, ...older] }, { owner: id });
    return { handled, secret };
  };

export const disableApp =
  ({ handle }: CommandDependencies) =>
  ({ app: id }: { readonly app: AppId }, context: CommandContext) =>
    handle(app, appStreamOf(id), { type: 'disable', app: id }, context);
