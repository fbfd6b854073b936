/** The requests that are made while a process is killed, and the workers' configuration. A request that got no answer is repeated under the same key. */
import type { AppId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import type { TestWorkers } from '../../test-fixture.ts';

export const REQUESTS = 20;
/** More than a range of planning. */
export const RECIPIENTS = 250;

/** The clock stands still while messages are sent, so an attempt that waited for the vendor's pace would wait for ever. */
export const CONFIG = { paces: { 'outbox-push': { perSecond: 1_000_000, burst: 1_000_000 } } };

export type Actors = { readonly app: AppId; readonly recipients: readonly PersonId[] };

export async function requestNumbered({ commands, contextFor, clock }: TestWorkers, { app, recipients }: Actors, n: number): Promise<NotificationId> {
  const body = {
    source: { kind: 'app', app },
    recipients,
    category: 'news',
    channels: ['push'],
    content: { title: `Number ${n}`, body: 'Something happened' },
  } as const;
  const result = contextFor({ actor: `app:${app}`, type: 'request-notification', key: `number-${n}`, body, at: clock() });
  if (result.outcome === 'refused') throw new Error(result.refusal.code);
  const { id, handled } = await commands.requestNotification(body, result.context);
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
  return id;
}
