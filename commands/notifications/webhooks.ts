/** Apps' webhooks, and the messages that go there. The secret that signs them is in the vault, and shown once. */
import { randomBytes } from 'node:crypto';
import { app } from '../../domain/notifications/apps/app.ts';
import type { WebhookEvent } from '../../domain/notifications/webhooks/events.ts';
import { webhookEndpoint } from '../../domain/notifications/webhooks/webhook-endpoint.ts';
import { webhookMessage, type WebhookMessageCommand } from '../../domain/notifications/webhooks/webhook-message.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { appStream, webhookEndpointStream, webhookMessageStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';

const SECRET_BYTES = 32;
/** How long messages are signed with the replaced secret too. */
const SECRET_OVERLAP_MS = DAY_MS;

export type SetWebhook = { readonly app: AppId; readonly url: string; readonly events: readonly WebhookEvent[] };

/** `secret`: where this command made it, also when it is repeated, for the first answer may have been lost. */
export type WebhookResult = { readonly handled: CommandResult; readonly secret?: string };

export const setWebhook =
  ({ handle, loadState, vault }: Uses<'vault'>) =>
  async ({ app: id, url, events }: SetWebhook, context: CommandContext): Promise<WebhookResult> => {
    const owner = await loadState(app, appStream(id));
    const command = { type: 'set', app: id, url, events, appState: owner.state, at: context.at } as const;
    const handled = await handle(webhookEndpoint, webhookEndpointStream(id), command, context, { readRevisions: [owner] });
    if (handled.outcome === 'refused') return { handled };
    const made = { app: id, secrets: [{ secret: newSecret(), madeBy: context.command }] };
    const [newest] = (await vault.putIfAbsent('webhook-secret', id, made, { owner: id })).secrets;
    return { handled, ...(newest?.madeBy === context.command && { secret: newest.secret }) };
  };

export const rotateWebhookSecret =
  ({ handle, vault }: Uses<'vault'>) =>
  async ({ app: id }: { readonly app: AppId }, context: CommandContext): Promise<WebhookResult> => {
    const handled = await handle(webhookEndpoint, webhookEndpointStream(id), { type: 'rotate-secret', app: id, at: context.at }, context);
    if (handled.outcome === 'refused') return { handled };
    const { secrets = [] } = (await vault.get('webhook-secret', id)) ?? {};
    const known = secrets.find(({ madeBy }) => madeBy === context.command);
    if (known !== undefined) return { handled, secret: known.secret };
    const secret = newSecret();
    const replaced = secrets.slice(0, 1).map((one) => ({ ...one, until: plus(context.at, SECRET_OVERLAP_MS) }));
    await vault.put('webhook-secret', id, { app: id, secrets: [{ secret, madeBy: context.command }, ...replaced] }, { owner: id });
    return { handled, secret };
  };

export const removeWebhook =
  ({ handle, vault }: Uses<'vault'>) =>
  async ({ app: id }: { readonly app: AppId }, context: CommandContext): Promise<CommandResult> => {
    const handled = await handle(webhookEndpoint, webhookEndpointStream(id), { type: 'remove', app: id, at: context.at }, context);
    if (handled.outcome !== 'refused') await vault.remove('webhook-secret', id);
    return handled;
  };

/** Those that are valid at this moment, the newest first. */
export const webhookSecretsOf =
  ({ vault }: Uses<'vault'>) =>
  async ({ app: id, at }: { readonly app: AppId; readonly at: Instant }): Promise<readonly string[]> =>
    ((await vault.get('webhook-secret', id))?.secrets ?? []).filter(({ until }) => until === undefined || until > at).map(({ secret }) => secret);

export const commandWebhookMessage =
  ({ handle }: CommandHandling) =>
  (command: WebhookMessageCommand, context: CommandContext): Promise<CommandResult> =>
    handle(webhookMessage, webhookMessageStream(command.message), command, context);

/** Another app's message is answered as one that isn't there. */
export const replayWebhookMessage =
  ({ handle, loadState }: CommandHandling) =>
  async ({ app: id, message }: { readonly app: AppId; readonly message: string }, context: CommandContext): Promise<CommandResult> => {
    const stream = webhookMessageStream(message);
    const { state } = await loadState(webhookMessage, stream);
    if (state.status === 'none' || state.app !== id) return refused('webhook-message-unknown');
    return handle(webhookMessage, stream, { type: 'replay', message, at: context.at }, context);
  };

/** As Standard Webhooks has it. */
const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
