/** Messages to apps' webhooks: those that are tried, and the dead ones, which an operator has sent again. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { sentenceOf } from '../../../domain/shared/refusals.ts';
import type { WebhookMessageDocument } from '../../../projections/read-models/webhooks.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { contextFor } from '../operators/operators.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import type { ReplayedLine, WebhookMessageLine } from './protocol.ts';

/** Found at once. */
const PAGE = 200;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find' | 'get'>;
  readonly commands: Pick<Commands, 'replayWebhookMessage'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export async function* listWebhookMessages(
  { views }: Pick<Dependencies, 'views'>,
  { app, status, limit }: OperationRequest<'list-webhook-messages'>,
): AsyncIterable<WebhookMessageLine> {
  const where = { ...(app !== undefined && { app }), status };
  for (const message of await views.find('webhook-messages', { where, order: { dueAt: -1 }, limit })) yield lineOf(message);
}

/** Each once, in the order of their ids: one that dies again meanwhile is left to the next time. */
export async function* replayWebhookMessages(
  dependencies: Dependencies,
  { message, app }: OperationRequest<'replay-webhook-messages'>,
  { signal, by }: { readonly signal: AbortSignal; readonly by: ActingOperator },
): AsyncIterable<ReplayedLine> {
  const { views } = dependencies;
  if (message !== undefined) {
    const found = await views.get('webhook-messages', message);
    if (found === undefined || (app !== undefined && found.app !== app)) throw new ControlFailure('unknown', `There is no message ${message}.`);
    return yield await replay(dependencies, found, by);
  }
  const where = { ...(app !== undefined && { app }), status: 'dead' };
  for (let after: string | undefined; !signal.aborted;) {
    const range = after === undefined ? {} : { range: { field: '_id', after } };
    const page = await views.find('webhook-messages', { where, ...range, order: { _id: 1 }, limit: PAGE });
    for (const one of page) yield await replay(dependencies, one, by);
    after = page.at(-1)?._id;
    if (page.length < PAGE) return;
  }
}

async function replay(
  dependencies: Dependencies,
  { message, app }: Pick<WebhookMessageDocument, 'message' | 'app'>,
  by: ActingOperator,
): Promise<ReplayedLine> {
  const result = await dependencies.commands.replayWebhookMessage({ app, message }, contextFor(dependencies, by, 'replay-webhook-message'));
  if (result.outcome === 'refused') throw new ControlFailure('failed', sentenceOf(result.refusal.code, result.refusal.facts));
  return { message, outcome: result.outcome === 'appended' ? 'queued' : 'unchanged' };
}

function lineOf({ payload, ...message }: WebhookMessageDocument & { readonly _id?: string; readonly position?: string }): WebhookMessageLine {
  const { message: id, app, event, status, attempts, reason, dueAt, occurredAt } = message;
  return { message: id, app, event, status, attempts, reason, dueAt, occurredAt, delivery: payload.delivery };
}
